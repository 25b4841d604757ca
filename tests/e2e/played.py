"""What is there when an incident is over: in Slack, in the world, in the database."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from bot.core.incident.events import Event
from bot.engine.rows import events_from
from bot.store.rows import Drawing, EventRow
from bot.store.store import open_store
from rehearsal.cohrtz.recorder import ANSWER_LOST
from rehearsal.stagehands import House
from tests.e2e.houses import parts_of_each


@dataclass(frozen=True)
class Played:
    """What is there when the incident is over."""

    shown: Mapping[str, tuple[str, ...]]
    """The parts of all messages of the bot, by incident, in Slack's order."""
    acts: Counter[str]
    """How often the world was changed, by the method of the server."""
    answers: Counter[tuple[str, str]]
    """How the token endpoint and LiveKit answered: by place and outcome."""
    whispers: Counter[str]
    """What was said to one person alone, and how often."""
    resolved: bool
    timelines: Mapping[str, tuple[Event, ...]]
    """The events of each incident."""
    drawings: tuple[Drawing, ...]
    lost: tuple[str, ...]
    """Events that were committed once and are not there, or are not the same."""
    points: Counter[str]
    """Of the first life: how often it came to each kind of point."""
    died: bool

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(self.shown.values()))

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(chain.from_iterable(self.timelines.values()))


async def played(house: House, *, resolved: bool) -> Played:
    """Look at all that is there; the bot is stopped first, for its database."""
    bot, first = house.bot, house.bot.lives[0]
    await bot.stop()
    async with open_store(house.folder / "triage.db") as store:
        heads = await store.heads()
        rows = {one.incident: await store.events(one.incident) for one in heads}
        drawings = [d for head in heads for d in await store.drawings(head.incident)]
    return Played(
        shown=parts_of_each(house),
        acts=acts(house),
        answers=answers(house),
        whispers=whispers(house),
        resolved=resolved,
        timelines={name: events_from(mine) for name, mine in rows.items()},
        drawings=tuple(drawings),
        lost=lost(bot.ledger, chain.from_iterable(rows.values())),
        points=first.points,
        died=bot.died,
    )


def lost(ledger: Mapping[tuple[str, int], EventRow], rows: Iterable[EventRow]) -> Any:
    there = {(row.incident, row.seq): row for row in rows}
    return tuple(
        f"{one.kind} as {one.seq}" for at, one in ledger.items() if there.get(at) != one
    )


CHANGES = ("RemoveParticipant", "SendData")
"""The methods that change the world."""


def acts(house: House) -> Counter[str]:
    entries = house.deployment.journal.find(place="livekit")
    done = (one for one in entries if one.outcome in ("200", ANSWER_LOST))
    methods = (entry.path.rpartition("/")[2] for entry in done)
    return Counter(one for one in methods if one in CHANGES)


def answers(house: House) -> Counter[tuple[str, str]]:
    entries = house.deployment.journal.entries
    return Counter((one.place, one.outcome) for one in entries)


def whispers(house: House) -> Counter[str]:
    people = house.workspace.state.directory.people
    return Counter(
        str(one.get("text"))
        for who in people
        for one in house.workspace.ephemerals(who)
    )
