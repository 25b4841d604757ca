"""What is there when an incident is over: in Slack, in the world, in the database."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.incident.events import Event
from bot.engine.rows import events_from
from bot.store.rows import Drawing, EventRow
from bot.store.store import open_store
from rehearsal.cohrtz.recorder import ANSWER_LOST
from rehearsal.stagehands import House
from tests.e2e.houses import parts


@dataclass(frozen=True)
class Played:
    """What is there when the incident is over."""

    parts: tuple[str, ...]
    """Of all messages of the bot, in Slack's order."""
    acts: Counter[str]
    """How often the world was changed, by the method of the server."""
    answers: Counter[tuple[str, str]]
    """How the token endpoint and LiveKit answered: by place and outcome."""
    whispers: Counter[str]
    """What was said to one person alone, and how often."""
    resolved: bool
    events: tuple[Event, ...]
    drawings: tuple[Drawing, ...]
    incidents: int
    lost: tuple[str, ...]
    """Events that were committed once and are not there, or are not the same."""
    points: Counter[str]
    """Of the first life: how often it came to each kind of point."""
    died: bool


async def played(house: House, *, resolved: bool) -> Played:
    """Look at all that is there; the bot is stopped first, for its database."""
    bot, first = house.bot, house.bot.lives[0]
    await bot.stop()
    async with open_store(house.folder / "triage.db") as store:
        heads = await store.heads()
        rows = [row for head in heads for row in await store.events(head.incident)]
        drawings = [d for head in heads for d in await store.drawings(head.incident)]
    return Played(
        parts=parts(house),
        acts=acts(house),
        answers=answers(house),
        whispers=whispers(house),
        resolved=resolved,
        events=events_from(rows),
        drawings=tuple(drawings),
        incidents=len(heads),
        lost=lost(bot.ledger, rows),
        points=first.points,
        died=bot.died,
    )


def lost(ledger: Mapping[tuple[str, int], EventRow], rows: list[EventRow]) -> Any:
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
