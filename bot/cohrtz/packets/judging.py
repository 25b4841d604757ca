"""Whether a packet's signature holds, and by whose key.

The rule, in this order:

- malformed: the bytes are no packet.
- unsigned: there is no signature.
- invalid: the signature has not 64 bytes, so no key in the world fits it.
- The key is the one on the packet (field 12), as the app puts it on all that it signs;
  else, on a handshake, the one that it announces if that fits; else the one pinned for
  the sender. Without any: no-key.
- invalid: the key on the packet is no key, or one by which anybody's signature holds
  (of small order), or the signature does not hold.
- valid: it holds. If the sender was seen with another key before, the reason says so:
  a new key is lawful (people renew theirs), and it is what a stranger would bring.

Peers check by the key of the sender's last handshake, not by the one on the packet: so
a valid packet may still be refused by them if its key has changed.

Source: cohrtz_app at 6470ae3, its security service; RFC 8032.
"""

import struct
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.cohrtz.packets.message import HANDSHAKE, Malformed, Packet

KEY_BYTES = 32
SIGNATURE_BYTES = 64

_SIGN = 1 << 255
_P = 2**255 - 19
SMALL_ORDER = frozenset(
    {
        0,
        1,
        _P - 1,
        _P,
        _P + 1,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    }
)
"""The y of every point whose order divides eight, in all their spellings."""

_BYTE = tuple(bytes((value,)) for value in range(256))
_NUMBERS = struct.Struct("<qqi?")


class Trust(StrEnum):
    """What can be said of a packet's signature."""

    VALID = "valid"
    INVALID = "invalid"
    UNSIGNED = "unsigned"
    NO_KEY = "no-key"
    MALFORMED = "malformed"


class Key(NamedTuple):
    """A public key: its 32 bytes, and loaded once for many packets."""

    raw: bytes
    loaded: Ed25519PublicKey


class Judged(NamedTuple):
    """The verdict, why in plain words, and the key by which the signature held."""

    trust: Trust
    reason: str
    key: Key | None = None
    renewed: bool = False
    """The signature holds by another key than the one pinned."""


class Claim(NamedTuple):
    """A signature that is still to be verified, and what to say then."""

    key: Ed25519PublicKey
    signature: bytes
    message: bytes
    holds: Judged
    fails: Judged


def signed_bytes(packet: Packet) -> bytes:
    """Return exactly what the signature covers; the public keys are not in it."""
    (
        kind,
        request,
        sender,
        _,
        payload,
        chunk,
        ends,
        target,
        sealed,
        _,
        _,
        at,
        lamport,
    ) = packet
    return b"".join(
        (
            _BYTE[kind],
            request.encode(),
            sender.encode(),
            payload,
            _NUMBERS.pack(at, lamport, chunk, ends),
            target.encode(),
            _BYTE[sealed],
        )
    )


def load_key(raw: bytes) -> Key | None:
    """Load a public key; None for what is no key, or fits anybody's signature."""
    if len(raw) != KEY_BYTES:
        return None
    if int.from_bytes(raw, "little") & ~_SIGN in SMALL_ORDER:
        return None
    return Key(raw, Ed25519PublicKey.from_public_bytes(raw))


class Ring:
    """Public keys, each loaded once, with the verdict that a signature by it holds."""

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        """Begin with keys that have been loaded before."""
        self._held = {key.raw: _held(key) for key in keys}

    def by(self, raw: bytes) -> Judged | None:
        """Return what to say if a signature by this key holds; None if it is no key."""
        held = self._held.get(raw)
        if held is None and (key := load_key(raw)) is not None:
            held = self._held[raw] = _held(key)
        return held


def judge(packet: Packet | Malformed, pinned: Key | None = None) -> Judged:
    """Say what a packet's signature is worth; the module tells the rule."""
    checked = proven(claimed(packet, Ring()))
    return (
        checked if isinstance(packet, Malformed) else settled(checked, packet, pinned)
    )


def claimed(packet: Packet | Malformed, ring: Ring) -> Judged | Claim:
    """Return the verdict, or what is still to be verified for it."""
    if isinstance(packet, Malformed):
        return Judged(Trust.MALFORMED, packet.reason)
    if not packet.signature:
        return _UNSIGNED
    if len(packet.signature) != SIGNATURE_BYTES:
        return _CUT
    raw = packet.sender_public_key
    if not raw:
        return _by_announced(packet, ring)
    held = ring.by(raw)
    return _BAD_KEY if held is None else _claim(packet, held, _INVALID)


def proven(claim: Judged | Claim) -> Judged:
    """Verify what was claimed."""
    if isinstance(claim, Judged):
        return claim
    try:
        claim.key.verify(claim.signature, claim.message)
    except InvalidSignature:
        return claim.fails
    return claim.holds


def settled(checked: Judged, packet: Packet, pinned: Key | None) -> Judged:
    """Finish a verdict by the key that is pinned for the sender."""
    if pinned is None:
        return checked
    if checked.trust is Trust.NO_KEY:
        return _by_pinned(packet, pinned)
    if checked.key is None or checked.key is pinned or checked.key.raw == pinned.raw:
        return checked
    return Judged(Trust.VALID, RENEWED, checked.key, renewed=True)


def _by_announced(packet: Packet, ring: Ring) -> Judged | Claim:
    held = ring.by(packet.payload) if packet.type == HANDSHAKE else None
    if held is None:
        return _NO_KEY
    reason = "it is signed by the key that it announces"
    return _claim(packet, held._replace(reason=reason), _NO_KEY)


def _by_pinned(packet: Packet, pinned: Key) -> Judged:
    held = _HELD_BY_PINNED._replace(key=pinned)
    return proven(_claim(packet, held, _INVALID_BY_PINNED))


def _held(key: Key) -> Judged:
    return Judged(Trust.VALID, "the signature fits the key on the packet", key)


def _claim(packet: Packet, holds: Judged, fails: Judged) -> Judged | Claim:
    if holds.key is None:
        return fails
    message = signed_bytes(packet)
    return Claim(holds.key.loaded, packet.signature, message, holds, fails)


RENEWED = (
    "the signature fits the packet's own key, which is not the key that this sender "
    "was seen with before"
)
_UNSIGNED = Judged(Trust.UNSIGNED, "there is no signature")
_CUT = Judged(Trust.INVALID, "a signature has 64 bytes, this one has not")
_NO_KEY = Judged(Trust.NO_KEY, "no key on the packet and none pinned for the sender")
_BAD_KEY = Judged(
    Trust.INVALID,
    "the key on the packet is no key, or one that would fit anybody's signature",
)
_INVALID = Judged(
    Trust.INVALID, "the signature does not fit the content and the key on the packet"
)
_HELD_BY_PINNED = Judged(
    Trust.VALID,
    "no key on the packet; the signature fits the one pinned for the sender",
)
_INVALID_BY_PINNED = Judged(
    Trust.INVALID,
    "no key on the packet, and the signature does not fit the one pinned",
)
