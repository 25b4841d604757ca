"""Checking a trail with nothing but public keys, and heads that were posted elsewhere.

What is caught: an event that was changed, reordered, left out or put in; a chain that
was made anew; another key; words that are gone without a record of who erased them;
and, against a head that was posted elsewhere, events cut off at the end.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Annotated, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, Field

from bot.core.trail.chain import (
    FIRST,
    Entry,
    body_digest,
    key_name,
    link_of,
    remains_digest,
    statement,
)

ERASED: Final = "body.erased"
"""The kind of the event that says whose words were erased."""

SHORTEST_HEAD: Final = 16
"""Hexadecimal digits that a posted head must have to tell anything."""

Hex32 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Hex64 = Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]
FIRST_YEAR: Final = -62_135_596_800_000_000
"""Microseconds from 1970 to the year 1, before which there are no times here."""
LAST_YEAR: Final = 253_402_300_799_999_999


class Kept(BaseModel, frozen=True):
    """An event with its link, as a bundle has it; bytes are in hexadecimal."""

    seq: Annotated[int, Field(ge=1, le=1 << 53)]
    at: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
    by: str
    kind: str
    body: str
    salt: Hex32 | None
    """None: its words were erased."""
    digest: Hex32
    link: Hex32
    signer: Hex32
    """The public key."""
    signature: Hex64


@dataclass(frozen=True)
class Head:
    """What was posted of a link; `seq` None: of whichever event."""

    digits: str
    seq: int | None = None

    def __str__(self) -> str:
        """Return it as it is typed."""
        return self.digits if self.seq is None else f"{self.digits}@{self.seq}"


@dataclass(frozen=True)
class Erasure:
    """Whose words were erased, by which event."""

    seq: int
    record: int


@dataclass(frozen=True)
class Audit:
    """What was found: without problems the trail is what the bot wrote."""

    problems: tuple[str, ...]
    erasures: tuple[Erasure, ...] = ()
    signers: tuple[str, ...] = ()
    """The names of the keys that signed it."""
    anchored: int | None = None
    """The last event that a given head proves to be there; None: no head was given."""


@dataclass(frozen=True)
class Record:
    """What a `body.erased` event says."""

    seq: int
    left: str


@dataclass(frozen=True)
class _Trail:
    incident: str
    keys: Mapping[str, Ed25519PublicKey]
    records: Mapping[int, Record] = field(default_factory=dict)


def audit(
    incident: str,
    events: Sequence[Kept],
    public_keys: Sequence[bytes],
    heads: Sequence[Head] = (),
) -> Audit:
    """Check every event, and that each given head is among the links.

    A public key is its 32 raw bytes; raises ValueError for one that is none.
    """
    keys = {key.hex(): Ed25519PublicKey.from_public_bytes(key) for key in public_keys}
    trail = _Trail(incident, keys, dict(_records(events)))
    before = chain([FIRST], (bytes.fromhex(event.link) for event in events))
    problems = [
        problem
        for at, (event, previous) in enumerate(zip(events, before, strict=False), 1)
        for problem in _wrong(trail, event, at, previous)
    ]
    found = [_find(head, events) for head in heads]
    lost = [_lost(head) for head, at in zip(heads, found, strict=True) if at is None]
    nothing = [] if events else ["It has no events."]
    return Audit(
        problems=(*nothing, *problems, *lost),
        erasures=tuple(_erasures(trail, events)),
        signers=tuple(dict.fromkeys(_name(event) for event in events)),
        anchored=max((at for at in found if at), default=None),
    )


def _wrong(trail: _Trail, event: Kept, at: int, previous: bytes) -> Iterator[str]:
    if event.seq != at:
        yield f"Event {event.seq} stands where event {at} should."
    yield from _wrong_body(trail, event)
    entry = Entry(trail.incident, event.seq, event.at, event.by, event.kind, event.body)
    if link_of(entry, bytes.fromhex(event.digest), previous).hex() != event.link:
        yield (
            f"Event {event.seq} does not follow what stands before it, or its time, "
            "author or kind was changed."
        )
    yield from _wrong_signature(trail, event)


def _wrong_body(trail: _Trail, event: Kept) -> Iterator[str]:
    if event.salt is not None:
        if body_digest(bytes.fromhex(event.salt), event.body).hex() != event.digest:
            yield f"Event {event.seq}: what it says was changed."
        return
    record = trail.records.get(event.seq)
    if record is None:
        yield f"Event {event.seq}: its words are gone, and no event says who erased."
    elif remains_digest(event.body) != record.left:
        yield f"Event {event.seq}: it was changed after its words were erased."


def _wrong_signature(trail: _Trail, event: Kept) -> Iterator[str]:
    key = trail.keys.get(event.signer)
    if key is None:
        yield f"Event {event.seq} is signed with another key ({_name(event)})."
        return
    try:
        key.verify(bytes.fromhex(event.signature), statement(bytes.fromhex(event.link)))
    except InvalidSignature:
        yield f"Event {event.seq}: its signature does not fit."


def _find(head: Head, events: Sequence[Kept]) -> int | None:
    """Return the number of the event whose link a head is."""
    if len(head.digits) < SHORTEST_HEAD:
        return None
    alike = (one.seq for one in events if one.link.startswith(head.digits))
    return next((seq for seq in alike if head.seq in (None, seq)), None)


def _lost(head: Head) -> str:
    return (
        f"The head {head} is none of its links: events were cut off, or it is the "
        "head of another trail."
    )


def _erasures(trail: _Trail, events: Sequence[Kept]) -> Iterator[Erasure]:
    for event in events:
        record = trail.records.get(event.seq)
        if event.salt is None and record is not None:
            yield Erasure(event.seq, record.seq)


def _records(events: Sequence[Kept]) -> Iterator[tuple[int, Record]]:
    """Yield what was erased and what was left of it; it was there before."""
    for event in events:
        if event.kind != ERASED:
            continue
        try:
            said = json.loads(event.body)
            erased, left = said["erased"], said["left"]
        except (ValueError, LookupError, TypeError, RecursionError):
            continue
        if isinstance(erased, int) and erased < event.seq:
            yield erased, Record(event.seq, str(left))


def _name(event: Kept) -> str:
    return key_name(bytes.fromhex(event.signer))
