"""Do the files show packets that were dropped, and by whom?"""

from pydantic import BaseModel

from bot.cohrtz.whence import WHENCE, most, of_kind
from bot.core.artefact import Kind
from bot.core.evidence import Finding, Value, bad, ok, unknown
from bot.world import World

TITLE = "Packets dropped on their way"
FACTS = {
    "flow.dropped": "kinds of loss that the files show",
    "flow.rejected_chunks": "chunks that a merge refused whole",
}
TIMEOUT = 5.0
ON_OPEN = False
_LOSSES = {
    "log.merge_failed": "chunks refused whole by the merge",
    "log.signature_failed": "packets dropped for their signature",
    "log.unsigned_dropped": "unsigned packets dropped",
    "log.unknown_sender": "packets held for unknown senders",
    "log.packet_store_failed": "chunks lost to a broken packet store",
    "packets.invalid_signatures": "captured packets whose signature fails",
    "packets.identity_mismatches": "captured packets in another's name",
    "packets.unknown_types": "captured packets of an unknown type",
}
KINDS = (Kind.LOG, Kind.PACKETS)


class Params(BaseModel, extra="forbid", frozen=True):
    """The incident whose files are read."""

    room: str
    incident: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Add up the losses; drops that only a debug build logs may be missing."""
    held = of_kind(await world.artefacts.of(params.incident or ""), *KINDS)
    if not held:
        words = "What a peer drops stands in its own log only."
        return unknown(f"{words} {WHENCE[Kind.LOG].words}")
    seen = {words: n for fact, words in _LOSSES.items() if (n := most(held, fact))}
    facts: dict[str, Value] = {"flow.dropped": len(seen)}
    facts["flow.rejected_chunks"] = most(held, "log.merge_failed") or 0
    if not seen:
        return ok("The files show no packet that was dropped.", facts)
    return bad(
        f"Lost: {', '.join(f'{n} {words}' for words, n in seen.items())}.", facts
    )
