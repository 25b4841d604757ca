"""What a packet store tells: who was heard, when, and with which request ids.

Only data chunks that were verified and decrypted are stored, before they are merged. So
a row proves that a sender was understood, not that the merge went well; a sender who is
online and has none points at signatures, keys or handshakes.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.cohrtz.databases.identities import canonical, is_identity
from bot.core.evidence import Finding, Value, bad, ok, unknown

FACTS = {
    "store.readable": "whether the packet store could be read",
    "store.packets": "how many packets it holds",
    "store.senders": "of how many senders",
    "store.sender_ids": "which, with a … at the end when not all are told",
    "store.requests": "how many different request ids",
    "store.requests_repeated": "packets whose request id came before",
    "store.other_types": "packets that are no data chunk; the app stores none",
    "store.first_at": "when the first was received, by the device's clock",
    "store.last_at": "when the last was received",
    "store.gap_max": "the longest time between two packets, in seconds",
    "store.last_sender_silent": "seconds from the last packet of the sender that has "
    "been silent longest to the last packet of all",
    "store.clock_steps_back": "how often the device's clock went back",
    "store.participant_heard": "whether packets of the participant asked for are there",
}
DATA_CHUNK = 2
LISTED = 40
"""Senders that are told by name."""
MORE = "…"
_SECOND = 1000


@dataclass(frozen=True, slots=True)
class StoredPacket:
    """One row without its payload."""

    request: str
    sender: str
    stamp: int | None
    """When it was received, in milliseconds of the device's clock."""
    kind: int | None


@dataclass
class Heard:
    """A packet store, folded over its rows in their order."""

    packets: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    senders: dict[str, int | None] = field(default_factory=dict)
    """The newest time of each."""
    other_types: int = 0
    first: int | None = None
    last: int | None = None
    gap: int = 0
    back: int = 0
    _before: int | None = None

    def add(self, packet: StoredPacket) -> None:
        """Take the next row in."""
        self.packets += 1
        self.other_types += packet.kind != DATA_CHUNK
        if packet.request:
            self.requests[packet.request] += 1
        self.senders.setdefault(packet.sender, None)
        if packet.stamp is not None and 0 < packet.stamp < 1 << 47:
            self._heard(packet.sender, packet.stamp)

    def _heard(self, sender: str, stamp: int) -> None:
        self.senders[sender] = max(self.senders[sender] or 0, stamp)
        self.first = stamp if self.first is None else min(self.first, stamp)
        self.last = stamp if self.last is None else max(self.last, stamp)
        if self._before is not None:
            self.gap = max(self.gap, stamp - self._before)
            self.back += stamp < self._before
        self._before = stamp

    @property
    def silence(self) -> int | None:
        """Return how long the sender that is silent longest has been, in ms."""
        heard = [stamp for stamp in self.senders.values() if stamp is not None]
        return self.last - min(heard) if heard and self.last is not None else None

    def has(self, identity: str) -> bool:
        """Say whether packets of that person are there."""
        return canonical(identity) in map(canonical, self.senders)


def fold(packets: Iterable[StoredPacket]) -> Heard:
    """Add packets up, in the order in which they were stored."""
    heard = Heard()
    for packet in packets:
        heard.add(packet)
    return heard


def missing(sender_ids: str, online: Iterable[str]) -> frozenset[str] | None:
    """Return who is online and has no packet in the store.

    `sender_ids` is the fact of that name; None when it does not tell all.
    """
    if sender_ids.endswith(MORE):
        return None
    heard = {canonical(one) for one in sender_ids.split(",")}
    return frozenset(one for one in online if canonical(one) not in heard)


def unreadable(why: str) -> Finding:
    """Say that the store is damaged and what that does."""
    words = (
        f"The packet store cannot be read: {why} The app saves a data chunk there "
        "before it merges it, so all data chunks of the room are lost, although the "
        "room's database is sound."
    )
    return bad(words, {"store.readable": False})


def finding(heard: Heard, participant: str | None) -> Finding:
    """Say who was heard."""
    facts = _facts(heard, participant)
    if not heard.packets:
        return unknown("The packet store holds no packet: nobody was heard.", facts)
    words = f"{heard.packets} packets of {len(heard.senders)} senders."
    if participant is not None and not heard.has(participant):
        words += (
            " None is of the participant asked for: it is their own store, or their "
            "packets fail on signature, key or handshake, or they wrote nothing."
        )
        return unknown(words, facts)
    return ok(words, facts)


def _facts(heard: Heard, participant: str | None) -> dict[str, Value]:
    repeated = sum(heard.requests.values()) - len(heard.requests)
    perhaps: dict[str, Value | None] = {
        "store.readable": True,
        "store.packets": heard.packets,
        "store.senders": len(heard.senders),
        "store.sender_ids": _listed(heard.senders),
        "store.requests": len(heard.requests),
        "store.requests_repeated": repeated,
        "store.other_types": heard.other_types,
        "store.first_at": _moment(heard.first),
        "store.last_at": _moment(heard.last),
        "store.gap_max": heard.gap // _SECOND if heard.packets else None,
        "store.last_sender_silent": _seconds(heard.silence),
        "store.clock_steps_back": heard.back,
        "store.participant_heard": None
        if participant is None
        else heard.has(participant),
    }
    return {name: value for name, value in perhaps.items() if value is not None}


def _listed(senders: Iterable[str]) -> str:
    """Return identities that have the form of one; what else stands there stays."""
    told = sorted(senders)
    shown = [one for one in told if is_identity(one)][:LISTED]
    return ",".join(shown) + ("" if len(shown) == len(told) else MORE)


def _moment(stamp: int | None) -> str | None:
    if stamp is None:
        return None
    return datetime.fromtimestamp(stamp / _SECOND, UTC).isoformat()


def _seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // _SECOND
