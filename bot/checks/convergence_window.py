"""Has the room been quiet for as long as peers need to converge?"""

from pydantic import BaseModel

from bot.core.evidence import Finding, Value, bad, ok, unknown
from bot.errors import WorldError
from bot.world import World
from bot.world.rooms import Presence

TITLE = "Convergence window has passed"
FACTS = {
    "window.quiet_s": "seconds since somebody joined the room last",
    "window.passed": "whether that is as long as peers need to converge",
}
TIMEOUT = 8.0
ON_OPEN = False
WINDOW = 60
"""Seconds: two rounds of the 30 s janitor, beyond the heartbeats of a first sync."""
PAIR = 2


class Params(BaseModel, extra="forbid", frozen=True):
    """The room to look into; `identity` is taken so that all checks can be asked."""

    room: str
    identity: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Look when the youngest session began; edits are not seen by a server."""
    try:
        people = await world.rooms.participants(params.room)
    except WorldError as error:
        return unknown(f"Who is in the room is not known: {error}")
    there = [p for p in people if not p.hidden and p.presence is Presence.ACTIVE]
    joined = [one.joined_at for one in there if one.joined_at]
    if len(there) < PAIR or not joined:
        return unknown(f"{len(there)} active in the room: two are needed to converge.")
    quiet = max(0, int((world.now() - max(joined)).total_seconds()))
    window = WINDOW / world.pace
    facts: dict[str, Value] = {
        "window.quiet_s": quiet,
        "window.passed": quiet >= window,
    }
    if quiet < window:
        words = f"Somebody joined {quiet} s ago: differences are normal for"
        words = f"{words} {window:g} s."
        return bad(f"{words} Wait, then look again.", facts)
    return ok(
        f"Nobody joined for {quiet} s. Mind edits too, which are not seen.", facts
    )
