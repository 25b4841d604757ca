"""The app's packets as its peers write them: fields, signed bytes, signatures.

Written by hand, field after field, and not with a protobuf library: so it is a second
opinion on the format for whoever reads these packets with one.

Source: cohrtz_app at 6470ae3, protos/p2p_packet.proto and the signing in its security
service. A peer broadcasts one message for each packet, without a topic; the server
carries at most 65,535 bytes.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_VARINT, _BYTES = 0, 2
"""Protobuf's two wire types that this message needs."""
_UINT64 = (1 << 64) - 1


class Kind(IntEnum):
    """The types of packets that this version of the app knows."""

    SYNC_REQ = 0
    SYNC_CLAIM = 1
    DATA_CHUNK = 2
    HANDSHAKE = 3
    CONSISTENCY_CHECK = 4
    INVITE_REQ = 5
    INVITE_ACK = 6
    INVITE_NACK = 7
    UNICAST_REQ = 8
    UNICAST_ACK = 9


@dataclass(frozen=True)
class Packet:
    """The fields of a packet that the app sets.

    `type` is a Kind, or any other number for a packet of a version to come. The two
    public keys and the signature are not covered by the signature.
    """

    type: int
    request_id: str = ""
    sender_id: str = ""
    payload: bytes = b""
    physical_time: int = 0
    """Milliseconds; a peer's own idea of the time."""
    logical_time: int = 0
    chunk_index: int = 0
    is_last_chunk: bool = False
    target_id: str = ""
    encrypted: bool = False
    signature: bytes = b""
    encryption_public_key: bytes = b""
    """X25519, only on handshakes."""
    sender_public_key: bytes = b""
    """Ed25519, set when the packet is signed."""


def signed_bytes(packet: Packet) -> bytes:
    """Return what a signature covers: the fields one after the other, unseparated.

    Raises:
        struct.error: a number does not fit its width.

    """
    numbers = struct.pack(
        "<qqi?",
        packet.physical_time,
        packet.logical_time,
        packet.chunk_index,
        packet.is_last_chunk,
    )
    return b"".join(
        (
            struct.pack("<B", packet.type),
            packet.request_id.encode(),
            packet.sender_id.encode(),
            packet.payload,
            numbers,
            packet.target_id.encode(),
            struct.pack("<?", packet.encrypted),
        )
    )


def sign(packet: Packet, key: Ed25519PrivateKey) -> Packet:
    """Sign it as the app does: the signature, and beside it the key to check it by."""
    return replace(
        packet,
        signature=key.sign(signed_bytes(packet)),
        sender_public_key=key.public_key().public_bytes_raw(),
    )


def spoiled(packet: Packet) -> Packet:
    """Return it with a signature that was right for something else."""
    first, rest = packet.signature[0], packet.signature[1:]
    return replace(packet, signature=bytes([first ^ 1]) + rest)


def encode(packet: Packet) -> bytes:
    """Return the message; fields that have their default are left out, as in proto3."""
    fields: tuple[tuple[int, int | str | bytes], ...] = (
        (1, packet.type),
        (2, packet.request_id),
        (3, packet.sender_id),
        (4, packet.signature),
        (5, packet.payload),
        (7, packet.chunk_index),
        (8, packet.is_last_chunk),
        (9, packet.target_id),
        (10, packet.encrypted),
        (11, packet.encryption_public_key),
        (12, packet.sender_public_key),
        (13, packet.physical_time),
        (14, packet.logical_time),
    )
    return b"".join(_field(number, value) for number, value in fields if value)


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3 | _VARINT) + _varint(value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Write seven bits a byte, the lowest first; negative ones as 64-bit two's."""
    return bytes(_sevens(value & _UINT64))


def _sevens(rest: int) -> Iterator[int]:
    while rest > 0x7F:  # noqa: PLR2004  seven bits
        yield rest & 0x7F | 0x80
        rest >>= 7
    yield rest
