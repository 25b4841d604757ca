"""Were roles, members or groups changed by somebody without the right?"""

from pydantic import BaseModel

from bot.cohrtz.whence import WHENCE, most, of_kind
from bot.core.artefact import Kind
from bot.core.evidence import Finding, bad, ok, unknown
from bot.world import World

TITLE = "Changes of roles without rights"
FACTS = {
    "rbac.suspects": "rows last written by somebody who lacks the right",
}
TIMEOUT = 5.0
ON_OPEN = False


class Params(BaseModel, extra="forbid", frozen=True):
    """The incident whose files are read."""

    room: str
    incident: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Audit the rows of the database; the app's own log lines on it do not exist."""
    held = await world.artefacts.of(params.incident or "")
    copies = of_kind(held, Kind.CRDT_DATABASE)
    suspects = most(copies, "database.rbac_suspects")
    if suspects is None:
        words = "The app never logs a rejection; only the database tells."
        return unknown(f"{words} {WHENCE[Kind.CRDT_DATABASE].words}")
    facts = {"rbac.suspects": suspects}
    if not suspects:
        return ok("All rows of roles, members and groups have rightful authors.", facts)
    words = f"{suspects} rows were last written by somebody without the right."
    return bad(
        f"{words} Joining and inviting write such rows too: ask the owner.", facts
    )
