"""Do the files show packets that were dropped, or people online who are not heard?"""

from pydantic import BaseModel

from bot.cohrtz import flow
from bot.cohrtz.flow import Online
from bot.core.evidence import Finding
from bot.errors import WorldError
from bot.world import World
from bot.world.rooms import Presence

TITLE = "Packets dropped on their way"
FACTS = flow.FACTS
TIMEOUT = 8.0
ON_OPEN = False


class Params(BaseModel, extra="forbid", frozen=True):
    """The incident whose files are read, and whose device they are from."""

    room: str
    identity: str | None = None
    incident: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Add up the losses, and hold the packet store against who is in the room."""
    files = await world.artefacts.of(params.incident or "")
    try:
        people = await world.rooms.participants(params.room)
    except WorldError:
        return flow.flow(files, None)
    online = [
        Online(one.identity, one.joined_at)
        for one in people
        if not one.hidden and one.presence is Presence.ACTIVE
    ]
    return flow.flow(files, flow.unheard(files, online, params.identity))
