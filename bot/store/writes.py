"""What is written: each function is one job of the writer, the connection its last.

A job runs inside the writer's transaction and neither begins nor ends one; only
`check_point` runs outside any.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.store import codec, reads
from bot.store import statements as sql
from bot.store.broken import RowBroken, lost_head
from bot.store.lookup import Column
from bot.store.rows import (
    ActRow,
    BatchRow,
    Change,
    Commit,
    Drawing,
    Erasure,
    LinkRow,
    Notice,
    TransitionRow,
)
from bot.store.seals import Seals, row_of

RECEIPTS_KEPT = timedelta(hours=24)
"""Slack gives up redelivering long before; a day leaves room for a weekend's outage."""

TRANSITIONS_KEPT = timedelta(days=7)
"""How long it is known who came and went in a room."""

BATCHES_KEPT = timedelta(hours=24)
"""How long a room's diagnostics are kept."""

ACTS_KEPT = timedelta(hours=24)
"""How long it is known that a target was acted on, once that is settled."""

RING = 2_000
"""Events of a room's ring: what four devices of 500 hold."""

NUMBERS = 2**60
"""No notice has a greater number: more would not fit, or leave room for others."""

PRUNED_AT_ONCE = 1000
"""Rows of each kind deleted by one job, so that commits do not wait behind it."""


PRUNED = ("notices", "transitions", "diagnostics")
"""The tables with sealed rows that are deleted when they are old."""


def commit(change: Change, seals: Seals, connection: sqlite3.Connection) -> Commit:
    """Write a guarded batch, or nothing of it."""
    receipt = change.receipt and seals.mac(Column.RECEIPT, change.receipt)
    if receipt and not _add_receipt(receipt, change.events[-1].at, connection):
        return Commit.REPEATED
    refused = change.act and _refused(change.act, seals, connection)
    if not refused and _move_head(change, seals, connection):
        _write_batch(change, seals, connection)
        return Commit.DONE
    if receipt:
        connection.execute(sql.DELETE_RECEIPT, {"receipt_mac": receipt})
    if not refused:
        _must_end_where_it_says(change.head.incident, connection)
    return refused or Commit.STALE


def _refused(
    act: ActRow, seals: Seals, connection: sqlite3.Connection
) -> Commit | None:
    """Say why the act may not begin: the other guard, over all incidents."""
    if reads.holder(act, seals, connection) is not None:
        return Commit.TAKEN
    if len(reads.begun(act, seals, connection)) >= act.most:
        return Commit.CAPPED
    return None


def _move_head(change: Change, seals: Seals, connection: sqlite3.Connection) -> bool:
    """Move the head if it is where the batch expects it; this is the guard."""
    statement = sql.MOVE_HEAD if change.expected else sql.INSERT_HEAD
    moved = codec.Moved(change.head, change.events[-1].at, change.expected)
    parameters = codec.head_parameters(moved, seals)
    return connection.execute(statement, parameters).rowcount == 1


def _must_end_where_it_says(incident: str, connection: sqlite3.Connection) -> None:
    """Raise RowBroken for a head that no batch could ever move."""
    if connection.execute(sql.LOST_HEAD, {"incident": incident}).fetchone():
        raise RowBroken(lost_head(incident))


def _write_batch(change: Change, seals: Seals, connection: sqlite3.Connection) -> None:
    for event in change.events:
        connection.execute(sql.INSERT_EVENT, codec.event_parameters(event, seals))
    add_links(change.links, seals, connection)
    for erasure in change.erasures:
        _erase(change.head.incident, erasure, seals, connection)
    if change.settles:
        _settle_act(change, connection)
    if change.act:
        connection.execute(sql.INSERT_ACT, codec.act_parameters(change.act, seals))
    if change.wake is not None:
        wake(change.head.incident, change.wake, connection)


def _settle_act(change: Change, connection: sqlite3.Connection) -> None:
    """Let go of what the incident's act held; an incident has one at a time."""
    at = codec.micros(change.events[-1].at)
    settled: codec.Parameters = {"incident": change.head.incident, "at": at}
    connection.execute(sql.SETTLE_ACT, settled)


def add_links(
    links: Iterable[LinkRow], seals: Seals, connection: sqlite3.Connection
) -> None:
    """Write links of the trail, each after its event."""
    for link in links:
        connection.execute(sql.INSERT_LINK, codec.link_parameters(link, seals))


def _erase(
    incident: str, erasure: Erasure, seals: Seals, connection: sqlite3.Connection
) -> None:
    """Destroy the salt first: only then does the database let the body change."""
    place: codec.Parameters = {"incident": incident, "seq": erasure.seq}
    connection.execute(sql.DROP_SALT, place)
    key, sealed = seals.seal("events", row_of(incident, erasure.seq), erasure.body)
    connection.execute(sql.ERASE_BODY, {**place, "key": key, "sealed": sealed})


def _add_receipt(
    receipt_mac: str, at: datetime, connection: sqlite3.Connection
) -> bool:
    """Write that a delivery was taken; False if it was before.

    Nobody can read from it which.
    """
    parameters: codec.Parameters = {"receipt_mac": receipt_mac, "at": codec.micros(at)}
    return connection.execute(sql.INSERT_RECEIPT, parameters).rowcount == 1


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


def keep_drawing(
    drawing: Drawing, seals: Seals, connection: sqlite3.Connection
) -> None:
    """Write what Slack shows of one part, in place of what was known."""
    connection.execute(sql.UPSERT_DRAWING, codec.drawing_parameters(drawing, seals))


def forget_drawing(incident: str, part: str, connection: sqlite3.Connection) -> None:
    """Delete what is known of one part."""
    connection.execute(sql.DELETE_DRAWING, {"incident": incident, "part": part})


def add_notice(notice: Notice, seals: Seals, connection: sqlite3.Connection) -> None:
    """Write a notice under a number of its own, which its seal is bound to."""
    number = _next_number(notice, connection)
    numbered = replace(notice, id=number)
    connection.execute(sql.INSERT_NOTICE, codec.notice_parameters(numbered, seals))


def _next_number(notice: Notice, connection: sqlite3.Connection) -> int:
    """Return a number that no notice ever had, and that leaves room for others.

    If the last one is not known any more it goes on from the time.
    """
    most: codec.Parameters = {"most": NUMBERS}
    number = int(connection.execute(sql.NEXT_NOTICE, most).fetchone()[0])
    if number > 1:
        return number
    last = int(connection.execute(sql.LAST_NOTICE, most).fetchone()[0])
    numbered = connection.execute(sql.NOTICES_NUMBERED).fetchone()
    return max(last, codec.micros(notice.at)) + 1 if last or numbered else 1


def drop_notice(number: int, connection: sqlite3.Connection) -> None:
    """Delete a notice."""
    connection.execute(sql.DELETE_NOTICE, {"id": number})


def add_transitions(
    rows: Iterable[TransitionRow], seals: Seals, connection: sqlite3.Connection
) -> int:
    """Write those transitions that are new; return how many were."""
    return sum(
        connection.execute(
            sql.INSERT_TRANSITION, codec.transition_parameters(row, seals)
        ).rowcount
        for row in rows
    )


def add_batch(row: BatchRow, seals: Seals, connection: sqlite3.Connection) -> bool:
    """Write a batch if its receipt is new, and let the ring lose its oldest.

    The receipt outlives the row, so that a batch that has left the ring does not come
    back into it.
    """
    receipt = seals.mac(Column.RECEIPT, f"diagnostics {row.batch}")
    if not _add_receipt(receipt, row.at, connection):
        return False
    parameters = codec.batch_parameters(row, seals)
    connection.execute(sql.INSERT_BATCH, parameters)
    ring: codec.Parameters = {"room_mac": parameters["room_mac"], "most": RING}
    connection.execute(sql.TRIM_BATCHES, ring)
    return True


def prune_some(now: datetime, connection: sqlite3.Connection) -> bool:
    """Delete some of what is too old; tell whether there may be more."""
    deleted = (
        _prune(sql.PRUNE_RECEIPTS, now - RECEIPTS_KEPT, connection),
        _prune(sql.PRUNE_NOTICES, now, connection),
        _prune(sql.PRUNE_TRANSITIONS, now - TRANSITIONS_KEPT, connection),
        _prune(sql.PRUNE_BATCHES, now - BATCHES_KEPT, connection),
        _prune(sql.PRUNE_ACTS, now - ACTS_KEPT, connection),
    )
    return max(deleted) == PRUNED_AT_ONCE


def _prune(statement: str, before: datetime, connection: sqlite3.Connection) -> int:
    parameters = {"before": codec.micros(before), "limit": PRUNED_AT_ONCE}
    return connection.execute(statement, parameters).rowcount


def probe(connection: sqlite3.Connection) -> None:
    """Write one row, to learn whether that works, and whether there is room for more.

    A row that is there already can be written when nothing else can.
    """
    for statement in sql.PROBE_ROOM:
        connection.execute(statement)
    connection.execute(sql.PROBE_WRITE)


def check_point(connection: sqlite3.Connection) -> None:
    """Move the write-ahead log into the database file, and empty it."""
    connection.execute(sql.CHECKPOINT).fetchall()
