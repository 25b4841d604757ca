"""What is written: each function is one job of the writer, the connection its last.

A job runs inside the writer's transaction and neither begins nor ends one.
"""

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.store import codec
from bot.store import statements as sql
from bot.store.rows import (
    BatchRow,
    Change,
    Commit,
    Drawing,
    Erasure,
    LinkRow,
    Notice,
    TransitionRow,
)

RECEIPTS_KEPT = timedelta(hours=24)
"""Slack gives up redelivering long before; a day leaves room for a weekend's outage."""

TRANSITIONS_KEPT = timedelta(days=7)
"""How long it is known who came and went in a room."""

BATCHES_KEPT = timedelta(hours=24)
"""How long a room's diagnostics are kept."""

RING = 2_000
"""Events of a room's ring: what four devices of 500 hold."""

PRUNED_AT_ONCE = 1000
"""Rows of each kind deleted by one job, so that commits do not wait behind it."""


def commit(change: Change, connection: sqlite3.Connection) -> Commit:
    """Write a guarded batch, or nothing of it."""
    if _is_known(change.receipt, connection):
        return Commit.REPEATED
    if not _move_head(change, connection):
        return Commit.STALE
    _write_batch(change, connection)
    return Commit.DONE


def _is_known(receipt: str | None, connection: sqlite3.Connection) -> bool:
    if receipt is None:
        return False
    found = connection.execute(sql.RECEIPT, {"receipt": receipt}).fetchone()
    return found is not None


def _move_head(change: Change, connection: sqlite3.Connection) -> bool:
    """Move the head if it is where the batch expects it; this is the guard."""
    statement = sql.MOVE_HEAD if change.expected else sql.INSERT_HEAD
    moved_at = change.events[-1].at
    parameters = codec.head_parameters(change.head, moved_at, change.expected)
    return connection.execute(statement, parameters).rowcount == 1


def _write_batch(change: Change, connection: sqlite3.Connection) -> None:
    for event in change.events:
        connection.execute(sql.INSERT_EVENT, codec.event_parameters(event))
    add_links(change.links, connection)
    for erasure in change.erasures:
        _erase(change.head.incident, erasure, connection)
    if change.receipt is not None:
        at = codec.micros(change.events[-1].at)
        parameters: codec.Parameters = {"receipt": change.receipt, "at": at}
        connection.execute(sql.INSERT_RECEIPT, parameters)
    if change.wake is not None:
        wake(change.head.incident, change.wake, connection)


def add_links(links: Iterable[LinkRow], connection: sqlite3.Connection) -> None:
    """Write links of the trail, each after its event."""
    for link in links:
        connection.execute(sql.INSERT_LINK, codec.link_parameters(link))


def _erase(incident: str, erasure: Erasure, connection: sqlite3.Connection) -> None:
    """Destroy the salt first: only then does the database let the body change."""
    place: codec.Parameters = {"incident": incident, "seq": erasure.seq}
    connection.execute(sql.DROP_SALT, place)
    connection.execute(sql.ERASE_BODY, {**place, "body": erasure.body})


def wake(incident: str, at: datetime, connection: sqlite3.Connection) -> None:
    """Ask for the incident to be looked at, at or after `at`."""
    parameters = {"incident": incident, "at": codec.micros(at)}
    connection.execute(sql.INSERT_WAKE, parameters)


def woken(incident: str, upto: datetime, connection: sqlite3.Connection) -> None:
    """Delete the wakes of an incident at or before `upto`."""
    parameters = {"incident": incident, "upto": codec.micros(upto)}
    connection.execute(sql.DELETE_WAKES, parameters)


def drawn(incident: str, seq: int, connection: sqlite3.Connection) -> None:
    """Note that Slack shows an incident as of an event."""
    connection.execute(sql.DRAWN, {"incident": incident, "seq": seq})


def keep_drawing(drawing: Drawing, connection: sqlite3.Connection) -> None:
    """Write what Slack shows of one part, in place of what was known."""
    connection.execute(sql.UPSERT_DRAWING, codec.drawing_parameters(drawing))


def forget_drawing(incident: str, part: str, connection: sqlite3.Connection) -> None:
    """Delete what is known of one part."""
    connection.execute(sql.DELETE_DRAWING, {"incident": incident, "part": part})


def add_notice(notice: Notice, connection: sqlite3.Connection) -> None:
    """Write a notice under a number of its own."""
    connection.execute(sql.INSERT_NOTICE, codec.notice_parameters(notice))


def drop_notice(number: int, connection: sqlite3.Connection) -> None:
    """Delete a notice."""
    connection.execute(sql.DELETE_NOTICE, {"id": number})


def add_transitions(
    rows: Iterable[TransitionRow], connection: sqlite3.Connection
) -> int:
    """Write those transitions that are new; return how many were."""
    return sum(
        connection.execute(
            sql.INSERT_TRANSITION, codec.transition_parameters(row)
        ).rowcount
        for row in rows
    )


def add_batch(row: BatchRow, connection: sqlite3.Connection) -> bool:
    """Write a batch if its receipt is new, and let the ring lose its oldest.

    The receipt outlives the row, so that a batch that has left the ring does not come
    back into it.
    """
    receipt = f"diagnostics {row.batch}"
    if _is_known(receipt, connection):
        return False
    parameters: codec.Parameters = {"receipt": receipt, "at": codec.micros(row.at)}
    connection.execute(sql.INSERT_RECEIPT, parameters)
    connection.execute(sql.INSERT_BATCH, codec.batch_parameters(row))
    ring: codec.Parameters = {"room": row.room, "most": RING}
    connection.execute(sql.TRIM_BATCHES, ring)
    return True


def prune_some(now: datetime, connection: sqlite3.Connection) -> bool:
    """Delete some of what is too old; tell whether there may be more."""
    deleted = (
        _prune(sql.PRUNE_RECEIPTS, now - RECEIPTS_KEPT, connection),
        _prune(sql.PRUNE_NOTICES, now, connection),
        _prune(sql.PRUNE_TRANSITIONS, now - TRANSITIONS_KEPT, connection),
        _prune(sql.PRUNE_BATCHES, now - BATCHES_KEPT, connection),
    )
    return max(deleted) == PRUNED_AT_ONCE


def _prune(statement: str, before: datetime, connection: sqlite3.Connection) -> int:
    parameters = {"before": codec.micros(before), "limit": PRUNED_AT_ONCE}
    return connection.execute(statement, parameters).rowcount


def probe(connection: sqlite3.Connection) -> None:
    """Write one row, to learn whether that works."""
    connection.execute(sql.PROBE_WRITE)
