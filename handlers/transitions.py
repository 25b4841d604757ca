"""The transitions that were recorded of late, in words, to begin a report with."""

from datetime import datetime, timedelta

from bot.core.report import MAX_WORDS
from bot.world.transitions import Transitions

RECENT = timedelta(minutes=10)
MOST = 20


async def recent_transitions(
    recorded: Transitions, now: datetime, room: str, participant: str | None
) -> str:
    """Return the last ones of the room or of one participant, a line each."""
    if not room:
        return ""
    moves = await recorded.recent(room, participant, now - RECENT)
    told = "\n".join(move.told() for move in moves[-MOST:])
    return told[-MAX_WORDS:]
