"""Do the newest copies of the room's database, of two devices, agree?"""

from pydantic import BaseModel

from bot.cohrtz import agreement
from bot.cohrtz.whence import of_kind
from bot.core.artefact import Kind
from bot.core.evidence import Finding
from bot.world import World

TITLE = "Copies agree in count and hash"
FACTS = agreement.FACTS
TIMEOUT = 5.0
ON_OPEN = False


class Params(BaseModel, extra="forbid", frozen=True):
    """The incident whose files are read."""

    room: str
    incident: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Compare what was computed of each copy as its own platform does."""
    held = await world.artefacts.of(params.incident or "")
    return agreement.agreement(of_kind(held, Kind.CRDT_DATABASE))
