"""The chain: a SHA-256 over what an event says of itself and the link before it.

    digest    = SHA-256(salt ‖ body)
    link      = SHA-256(JSON of [format, incident, seq, at, by, kind, digest, previous])
    signature = Ed25519 over `STATEMENT ‖ link`

The body goes in as the salted digest of its plain text, so that neither a change of the
keys that seal the database nor the erasure of words breaks the chain: an erased event
keeps its digest and loses its salt, without which nobody can try out what it said.
"""

import hashlib
import json
from typing import Final, NamedTuple

FORMAT: Final = "cohrtz-triage link 1"
STATEMENT: Final = b"cohrtz-triage trail 1\n"
"""Stands before a link that is signed, so that the signature can be no other one."""
FIRST: Final = bytes(32)
"""What stands for the link before the first event's."""
SALT_BYTES: Final = 32
SHOWN: Final = 32
"""Hexadecimal digits of a link that people are shown: 128 bits, which nobody meets."""

_PACKED: Final = json.JSONEncoder(separators=(",", ":"))
"""What `json.dumps` would make anew for each link."""


class Entry(NamedTuple):
    """An event as the chain sees it; `at` is in microseconds since 1970, in UTC."""

    incident: str
    seq: int
    at: int
    by: str
    kind: str
    body: str
    """JSON, as it was stored, to the byte."""


def body_digest(salt: bytes, body: str) -> bytes:
    """Return what stands for the body in the chain."""
    return hashlib.sha256(salt + body.encode()).digest()


def link_of(entry: Entry, digest: bytes, previous: bytes) -> bytes:
    """Return the event's link; `digest` stands for its body, which is not looked at."""
    said = [
        FORMAT,
        entry.incident,
        entry.seq,
        entry.at,
        entry.by,
        entry.kind,
        digest.hex(),
        previous.hex(),
    ]
    return hashlib.sha256(_PACKED.encode(said).encode()).digest()


def statement(link: bytes) -> bytes:
    """Return the bytes that are signed for a link."""
    return STATEMENT + link


def key_name(public: bytes) -> str:
    """Return 16 hexadecimal digits by which people tell public keys apart."""
    return hashlib.sha256(public).hexdigest()[:16]


def remains_digest(body: str) -> str:
    """Return the SHA-256, in hexadecimal, of what an erasure leaves of a body."""
    return hashlib.sha256(body.encode()).hexdigest()
