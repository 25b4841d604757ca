"""Dropping files into the incident's thread."""

from collections.abc import Sequence

from rehearsal import script as s
from rehearsal.part import Part
from rehearsal.seen import plain


async def drop(part: Part, act: s.Drop) -> None:
    """Drop them one after the other, and wait until the bot has read each of them."""
    seat, names = part.seat(act.by), ", ".join(act.files)
    part.say(act.by, f"drops into the thread: {names}")
    part.dropped = act.files
    thread = str((part.sight.card() or {})["ts"])
    for name in act.files:
        content = (part.house.files / name).read_bytes()
        await part.house.workspace.drop_file(
            seat.user, part.house.channel, name, content, thread
        )
    await seat.until(lambda: len(_verdicts(part)) == len(act.files), f"{names}: read")
    for line in _verdicts(part):
        part.narrator.say("The bot", line)


def _verdicts(part: Part) -> Sequence[str]:
    """Return what is said of each file that was dropped last and is read."""
    said = part.sight.evidence()
    found = [line for name in part.dropped for line in said if f"`{name}` (" in line]
    return [plain(line).replace("`", "") for line in found]
