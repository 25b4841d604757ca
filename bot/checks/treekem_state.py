"""Does the device have its TreeKEM service, and do its epochs move?"""

from collections.abc import Sequence

from pydantic import BaseModel

from bot.cohrtz.whence import WHENCE, most, of_kind, told
from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Finding, bad, ok, unknown
from bot.world import World

TITLE = "TreeKEM service and its epoch"
FACTS = {
    "treekem.private": "whether the private half of the tree is on the device",
    "treekem.faults": "how many kinds of TreeKEM fault the logs show",
}
TIMEOUT = 5.0
ON_OPEN = False
_FAULTS = {
    "log.treekem_secret_failed": "the service has no secret",
    "log.treekem_without_service": "there is a state and no service",
    "log.treekem_load_failed": "the state could not be loaded",
    "log.treekem_welcome_failed": "a welcome could not be opened",
}


class Params(BaseModel, extra="forbid", frozen=True):
    """The incident whose files are read."""

    room: str
    incident: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Read it from logs and the names in the secure store."""
    held = await world.artefacts.of(params.incident or "")
    logs, stores = of_kind(held, Kind.LOG), of_kind(held, Kind.SECURE_STORE)
    faults = [words for fact, words in _FAULTS.items() if most(logs, fact)]
    if faults:
        words = f"The log says: {', '.join(faults)}."
        return bad(words, {"treekem.faults": len(faults)})
    return _from_stores(stores)


def _from_stores(stores: Sequence[Artefact]) -> Finding:
    facts = told(stores[-1]) if stores else {}
    names = ("keys.treekem_private", "keys.treekem_epoch")
    if not set(names) <= set(facts):
        words = "Neither a log nor the secure store tells of it."
        return unknown(f"{words} {WHENCE[Kind.SECURE_STORE].words}")
    if all(facts[name] is True for name in names):
        words = "The private half and its epoch are on the device."
        return ok(
            f"{words} Equal epochs are not equal keys.", {"treekem.private": True}
        )
    words = "The private half of the tree is not on the device: it needs a welcome."
    return bad(words, {"treekem.private": False})
