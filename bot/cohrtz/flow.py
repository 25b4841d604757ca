"""Packets that did not get through: what files show as lost, and who was never heard.

A packet store has a row for each data chunk that was verified and decrypted. Somebody
who is online and has none wrote nothing yet, or fails on signature, key or handshake;
the store alone cannot tell which.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cohrtz.databases.packets_stored import missing
from bot.cohrtz.whence import WHENCE, most, told
from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Finding, Value, bad, ok, unknown

FACTS = {
    "flow.dropped": "kinds of loss that the files show",
    "flow.rejected_chunks": "chunks that a merge refused whole",
    "flow.online_unheard": "participants who are online, and of whom the packet store "
    "of the device has no packet; those who came after its last one are left out",
}
LOSSES = {
    "log.merge_failed": "chunks refused whole by the merge",
    "log.signature_failed": "packets dropped for their signature",
    "log.unsigned_dropped": "unsigned packets dropped",
    "log.unknown_sender": "packets held for unknown senders",
    "log.packet_store_failed": "chunks lost to a broken packet store",
    "packets.invalid_signatures": "captured packets whose signature fails",
    "packets.identity_mismatches": "captured packets in another's name",
    "packets.unknown_types": "captured packets of an unknown type",
}
TELLING = (Kind.LOG, Kind.PACKETS)
STORES = (Kind.PACKET_STORE, Kind.WEB_STORAGE)
NAMED = 3
"""Identities that a sentence can bear."""


@dataclass(frozen=True)
class Online:
    """Somebody who is in the room now, and since when."""

    identity: str
    joined_at: datetime | None


def unheard(
    files: Iterable[Artefact], online: Iterable[Online], device: str | None
) -> tuple[str, ...] | None:
    """Return who is online and not in the newest packet store, in order.

    `device` is whose store it is taken to be: their own packets are not in it. None
    when there is no store, or it does not tell all of its senders.
    """
    stores = [told(one) for one in files if one.kind in STORES]
    known = [one for one in stores if isinstance(one.get("store.sender_ids"), str)]
    if not known:
        return None
    last = _time(known[-1].get("store.last_at"))
    there = [one.identity for one in online if _was_there(one, last)]
    found = missing(
        str(known[-1]["store.sender_ids"]), [one for one in there if one != device]
    )
    return None if found is None else tuple(sorted(found))


def flow(files: Sequence[Artefact], absent: tuple[str, ...] | None) -> Finding:
    """Add up the losses; drops that only a debug build logs may be missing."""
    held = [one for one in files if one.kind in TELLING]
    if not held and absent is None:
        words = "What a peer drops stands in its own log only."
        return unknown(f"{words} {WHENCE[Kind.LOG].words}")
    seen = {words: n for fact, words in LOSSES.items() if (n := most(held, fact))}
    facts = _facts(held, seen, absent)
    also = _never_heard(absent)
    if seen:
        lost = ", ".join(f"{n} {words}" for words, n in seen.items())
        return bad(f"Lost: {lost}.{also}", facts)
    if absent:
        return unknown(also.strip(), facts)
    return ok(_unhurt(held, absent), facts)


def _facts(
    held: Sequence[Artefact], seen: Mapping[str, int], absent: tuple[str, ...] | None
) -> dict[str, Value]:
    facts: dict[str, Value] = {}
    if held:
        facts["flow.dropped"] = len(seen)
        facts["flow.rejected_chunks"] = most(held, "log.merge_failed") or 0
    if absent is not None:
        facts["flow.online_unheard"] = len(absent)
    return facts


def _never_heard(absent: tuple[str, ...] | None) -> str:
    if not absent:
        return ""
    more = f" and {len(absent) - NAMED} more" if len(absent) > NAMED else ""
    return (
        f" Online and not in the packet store: {', '.join(absent[:NAMED])}{more}. They "
        "wrote nothing yet, or their packets fail on signature, key or handshake."
    )


def _unhurt(held: Sequence[Artefact], absent: tuple[str, ...] | None) -> str:
    said = ["The files show no packet that was dropped."] if held else []
    if absent is not None:
        said.append("The packet store has packets of everybody who is online.")
    return " ".join(said)


def _was_there(one: Online, last: datetime | None) -> bool:
    return last is None or one.joined_at is None or one.joined_at <= last


def _time(value: Value | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None
