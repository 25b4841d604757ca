"""Seals what earlier versions kept in the clear: once, at start, in small batches.

The migration set the old tables aside as `plain_…`. A batch takes rows from there and
writes them sealed in one transaction, so it can be killed anywhere; rows go in their
old order. When none is left the file is written anew, so that nothing of them stays in
its free pages, and the old tables go.

A row that SQLite does not take, or that its own columns do not name, is left as it is:
its table is kept under another name, and told at each start. An absurd time is sealed
as it stands, and refused where it is read.

What is sealed counts as the bot's own from then on, so only what a migration set aside
may be. When a database gets its keys, which it does once, a mark is made with them that
stands until the work has ended; tables of that name without it somebody else put there.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import StoreError
from bot.store import clear, codec
from bot.store import plain_statements as plain
from bot.store import statements as sql
from bot.store.broken import BrokenRow, Row
from bot.store.codec import Parameters
from bot.store.lookup import Column
from bot.store.rows import Drawing, EventRow, Notice, TransitionRow
from bot.store.seals import Seals

BATCH = 500
OLD_BATCHES = "plain_diagnostics"
MARKED = "plain_sealing"
UNSEALED = frozenset(
    f"unsealed_{table}"
    for table in (
        *("events", "receipts", "drawings"),
        *("notices", "transitions", "diagnostics"),
    )
)
"""The tables that rows may be left in; any other was made by somebody else."""
NEVER_SEALED = (
    "They are of an earlier version, and could not be sealed: they lie there in the "
    "clear, and nothing else rests on them."
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A table that was kept in the clear: how rows are taken and put, sealed."""

    some: str
    put: str
    sealed: Callable[[Row, Seals], Parameters]
    drop: str | None = None
    """Deletes the row that its first columns name; None: putting has seen to that."""

    def move(self, row: Row, seals: Seals, connection: sqlite3.Connection) -> bool:
        """Seal a row; False if that cannot be done, with all as it was."""
        connection.execute(plain.SAVE)
        try:
            done = connection.execute(self.put, self.sealed(row, seals)).rowcount
            if self.drop is not None:
                named = row[: self.drop.count("?")]
                done = connection.execute(self.drop, named).rowcount
        except sqlite3.IntegrityError:
            done = 0
        if done != 1:
            connection.execute(plain.UNDO)
        connection.execute(plain.SAVED)
        return done == 1


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


class Sealing:
    """One start's work: what it leaves, it does not look at again."""

    def __init__(self, seals: Seals) -> None:
        """Seal with these."""
        self._seals = seals
        self._left: Counter[str] = Counter()

    def some(self, limit: int, connection: sqlite3.Connection) -> int | None:
        """Seal up to `limit` rows of one table; return how many, None at the end.

        Runs in a transaction.
        """
        for table in PLAIN:
            left = self._left[table.some]
            asked = {"limit": limit, "left": left}
            rows = connection.execute(table.some, asked).fetchall()
            if rows:
                done = sum(table.move(row, self._seals, connection) for row in rows)
                self._left[table.some] = left + len(rows) - done
                return done
        return None


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
    """Drop the old tables, but for those with rows left. Runs in a transaction."""
    for (name,) in connection.execute(plain.PLAIN_TABLES).fetchall():
        if name != MARKED and _holds_rows(name, connection):
            kept = f"unsealed_{name.removeprefix('plain_')}"
            connection.execute(f"ALTER TABLE {name} RENAME TO {kept}")
        else:
            connection.execute(f"DROP TABLE {name}")  # a name of our own schema


def left(connection: sqlite3.Connection) -> list[BrokenRow]:
    """Name the tables with rows that could not be sealed."""
    found = (name for (name,) in connection.execute(plain.LEFT).fetchall())
    kept = sorted(UNSEALED.intersection(found))
    return [BrokenRow(name, ("all rows",), NEVER_SEALED) for name in kept]


def _holds_rows(name: str, connection: sqlite3.Connection) -> bool:
    return connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() is not None  # noqa: S608  a name of our own schema


def _head(row: Row, seals: Seals) -> Parameters:
    incident, room = row
    key, sealed = seals.seal("heads", incident, room)
    room_mac = seals.mac(Column.HEAD_ROOM, room)
    return {"incident": incident, "room_mac": room_mac, "key": key, "sealed": sealed}


def _event(row: Row, seals: Seals) -> Parameters:
    incident, seq, at, by, kind, body = row
    event = EventRow(incident, seq, clear.EPOCH, by, kind, body)
    return codec.event_parameters(event, seals) | {"at": at}


def _receipt(row: Row, seals: Seals) -> Parameters:
    receipt, at = row
    return {"receipt_mac": seals.mac(Column.RECEIPT, receipt), "at": at}


def _drawing(row: Row, seals: Seals) -> Parameters:
    incident, part, channel, ts, thread_ts, digest, state, reason, at = row
    drawing = Drawing(
        incident, part, channel, ts, thread_ts, digest, state, reason, clear.EPOCH
    )
    return codec.drawing_parameters(drawing, seals) | {"at": at}


def _notice(row: Row, seals: Seals) -> Parameters:
    number, channel, person, thread_ts, text, at, expires = row
    times = {"at": at, "expires": expires}
    notice = Notice(number, channel, person, thread_ts, text, clear.EPOCH, clear.EPOCH)
    return codec.notice_parameters(notice, seals) | times


def _transition(row: Row, seals: Seals) -> Parameters:
    ident, room, identity, sid, kind, reason, at, source, joined_at = row
    times = {"at": at, "joined_at": joined_at}
    transition = TransitionRow(
        ident, room, identity, sid, kind, reason, clear.EPOCH, source, None
    )
    return codec.transition_parameters(transition, seals) | times


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
