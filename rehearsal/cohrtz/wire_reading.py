"""Reads packets back, as far as a simulated peer needs it."""

from collections.abc import Iterator
from typing import Any

from rehearsal.cohrtz.wire import Packet

TEXTS = {2: "request_id", 3: "sender_id", 9: "target_id"}
BLOBS = {4: "signature", 5: "payload", 11: "encryption_public_key"}
BLOBS[12] = "sender_public_key"
NUMBERS = {1: "type", 7: "chunk_index", 13: "physical_time", 14: "logical_time"}
FLAGS = {8: "is_last_chunk", 10: "encrypted"}
VARINT, FIXED64, COUNTED, FIXED32 = 0, 1, 2, 5
SIGN = 1 << 63


def read(message: bytes) -> Packet | None:
    """Read a packet; None if the bytes are none. Unknown fields are passed over."""
    fields: dict[str, Any] = {"type": 0}
    try:
        for number, value in _fields(message):
            fields.update(_named(number, value))
    except (LookupError, ValueError):
        return None
    return Packet(**fields)


def _named(number: int, value: int | bytes) -> dict[str, object]:
    if isinstance(value, bytes):
        if number in TEXTS:
            return {TEXTS[number]: value.decode()}
        return {BLOBS[number]: value} if number in BLOBS else {}
    if number in FLAGS:
        return {FLAGS[number]: bool(value)}
    signed = value - 2 * SIGN if value >= SIGN else value
    return {NUMBERS[number]: signed} if number in NUMBERS else {}


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == VARINT:
            value, at = _varint(message, at)
            yield tag >> 3, value
            continue
        sizes = {FIXED64: 8, FIXED32: 4}
        size, at = _varint(message, at) if kind == COUNTED else (sizes[kind], at)
        if at + size > len(message):
            raise ValueError("the field is longer than the message")
        yield tag >> 3, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 64, 7):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004  the bit that says that more follow
            return value, at
    raise ValueError("the number is too long")
