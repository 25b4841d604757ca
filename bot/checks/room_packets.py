"""What do the packets that the room's apps broadcast tell without any key?

The rule is in bot.cohrtz.listening. What cannot be watched is unknown, with the reason.
"""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from bot.cohrtz.listening import FACTS, Listened, conclude
from bot.cohrtz.mute import Limit
from bot.cohrtz.packets import Sighting, parse
from bot.core.evidence import Finding, unknown
from bot.errors import WorldError
from bot.world import World
from bot.world.probe import ProbeUnavailable, Watched
from bot.world.rooms import Participant

__all__ = ["FACTS", "ON_OPEN", "TIMEOUT", "TITLE", "Params", "run"]

TITLE = "What the room's packets tell"
TIMEOUT = 100.0
"""Sixty seconds of listening, twenty to get in, ten over, and asking the server."""
ON_OPEN = False  # it takes a while, and joins (hidden): a page or a person asks


class Params(BaseModel, extra="forbid", frozen=True):
    """The room, and for how long to listen; `identity` is taken, all are heard."""

    room: str
    identity: str | None = None
    seconds: float = Field(default=8.0, ge=1.0, le=60.0)


async def run(params: Params, world: World) -> Finding:
    """Listen in the room, hidden and silent, and count what is broadcast."""
    try:
        watched = await world.probe.watch(params.room, params.seconds)
    except ProbeUnavailable as none:
        return unknown(str(none), {"probe.state": none.why.value})
    except WorldError as error:
        return unknown(f"Whether anybody is there to be heard is not known: {error}")
    limit = Limit(watched.until, world.pace)
    how = (watched.seconds, watched.dropped, watched.ended.value, limit)
    return conclude(_sightings(watched), Listened(*how, await _listed(params, world)))


async def _listed(params: Params, world: World) -> Sequence[Participant]:
    try:
        return await world.rooms.participants(params.room)
    except WorldError:
        return ()


def _sightings(watched: Watched) -> list[Sighting]:
    return [
        Sighting(parse(one.wire), one.at.timestamp(), one.sender)
        for one in watched.packets
    ]
