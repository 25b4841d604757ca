"""Dropping files into the incident's thread."""

import contextlib
from collections.abc import Sequence

from rehearsal import script as s
from rehearsal.part import Part
from rehearsal.seat import Seat
from rehearsal.seen import plain

UNHEARD = 60.0
"""Seconds after which a person drops again what the bot says nothing of: Slack tells
the app of a file four times, the last time after 6 minutes (sped up), and no more."""


async def drop(part: Part, act: s.Drop) -> None:
    """Drop them one after the other, and wait until the bot has read each of them."""
    seat, names = part.seat(act.by), ", ".join(act.files)
    part.say(act.by, f"drops into the thread: {names}")
    part.dropped = act.files
    await _drop(part, seat, act.files)
    with contextlib.suppress(TimeoutError):
        await part.house.workspace.wait_for(lambda: not _unread(part), UNHEARD)
    await _drop(part, seat, _unread(part))
    await seat.until(lambda: not _unread(part), f"{names}: read")
    for line in _verdicts(part):
        part.narrator.say("The bot", line)


async def _drop(part: Part, seat: Seat, names: Sequence[str]) -> None:
    thread = str((part.sight.card() or {})["ts"])
    for name in names:
        content = (part.house.files / name).read_bytes()
        await part.house.workspace.drop_file(
            seat.user, part.house.channel, name, content, thread
        )


def _unread(part: Part) -> Sequence[str]:
    return [name for name in part.dropped if not _said_of(part, name)]


def _verdicts(part: Part) -> Sequence[str]:
    """Return what is said of each file that was dropped last and is read."""
    return [line for name in part.dropped for line in _said_of(part, name)]


def _said_of(part: Part, name: str) -> Sequence[str]:
    found = [line for line in part.sight.evidence() if f"`{name}` (" in line]
    return [plain(line).replace("`", "") for line in found]
