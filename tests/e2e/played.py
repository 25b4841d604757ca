"""What is there when an incident is over: in Slack, in the world, in the database."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from bot.core.bundle import Bundle
from bot.core.incident.events import Event
from bot.store.rows import Drawing, EventRow
from bot.store.store import open_store
from rehearsal.acts.exporting import sent_to
from rehearsal.cohrtz import FaultKind
from rehearsal.cohrtz.journal import Entry
from rehearsal.cohrtz.recorder import ANSWER_LOST
from rehearsal.seen import told
from rehearsal.stagehands import House
from tests.e2e.houses import messages_of, parts_of_each
from tests.simulation.kept import kept
from tests.simulation.shown import wrong_messages


@dataclass(frozen=True)
class Played:
    """What is there when the incident is over."""

    shown: Mapping[str, tuple[str, ...]]
    """The parts of all messages of the bot, by incident, in Slack's order."""
    misdrawn: tuple[str, ...]
    """Messages that do not show what the product draws of their timelines."""
    accounts: tuple[str, ...]
    """What the summaries in Slack say of people, without what differs by chance."""
    acts: Counter[str]
    """How often the world was changed: by the server's method, and on whom."""
    met: Counter[FaultKind]
    """How often each fault of Cohrtz struck."""
    whispers: Counter[str]
    """What was said to one person alone, and how often."""
    bundles: Counter[str]
    """To whom the bot sent an incident's bundle, and how often."""
    resolved: bool
    timelines: Mapping[str, tuple[Event, ...]]
    """The events of each incident."""
    drawings: tuple[Drawing, ...]
    lost: tuple[str, ...]
    """Events that were committed once and are not there, or are not the same."""
    lives: tuple[Counter[str], ...]
    """How often each life came to each kind of point."""
    deaths: int
    """How many of the lives died."""

    @property
    def points(self) -> Counter[str]:
        """How often the first life came to each kind of point."""
        return self.lives[0]

    @property
    def died(self) -> bool:
        return self.deaths > 0

    @property
    def methods(self) -> Counter[str]:
        """How often the world was changed, by the server's method alone."""
        named = ((act.partition(" ")[0], times) for act, times in self.acts.items())
        return sum((Counter({name: times}) for name, times in named), Counter())

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(self.shown.values()))

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(chain.from_iterable(self.timelines.values()))


async def played(house: House, *, resolved: bool) -> Played:
    """Look at all that is there; the bot is stopped first, for its database."""
    bot = house.bot
    await bot.stop()
    async with open_store(house.folder / "triage.db") as store:
        heads = await store.heads()
        rows = [row for one in heads for row in await store.events(one.incident)]
    incidents = (await kept(house.folder / "triage.db")).incidents
    return Played(
        shown=parts_of_each(house),
        misdrawn=tuple(wrong_messages(house.workspace, incidents)),
        accounts=tuple(accounts(house)),
        acts=acts(house),
        met=house.deployment.faults.struck,
        whispers=whispers(house),
        bundles=bundles(house, [one.head.incident for one in incidents]),
        resolved=resolved,
        timelines={one.head.incident: one.events for one in incidents},
        drawings=tuple(chain.from_iterable(one.drawings for one in incidents)),
        lost=lost(bot.ledger, rows),
        lives=tuple(one.points for one in bot.lives),
        deaths=bot.deaths,
    )


def lost(ledger: Mapping[tuple[str, int], EventRow], rows: Iterable[EventRow]) -> Any:
    there = {(row.incident, row.seq): row for row in rows}
    return tuple(
        f"{one.kind} as {one.seq}" for at, one in ledger.items() if there.get(at) != one
    )


CHANGES = ("/RemoveParticipant", "/SendData")
"""How the paths end by which the world is changed."""
BY_CHANCE = re.compile(
    r"<!date[^>]*>|PA_\w+|\([0-9a-f]{12}\)|\s\[[\d,]+\].*", re.DOTALL
)
"""What is another in every run: times, sessions, digests, and numbers of events, which
end a sentence."""
LEFT_OUT = "…and "
"""How a summary begins to say that not all sentences fit."""


def acts(house: House) -> Counter[str]:
    entries = house.deployment.journal.find(place="livekit")
    done = (one for one in entries if one.outcome in ("200", ANSWER_LOST))
    return Counter(_act(one) for one in done if one.path.endswith(CHANGES))


def _act(entry: Entry) -> str:
    """Name what was done and on whom; what names nobody is for the whole room."""
    method = entry.path.rpartition("/")[2]
    return f"{method} {entry.identity or 'everybody'} in {entry.room}"


def accounts(house: House) -> Iterator[str]:
    """Yield who resolved it, and what the summaries say that people did until then."""
    for message in messages_of(house, "summary"):
        yield str(message["text"]).partition(">.")[0]
        sentences = [BY_CHANCE.sub("", one) for one in told(message).split("• ")[1:]]
        yield from (one for one in sentences if "<@" in one and "resolve" not in one)
        yield from (LEFT_OUT for _ in range(LEFT_OUT in told(message)))


def whispers(house: House) -> Counter[str]:
    people = house.workspace.state.directory.people
    return Counter(
        str(one.get("text"))
        for who in people
        for one in house.workspace.ephemerals(who)
    )


def bundles(house: House, incidents: Collection[str]) -> Counter[str]:
    """Count those that are whole, and of an incident that there is, by their readers.

    Raises ValueError if one cannot be read.
    """
    workspace = house.workspace
    return Counter(
        who
        for who in workspace.state.directory.people
        for content in sent_to(workspace, who)
        if Bundle.model_validate_json(content).incident in incidents
    )
