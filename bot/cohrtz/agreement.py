"""Whether the newest copies of a room's database, of two devices, agree.

Copies of one device have one node id. The newest of them counts: that an older one
differs is the device's own history and no divergence. Two devices that were restored
from one backup look the same, and the app does not bear that (`Duplicate node`).
"""

from collections.abc import Sequence

from bot.cohrtz import plain
from bot.cohrtz.whence import WHENCE, told
from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Finding, Value, bad, ok, unknown

FACTS = {
    "agreement.copies": "how many readable copies of a room's database there are",
    "agreement.devices": "of how many devices they are, as their node ids tell",
    "agreement.holds": "whether count and hash of the last two devices are the same",
    "agreement.rows_apart": "by how many rows their counts differ",
}
PAIR = 2


def agreement(files: Sequence[Artefact]) -> Finding:
    """Compare what was computed of each copy as its own platform does."""
    copies = [one for one in files if _is_room(one)]
    devices = _newest(copies)
    facts: dict[str, Value] = {
        "agreement.copies": len(copies),
        "agreement.devices": len(devices),
    }
    if len(devices) < PAIR:
        return unknown(f"{_lack(copies)} {WHENCE[Kind.CRDT_DATABASE].words}", facts)
    return _compared(devices[-PAIR:], facts, len(copies) - len(devices))


def _is_room(copy: Artefact) -> bool:
    facts = told(copy)
    return facts.get("database.is_room") is not False and "database.hash" in facts


def _newest(copies: Sequence[Artefact]) -> list[Artefact]:
    """Keep of each device the copy that was handed over last, in that order."""
    by_device: dict[Value, Artefact] = {}
    for place, copy in enumerate(copies):
        device = told(copy).get("database.device_hash", place)
        by_device.pop(device, None)
        by_device[device] = copy
    return list(by_device.values())


def _lack(copies: Sequence[Artefact]) -> str:
    if len(copies) < PAIR:
        return f"{len(copies)} copies of the room's database; two are needed."
    return (
        f"All {len(copies)} copies are of one device (same node id), or of two that "
        "were restored from one backup. That they differ would be the device's own "
        "history; a copy of another device is needed."
    )


def _compared(pair: Sequence[Artefact], facts: dict[str, Value], older: int) -> Finding:
    one, two = (told(copy) for copy in pair)
    if one.get("database.platform") != two.get("database.platform"):
        words = "One copy is of a native client and one of a web client: they count "
        return unknown(f"{words}differently, and never agree.", facts)
    apart = abs(int(one["database.count"]) - int(two["database.count"]))
    same = one["database.hash"] == two["database.hash"]
    facts |= {"agreement.holds": same, "agreement.rows_apart": apart}
    names = " and ".join(plain.name(copy.name) for copy in pair)
    left = f" {older} older of the same device not counted." if older else ""
    if same:
        return ok(f"{names} agree: same count, same hash.{left}", facts)
    words = f"{names} differ, by {apart} rows in the count.{left}"
    return bad(f"{words} Presence and group-key rows differ while people work.", facts)
