"""Chaining and signing what is stored: a link for each event, in the same batch."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.core.trail.audit import Kept
from bot.core.trail.chain import (
    FIRST,
    SALT_BYTES,
    Entry,
    body_digest,
    link_of,
    statement,
)
from bot.engine.memory import Memory
from bot.store.codec import micros
from bot.store.rows import EventRow, LinkRow
from bot.store.signing import SigningKey, made_key
from bot.store.store import Store


def fresh_salt() -> bytes:
    """Return a salt that nobody can guess."""
    return secrets.token_bytes(SALT_BYTES)


@dataclass(frozen=True)
class End:
    """The end of an incident's trail, `seq` 0 where it has none."""

    id: str
    seq: int
    link: bytes


@dataclass(frozen=True)
class Trail:
    """Makes the links of batches; without a key given, with one that is nobody's."""

    key: SigningKey = field(default_factory=made_key)
    salt: Callable[[], bytes] = fresh_salt
    ends: Memory[End] = field(default_factory=Memory)

    async def links(
        self, store: Store, events: Sequence[EventRow]
    ) -> tuple[LinkRow, ...]:
        """Return the links of a batch, and of events before it that have none.

        Those are from before there was a trail: it says of them what they were when
        it began.
        """
        first = events[0]
        end = await self._end(store, first)
        earlier: Sequence[EventRow] = ()
        if end.seq < first.seq - 1:
            stored = await store.events(first.incident, after=end.seq)
            earlier = [row for row in stored if row.seq < first.seq]
        return self._chained(end.link, (*earlier, *events))

    def kept(self, links: Sequence[LinkRow]) -> None:
        """Remember where the trail ends, once it is stored."""
        for last in links[-1:]:
            self.ends.keep(End(last.incident, last.seq, last.link))

    async def _end(self, store: Store, first: EventRow) -> End:
        """Find where the trail of before the batch ends."""
        if first.seq == 1:
            return _none(first)
        known = self.ends.get(first.incident)
        if known is not None and known.seq == first.seq - 1:
            return known
        row = await store.last_link(first.incident)
        return End(first.incident, row.seq, row.link) if row else _none(first)

    def _chained(self, link: bytes, events: Sequence[EventRow]) -> tuple[LinkRow, ...]:
        rows = []
        for event in events:
            row = self._link(event, link)
            rows.append(row)
            link = row.link
        return tuple(rows)

    def _link(self, event: EventRow, previous: bytes) -> LinkRow:
        salt = self.salt()
        digest = body_digest(salt, event.body)
        link = link_of(entry_of(event), digest, previous)
        return LinkRow(
            incident=event.incident,
            seq=event.seq,
            salt=salt,
            digest=digest,
            link=link,
            signer=self.key.public,
            signature=self.key.sign(statement(link)),
        )


def entry_of(row: EventRow) -> Entry:
    """Return the event as the chain sees it."""
    return Entry(row.incident, row.seq, micros(row.at), row.by, row.kind, row.body)


def kept_of(row: EventRow, link: LinkRow) -> Kept:
    """Return an event with its link, as an audit reads them."""
    return Kept(
        seq=row.seq,
        at=micros(row.at),
        by=row.by,
        kind=row.kind,
        body=row.body,
        salt=link.salt.hex() if link.salt else None,
        digest=link.digest.hex(),
        link=link.link.hex(),
        signer=link.signer.hex(),
        signature=link.signature.hex(),
    )


def _none(first: EventRow) -> End:
    return End(first.incident, 0, FIRST)
