"""What a packet says to somebody who holds no key.

What is counted is what peers act on. A handshake, an invitation and a clock's ping or
pong they take from anybody, unverified; all else only if the signature holds. So a
GSK_REQ that somebody forged is a failed signature and not a request.

The length of an encrypted CONSISTENCY_CHECK tells what is in it: 28 bytes are the
encryption's, and the JSON inside is `{}`, or a count with the word `empty`, or a count
with a hash of 64 digits.

Source: cohrtz_app at 6470ae3 (packet handler, handshake handler, CRDT service).
"""

from bot.cohrtz.packets.control import (
    GSK_REQ,
    KEY_REQ,
    SYNC_PING,
    SYNC_PONG,
    TREEKEM_UPDATE,
    Control,
    read_control,
)
from bot.cohrtz.packets.judging import KEY_BYTES, Judged, Key, Trust
from bot.cohrtz.packets.message import (
    CONSISTENCY_CHECK,
    DATA_CHUNK,
    HANDSHAKE,
    INVITE_ACK,
    INVITE_NACK,
    INVITE_REQ,
    UNICAST_REQ,
    Packet,
)
from bot.cohrtz.packets.state import Mark, Signal

WITHOUT_INSTANCE_BYTES = 30
EMPTY_BYTES = 54
UNCOUNTED_BYTES = 112
"""Length of a check without the digits of its count."""
MOST_DIGITS = 12

INVITES = frozenset({INVITE_REQ, INVITE_ACK, INVITE_NACK})
WORDS = {
    GSK_REQ: Signal.GSK_REQ,
    KEY_REQ: Signal.KEY_REQ,
    TREEKEM_UPDATE: Signal.TREEKEM_UPDATE,
    SYNC_PING: Signal.CLOCK,
    SYNC_PONG: Signal.CLOCK,
}


def signal(packet: Packet, judged: Judged, control: Control | None) -> Mark | None:
    """Return what the packet says; None if peers would not act on it."""
    if packet.type == HANDSHAKE:
        return _handshake(packet)
    if packet.type in INVITES:
        return Signal.INVITE
    if not packet.is_known:
        return Signal.UNKNOWN_TYPE
    said = _verified(packet, control)
    is_taken = judged.trust is Trust.VALID or said == Signal.CLOCK
    return said if is_taken else None


def control_of(packet: Packet) -> Control | None:
    """Read the control message of a packet that has a readable one."""
    if packet.type != UNICAST_REQ or packet.encrypted:
        return None
    return read_control(packet.payload)


def about_the_key(packet: Packet, judged: Judged, pinned: Key | None) -> Mark | None:
    """Say whether the packet brings another key than the sender's peers expect."""
    if packet.type == HANDSHAKE and len(packet.payload) == KEY_BYTES:
        proven = judged.key or pinned
        if proven is not None and packet.payload != proven.raw:
            return Signal.OTHER_KEY_ANNOUNCED
    return Signal.KEY_CHANGED if judged.renewed else None


def is_servers_request(packet: Packet) -> bool:
    """Say whether it is the nameless request for handshakes that a server can send."""
    return packet.type == HANDSHAKE and not (
        packet.payload or packet.sender_id or packet.signature
    )


def digits(packet: Packet) -> int | None:
    """Return how many digits a check's count of rows has, if its length tells it."""
    count = len(packet.payload) - UNCOUNTED_BYTES
    return count if 1 <= count <= MOST_DIGITS else None


def _handshake(packet: Packet) -> Mark:
    if not packet.payload:
        return Signal.HANDSHAKE_REQUEST
    has_key = len(packet.encryption_public_key) == KEY_BYTES
    return Signal.KEYED_HANDSHAKE if has_key else Signal.BARE_HANDSHAKE


def _verified(packet: Packet, control: Control | None) -> Mark:
    if control is not None:
        return WORDS[control.word]
    if packet.encrypted and packet.type == DATA_CHUNK:
        return Signal.ENCRYPTED_CHUNK
    if packet.encrypted and packet.type == CONSISTENCY_CHECK:
        return SIZES.get(len(packet.payload), Signal.CHECK)
    return Signal.OTHER


SIZES = {
    WITHOUT_INSTANCE_BYTES: Signal.CHECK_WITHOUT_INSTANCE,
    EMPTY_BYTES: Signal.CHECK_EMPTY,
}
