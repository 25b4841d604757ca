"""Seals what earlier versions kept in the clear: once, at start, in small batches.

The migration set the old tables aside as `plain_…`. A batch takes rows from there and
writes them sealed in one transaction, so it can be killed anywhere; rows go in their
old order. When none is left the file is written anew, so that nothing of them stays in
its free pages, and the old tables go.

What is sealed counts as the bot's own from then on, so only what a migration set aside
may be. When a database gets its keys, which it does once, a mark is made with them that
stands until the work has ended; tables of that name without it somebody else put there.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.errors import StoreError
from bot.store import clear, codec
from bot.store import plain_statements as plain
from bot.store import statements as sql
from bot.store.codec import Parameters
from bot.store.lookup import Column
from bot.store.rows import Drawing, EventRow, Notice, TransitionRow
from bot.store.seals import Seals

BATCH = 500
OLD_BATCHES = "plain_diagnostics"

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Plain:
    """A table that was kept in the clear: how rows are taken and put, sealed."""

    some: str
    put: str
    sealed: Callable[[Row, Seals], Parameters]
    drop: str | None = None
    """Deletes the rows that `some` gives; None: putting them has seen to that."""


def is_due(connection: sqlite3.Connection) -> bool:
    """Tell whether the first sealing has not come to its end."""
    return connection.execute(plain.PLAIN_TABLES).fetchone() is not None


def begin(seals: Seals, connection: sqlite3.Connection) -> None:
    """Mark what was set aside as ours, in the transaction that brings the keys."""
    if is_due(connection):
        connection.execute(plain.FORGET_MARK)
        connection.execute(plain.MAKE_MARK)
        connection.execute(plain.PUT_MARK, {"mark": _mark(seals)})


def must_be_ours(seals: Seals, connection: sqlite3.Connection) -> None:
    """Raise StoreError if there are old tables that no migration set aside."""
    if is_due(connection) and not _is_marked(seals, connection):
        names = (name for (name,) in connection.execute(plain.PLAIN_TABLES).fetchall())
        raise StoreError(
            "The database was sealed long ago, and has tables of before that again "
            f"({', '.join(sorted(names))}): somebody put them there. Nothing of them "
            "was taken. Find out who can write to the database, and restore a backup."
        )


def _is_marked(seals: Seals, connection: sqlite3.Connection) -> bool:
    try:
        marks = connection.execute(plain.MARK).fetchall()
    except sqlite3.OperationalError:  # there is no such table, or no such column
        return False
    return marks == [(_mark(seals),)]


def _mark(seals: Seals) -> str:
    return seals.mac(Column.FIRST_SEALING, "begun")


def seal_some(seals: Seals, limit: int, connection: sqlite3.Connection) -> int:
    """Seal up to `limit` rows of one table; return how many. Runs in a transaction."""
    for table in PLAIN:
        rows = connection.execute(table.some, {"limit": limit}).fetchall()
        if rows:
            connection.executemany(
                table.put, (table.sealed(row, seals) for row in rows)
            )
            if table.drop is not None:
                connection.execute(table.drop, {"limit": limit})
            return len(rows)
    return 0


def scrub(connection: sqlite3.Connection) -> None:
    """Write the file anew and empty its log: free pages may still hold content."""
    if connection.execute(plain.ANYTHING).fetchone()[0]:
        connection.execute(plain.VACUUM)
        connection.execute(sql.CHECKPOINT).fetchall()


def sealed_by(connection: sqlite3.Connection) -> dict[str, int]:
    """Count what keys had sealed before: diagnostics were, and were set aside too."""
    if (OLD_BATCHES,) not in connection.execute(plain.PLAIN_TABLES).fetchall():
        return {}
    return dict(connection.execute(plain.PLAIN_SEALED_BY).fetchall())


def finish(connection: sqlite3.Connection) -> None:
    """Drop the old tables. Runs in a transaction."""
    for (name,) in connection.execute(plain.PLAIN_TABLES).fetchall():
        connection.execute(f"DROP TABLE {name}")  # a name of our own schema


def _head(row: Row, seals: Seals) -> Parameters:
    incident, room = row
    key, sealed = seals.seal("heads", incident, room)
    room_mac = seals.mac(Column.HEAD_ROOM, room)
    return {"incident": incident, "room_mac": room_mac, "key": key, "sealed": sealed}


def _event(row: Row, seals: Seals) -> Parameters:
    incident, seq, at, by, kind, body = row
    event = EventRow(incident, seq, clear.time(at), by, kind, body)
    return codec.event_parameters(event, seals)


def _receipt(row: Row, seals: Seals) -> Parameters:
    receipt, at = row
    return {"receipt_mac": seals.mac(Column.RECEIPT, receipt), "at": at}


def _drawing(row: Row, seals: Seals) -> Parameters:
    incident, part, channel, ts, thread_ts, digest, state, reason, at = row
    drawing = Drawing(
        incident, part, channel, ts, thread_ts, digest, state, reason, clear.time(at)
    )
    return codec.drawing_parameters(drawing, seals)


def _notice(row: Row, seals: Seals) -> Parameters:
    number, channel, person, thread_ts, text, at, expires = row
    notice = Notice(
        number, channel, person, thread_ts, text, clear.time(at), clear.time(expires)
    )
    return codec.notice_parameters(notice, seals)


def _transition(row: Row, seals: Seals) -> Parameters:
    ident, room, identity, sid, kind, reason, at, source, joined_at = row
    joined = None if joined_at is None else clear.time(joined_at)
    transition = TransitionRow(
        ident, room, identity, sid, kind, reason, clear.time(at), source, joined
    )
    return codec.transition_parameters(transition, seals)


def _batch(row: Row, seals: Seals) -> Parameters:
    """Take a batch over as it is sealed; only its room was in the clear."""
    room, batch, at, events, key, sealed = row
    return {
        "room_mac": seals.mac(Column.BATCH_ROOM, room),
        "batch": batch,
        "at": at,
        "events": events,
        "key": key,
        "sealed": sealed,
    }


PLAIN = (
    Plain(plain.PLAIN_HEADS, plain.SEAL_HEAD, _head),
    Plain(plain.PLAIN_EVENTS, sql.INSERT_EVENT, _event, plain.DROP_EVENTS),
    Plain(plain.PLAIN_RECEIPTS, sql.INSERT_RECEIPT, _receipt, plain.DROP_RECEIPTS),
    Plain(plain.PLAIN_DRAWINGS, sql.UPSERT_DRAWING, _drawing, plain.DROP_DRAWINGS),
    Plain(plain.PLAIN_NOTICES, sql.INSERT_NOTICE, _notice, plain.DROP_NOTICES),
    Plain(
        plain.PLAIN_TRANSITIONS,
        sql.INSERT_TRANSITION,
        _transition,
        plain.DROP_TRANSITIONS,
    ),
    Plain(plain.PLAIN_BATCHES, sql.INSERT_BATCH, _batch, plain.DROP_BATCHES),
)
