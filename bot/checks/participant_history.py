"""Did the participant come and go, and in which pattern?"""

from collections.abc import Sequence

from pydantic import BaseModel

from bot.cohrtz.halfopen import Sight, doubt
from bot.cohrtz.history import FACTS as COUNTED
from bot.cohrtz.history import WINDOW, trace
from bot.cohrtz.sessions import Session
from bot.core.evidence import Finding, unknown
from bot.errors import BotError
from bot.world import World
from bot.world.diagnostics import SyncEvent

TITLE = "Participant's comings and goings"
FACTS = COUNTED
TIMEOUT = 8.0
ON_OPEN = True


class Params(BaseModel, extra="forbid", frozen=True):
    """The room, and the participant whose transitions are read."""

    room: str
    identity: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Read the recorded transitions, and whether a session is really there now."""
    if not params.identity:
        return unknown("Whose history to read is not known: no participant was given.")
    since = world.now() - WINDOW
    changes = await world.transitions.recent(params.room, params.identity, since)
    try:
        seen = await world.rooms.participant(params.room, params.identity)
    except BotError:  # the record can be read all the same; the words say so
        return trace(changes, present=None).finding()
    if seen is None:
        return trace(changes, present=False).finding()
    session = Session(seen.sid, seen.presence, seen.joined_at)
    sight = Sight(params.identity, session, world.now())
    why = doubt(sight, changes, await _reported(params.room, world))
    return trace(changes, present=True, doubt=why).finding()


async def _reported(room: str, world: World) -> Sequence[SyncEvent]:
    try:
        return (await world.diagnostics.recent(room, world.now() - WINDOW)).events
    except BotError:  # one witness less; the record and the server are left
        return ()
