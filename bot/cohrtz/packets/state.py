"""What has been seen of a room's packets: counts and times by sender, all bounded.

Times are seconds since 1970 as told by whoever saw the packet, or None where nobody
noted them. A sender's own clock is never used: it is off by a difference of uptimes.

Tuples, because a new state is made for every packet and must cost little.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, NewType

from bot.cohrtz.packets.judging import Key

MOST_SENDERS = 128
"""Of more, the one that has been silent for longest is let go, its counts kept."""
RUN_GAP = 60.0
"""Seconds between two packets of a kind up to which the second repeats the first. The
app waits 30 s for a group key and asks again at most every 2 s."""


Mark = NewType("Mark", str)
"""A Signal, or a failed verdict with the packet's kind, as `invalid DATA_CHUNK`."""


class Signal:
    """What a packet says to somebody who has no keys.

    No StrEnum: its members hash in Python, which is slow for every packet.
    """

    KEYED_HANDSHAKE = Mark("handshake with encryption key")
    BARE_HANDSHAKE = Mark("handshake without encryption key")
    HANDSHAKE_REQUEST = Mark("request for handshakes")
    GSK_REQ = Mark("GSK_REQ")
    KEY_REQ = Mark("KEY_REQ")
    TREEKEM_UPDATE = Mark("Treekem_UPDATE")
    CLOCK = Mark("SYNC_PING or SYNC_PONG")
    ENCRYPTED_CHUNK = Mark("DATA_CHUNK")
    CHECK = Mark("CONSISTENCY_CHECK")
    CHECK_EMPTY = Mark("CONSISTENCY_CHECK of an empty database")
    CHECK_WITHOUT_INSTANCE = Mark("CONSISTENCY_CHECK without a database")
    INVITE = Mark("INVITE")
    OTHER = Mark("other packet")
    UNKNOWN_TYPE = Mark("packet of an unknown type")
    KEY_CHANGED = Mark("signed with a new key")
    OTHER_KEY_ANNOUNCED = Mark("handshake of a key that did not sign it")
    SPOKE_AS_ANOTHER = Mark("packet in another's name")


class Seen(NamedTuple):
    """How often and when; a *run* is a series without a gap of more than RUN_GAP."""

    times: int
    first: float | None
    last: float | None
    run: int
    began: float | None
    """When the current run began."""
    longest: int
    lasted: float | None
    """Seconds that the longest run took."""


class Tree(NamedTuple):
    """Where a sender's newest update says that its TreeKEM tree has come to."""

    epoch: int | None
    leaf: int | None
    path: int | None
    apart: int
    """Epochs by which it lies behind the room, or ahead of the next one."""


class Sender(NamedTuple):
    """All that is kept of one sender."""

    packets: int = 0
    seen: Mapping[Mark, Seen] = MappingProxyType({})
    key: Key | None = None
    """The last key that was proven by a signature."""
    tree: Tree | None = None
    digits: int | None = None
    """Of the count of rows in its newest CONSISTENCY_CHECK."""
    waits_for_gsk: bool = False
    """It asked for the group's key and has broadcast nothing encrypted since."""


class State(NamedTuple):
    """What was seen in one room; `senders` begins with the longest silent one."""

    packets: int = 0
    last: float | None = None
    malformed: int = 0
    senders: Mapping[str, Sender] = MappingProxyType({})
    let_go: int = 0
    gone: Mapping[Mark, Seen] = MappingProxyType({})
    """What senders that were let go had been seen with."""
    epoch: int | None = None
    """The highest that anybody announced."""

    def pinned(self, name: str) -> Key | None:
        """Return the key that a sender was last seen to sign with."""
        sender = self.senders.get(name)
        return None if sender is None else sender.key


NOTHING_SEEN = State()
NEW_SENDER = Sender()


def joined(one: Seen | None, other: Seen) -> Seen:
    """Return the counts of two senders together; runs are not joined."""
    if one is None:
        return other
    longer = one if one.longest >= other.longest else other
    return longer._replace(
        times=one.times + other.times, last=later(one.last, other.last)
    )


def later(one: float | None, other: float | None) -> float | None:
    """Return the later of two times, or the one that is known."""
    if one is None or other is None:
        return one if other is None else other
    return max(one, other)
