"""Do the newest copies of the room's database agree in count and hash?"""

from collections.abc import Sequence

from pydantic import BaseModel

from bot.cohrtz import plain
from bot.cohrtz.whence import WHENCE, of_kind, told
from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Finding, Value, bad, ok, unknown
from bot.world import World

TITLE = "Copies agree in count and hash"
FACTS = {
    "agreement.copies": "how many readable copies of a room's database there are",
    "agreement.holds": "whether count and hash of the last two are the same",
    "agreement.rows_apart": "by how many rows their counts differ",
}
TIMEOUT = 5.0
ON_OPEN = False
PAIR = 2


class Params(BaseModel, extra="forbid", frozen=True):
    """The incident whose files are read."""

    room: str
    incident: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Compare what was computed of each copy as its own platform does."""
    held = await world.artefacts.of(params.incident or "")
    copies = [one for one in of_kind(held, Kind.CRDT_DATABASE) if _is_room(one)]
    facts: dict[str, Value] = {"agreement.copies": len(copies)}
    if len(copies) < PAIR:
        words = f"{len(copies)} copies of the room's database; two are needed."
        return unknown(f"{words} {WHENCE[Kind.CRDT_DATABASE].words}", facts)
    return _compared(copies[-PAIR:], facts)


def _is_room(copy: Artefact) -> bool:
    facts = told(copy)
    return facts.get("database.is_room") is not False and "database.hash" in facts


def _compared(pair: Sequence[Artefact], facts: dict[str, Value]) -> Finding:
    one, two = (told(copy) for copy in pair)
    if one.get("database.platform") != two.get("database.platform"):
        words = "One copy is of a native client and one of a web client: they count "
        return unknown(f"{words}differently, and never agree.", facts)
    apart = abs(int(one["database.count"]) - int(two["database.count"]))
    same = one["database.hash"] == two["database.hash"]
    facts |= {"agreement.holds": same, "agreement.rows_apart": apart}
    names = " and ".join(plain.name(copy.name) for copy in pair)
    if same:
        return ok(f"{names} agree: same count, same hash.", facts)
    words = f"{names} differ, by {apart} rows in the count."
    return bad(f"{words} Presence and group-key rows differ while people work.", facts)
