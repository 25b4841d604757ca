"""Did the participant come and go, and in which pattern?"""

from pydantic import BaseModel

from bot.cohrtz.history import WINDOW, trace
from bot.core.evidence import Finding, Verdict, unknown
from bot.errors import WorldError
from bot.world import World

TITLE = "Participant's comings and goings"
FACTS = {
    "participant.pattern": (
        "steady, came-once, moved, reconnect-loop, duplicate-identity, aborting, left, "
        "absent or mixed"
    ),
    "participant.joins": "sessions that became active in the last 10 minutes",
    "participant.leaves": "sessions that had been active and ended in that time",
    "participant.aborts": "sessions that ended in that time and never became active",
    "participant.sessions": "distinct sessions that were told of in that time",
}
TIMEOUT = 8.0
ON_OPEN = True


class Params(BaseModel, extra="forbid", frozen=True):
    """The room, and the participant whose transitions are read."""

    room: str
    identity: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Read the recorded transitions, and whether a session is there now."""
    if not params.identity:
        return unknown("Whose history to read is not known: no participant was given.")
    since = world.now() - WINDOW
    changes = await world.transitions.recent(params.room, params.identity, since)
    present = await _present(params.room, params.identity, world)
    told = trace(changes, present=present)
    return Finding(
        verdict=Verdict(told.verdict),
        headline=told.words,
        facts={
            "participant.pattern": told.pattern.value,
            "participant.joins": told.joins,
            "participant.leaves": told.leaves,
            "participant.aborts": told.aborts,
            "participant.sessions": told.sessions,
        },
    )


async def _present(room: str, identity: str, world: World) -> bool | None:
    try:
        return await world.rooms.participant(room, identity) is not None
    except WorldError:  # the record can be read all the same; the words say so
        return None
