"""Whole rehearsals for tests: put up, begun, and read as a person reads them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from handlers.adopt import EVENT_TYPE
from rehearsal.narrator import Narrator
from rehearsal.options import RehearsalOptions
from rehearsal.player import Player, Temper
from rehearsal.scenario import SCENARIOS, read
from rehearsal.script import AnyAct
from rehearsal.seat import Seat
from rehearsal.seen import Sight
from rehearsal.stagehands import House, begin, put_up

PATIENT = Temper(patience=60.0, pause=0.1)
"""The machine may be busy; nobody waits that long when it is not."""

PARTS = (
    *("card", "checks", "ranking"),
    *("step:1:1", "step:1:2", "step:1:3", "step:1:4"),
    "summary:1",
)
"""What Slack shows of the expired-token incident, in this order, each once."""


@asynccontextmanager
async def begun(
    folder: Path, slug: str = "expired-token", **how: Any
) -> AsyncIterator[House]:
    """Put a scenario up, with the real bot as a process, to where it begins."""
    scenario = read(SCENARIOS / f"{slug}.md")
    async with put_up(RehearsalOptions(**how), scenario, folder) as house:
        await begin(house)
        yield house


def player_of(house: House) -> Player:
    """Somebody who plays in silence, and who is patient."""
    return Player(house, Narrator(lambda _: None), PATIENT)


def sight_of(house: House) -> Sight:
    return Sight(house.workspace, house.channel)


def seat_of(house: House, user: str) -> Seat:
    return Seat(house.workspace, house.channel, user, PATIENT.patience, PATIENT.pause)


def script(house: House, start: int = 0, end: int | None = None) -> Sequence[AnyAct]:
    return house.scenario.good_responder[start:end]


async def play(house: House, start: int = 0, end: int | None = None) -> Player:
    """Play a part of the script."""
    player = player_of(house)
    for act in script(house, start, end):
        await player.do(act)
    return player


def parts(house: House) -> tuple[str, ...]:
    """Name the bot's messages in the channel and below its cards, in Slack's order."""
    return tuple(_part(message) for message in _shown(house))


def parts_of_each(house: House) -> Mapping[str, tuple[str, ...]]:
    """Name them by incident; those of nobody's are under an empty name."""
    found: dict[str, tuple[str, ...]] = {}
    for message in _shown(house):
        told = message.get("metadata") or {}
        incident = str(told.get("event_payload", {}).get("incident", ""))
        found[incident] = (*found.get(incident, ()), _part(message))
    return found


def messages_of(house: House, part: str) -> Sequence[dict[str, Any]]:
    """Return the bot's messages whose part begins so, in Slack's order."""
    return [one for one in _shown(house) if _part(one).startswith(part)]


def _shown(house: House) -> Sequence[dict[str, Any]]:
    top = house.workspace.messages(house.channel)
    ours = [m for m in top if m.get("bot_id")]
    threads = [house.workspace.messages(house.channel, m["ts"]) for m in ours]
    everything = {m["ts"]: m for thread in threads for m in thread if m.get("bot_id")}
    return [everything[ts] for ts in sorted(everything)]


def _part(message: dict[str, Any]) -> str:
    told = message.get("metadata") or {}
    if told.get("event_type") != EVENT_TYPE:
        return f"foreign: {message.get('text')}"
    return str(told["event_payload"]["part"])


def removed(house: House) -> int:
    """Count how often a participant was really removed."""
    entries = house.deployment.journal.find(place="livekit", outcome="200")
    return sum(entry.path.endswith("/RemoveParticipant") for entry in entries)


def cards(house: House) -> list[dict[str, Any]]:
    return [m for m in house.workspace.messages(house.channel) if m.get("bot_id")]


def whispered(house: House, user: str) -> str:
    """All that was said to this person alone."""
    said = house.workspace.ephemerals(user)
    return " ".join(str(message.get("text", "")) for message in said)
