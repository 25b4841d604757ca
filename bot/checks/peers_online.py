"""Who else is in the room, and could answer with a key or with data?"""

from pydantic import BaseModel

from bot.core.evidence import Finding, Value, bad, ok, unknown
from bot.errors import WorldError
from bot.world import World
from bot.world.rooms import Presence

TITLE = "Peers that could answer"
FACTS = {
    "peers.online": "how many other visible participants are active",
    "peers.youngest_s": "seconds since the last of all in the room joined",
}
TIMEOUT = 8.0
ON_OPEN = False


class Params(BaseModel, extra="forbid", frozen=True):
    """The room, and the participant who is to be answered."""

    room: str
    identity: str | None = None


async def run(params: Params, world: World) -> Finding:
    """List the room; whether a peer holds what is missing is not seen here."""
    if not params.identity:
        return unknown("Whose peers to look for: no participant was given.")
    try:
        people = await world.rooms.participants(params.room)
    except WorldError as error:
        return unknown(f"Who is in the room is not known: {error}")
    there = [p for p in people if not p.hidden and p.presence is Presence.ACTIVE]
    others = sum(one.identity != params.identity for one in there)
    facts: dict[str, Value] = {"peers.online": others}
    joined = [one.joined_at for one in there if one.joined_at]
    if joined:
        facts["peers.youngest_s"] = int((world.now() - max(joined)).total_seconds())
    if not others:
        return bad("Nobody else is active in the room: nobody can answer.", facts)
    words = f"{others} other{'s are' if others > 1 else ' is'} active in the room."
    return ok(
        f"{words} Whether they hold what is missing, only their devices know.", facts
    )
