"""Were the files handed over that tell what happened?"""

from pydantic import BaseModel

from bot.cohrtz import plain
from bot.cohrtz.whence import WHENCE, of_kind
from bot.core.artefact import Kind
from bot.core.evidence import Finding, Value, ok, unknown
from bot.world import World

TITLE = "Files were handed over"
FACTS = {
    "captured.files": "how many of the wanted kinds of file were handed over",
    "captured.missing": "how many of them were not",
}
TIMEOUT = 5.0
ON_OPEN = False
SHOWN = 4


class Params(BaseModel, extra="forbid", frozen=True):
    """The incident, and the kinds of file that are wanted."""

    room: str
    incident: str | None = None
    kinds: tuple[Kind, ...] = (Kind.LOG,)


async def run(params: Params, world: World) -> Finding:
    """Look which kinds of file the incident has."""
    held = await world.artefacts.of(params.incident or "")
    found = of_kind(held, *params.kinds)
    missing = [kind for kind in params.kinds if not of_kind(held, kind)]
    facts: dict[str, Value] = {
        "captured.files": len(params.kinds) - len(missing),
        "captured.missing": len(missing),
    }
    names = ", ".join(plain.name(one.name) for one in found[:SHOWN])
    here = f"Handed over: {names}." if found else "Nothing was handed over."
    if missing:
        asks = " ".join(WHENCE[kind].words for kind in missing if kind in WHENCE)
        return unknown(f"{here} {asks}", facts)
    return ok(here, facts)
