"""Row values to SQL parameters and back; a time is integer microseconds since 1970."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.errors import StoreError
from bot.store.rows import (
    BatchRow,
    Drawing,
    EventRow,
    Head,
    LinkRow,
    Notice,
    TransitionRow,
)

Parameters = dict[str, str | int | bytes | None]
Row = tuple[Any, ...]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Microseconds since 1970, exact. Raises StoreError for a time without a zone."""
    if at.utcoffset() is None:
        raise StoreError(
            f"The time {at.isoformat()} has no time zone, so it cannot be stored. "
            "Nothing was saved; please report this."
        )
    return (at - EPOCH) // MICROSECOND


def instant(stored: int) -> datetime:
    """Give the aware UTC time of so many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=stored)


def event_parameters(row: EventRow) -> Parameters:
    """Name the columns of an event."""
    return {
        "incident": row.incident,
        "seq": row.seq,
        "at": micros(row.at),
        "by": row.by,
        "kind": row.kind,
        "body": row.body,
    }


def link_parameters(row: LinkRow) -> Parameters:
    """Name the columns of a link."""
    return asdict(row)


def head_parameters(head: Head, moved_at: datetime, expected: int) -> Parameters:
    """Name the columns of a head, with when it moved and from where."""
    return {
        "incident": head.incident,
        "channel": head.channel,
        "room": head.room,
        "status": head.status,
        "seq": head.seq,
        "opened_at": micros(head.opened_at),
        "moved_at": micros(moved_at),
        "expected": expected,
    }


def drawing_parameters(drawing: Drawing) -> Parameters:
    """Name the columns of a drawing."""
    return asdict(drawing) | {"at": micros(drawing.at)}


def notice_parameters(notice: Notice) -> Parameters:
    """Name the columns of a notice, but its id, which the store gives."""
    return {
        "channel": notice.channel,
        "person": notice.user,
        "thread_ts": notice.thread_ts,
        "text": notice.text,
        "at": micros(notice.at),
        "expires": micros(notice.expires),
    }


def transition_parameters(row: TransitionRow) -> Parameters:
    """Name the columns of a transition."""
    joined = None if row.joined_at is None else micros(row.joined_at)
    return asdict(row) | {"at": micros(row.at), "joined_at": joined}


def batch_parameters(row: BatchRow) -> Parameters:
    """Name the columns of a batch of diagnostics."""
    return asdict(row) | {"at": micros(row.at)}


def event(row: Row) -> EventRow:
    """Read an event from its columns."""
    incident, seq, at, by, kind, body = row
    return EventRow(incident, seq, instant(at), by, kind, body)


def link(row: Row) -> LinkRow:
    """Read a link from its columns."""
    return LinkRow(*row)


def head(row: Row) -> Head:
    """Read a head from its columns."""
    incident, channel, room, status, seq, opened_at = row
    return Head(incident, channel, room, status, seq, instant(opened_at))


def drawing(row: Row) -> Drawing:
    """Read a drawing from its columns."""
    incident, part, channel, ts, thread_ts, digest, state, reason, at = row
    return Drawing(
        incident, part, channel, ts, thread_ts, digest, state, reason, instant(at)
    )


def notice(row: Row) -> Notice:
    """Read a notice from its columns."""
    number, channel, person, thread_ts, text, at, expires = row
    return Notice(
        number, channel, person, thread_ts, text, instant(at), instant(expires)
    )


def transition(row: Row) -> TransitionRow:
    """Read a transition from its columns."""
    ident, room, identity, sid, kind, reason, at, source, joined_at = row
    joined = None if joined_at is None else instant(joined_at)
    return TransitionRow(
        ident, room, identity, sid, kind, reason, instant(at), source, joined
    )


def batch(row: Row) -> BatchRow:
    """Read a batch of diagnostics from its columns."""
    room, name, at, events, key, sealed = row
    return BatchRow(room, name, instant(at), events, key, sealed)
