"""Row values to SQL parameters: content is sealed on the way in, once a row.

A time is integer microseconds since 1970. docs/security.md has the table of what is
sealed and what is not. decode.py reads the rows again.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from bot.errors import StoreError
from bot.store import clear
from bot.store.lookup import Column
from bot.store.rows import (
    ActRow,
    BatchRow,
    Drawing,
    EventRow,
    Head,
    LinkRow,
    Notice,
    TransitionRow,
)
from bot.store.seals import Seals, row_of

Parameters = dict[str, str | int | bytes | None]


def micros(at: datetime) -> int:
    """Microseconds since 1970, exact; raise StoreError for what could not be read."""
    if at.utcoffset() is None:
        raise StoreError(
            f"The time {at.isoformat()} has no time zone, so it cannot be stored. "
            "Nothing was saved; please report this."
        )
    stored = (at - clear.EPOCH) // clear.MICROSECOND
    if not 0 <= stored < clear.END:
        raise StoreError(
            f"The time {at.isoformat()} cannot be stored. Nothing was saved; set the "
            "clock of the machine that told it."
        )
    return stored


def event_parameters(row: EventRow, seals: Seals) -> Parameters:
    """Name the columns of an event; its body is sealed."""
    key, sealed = seals.seal("events", row_of(row.incident, row.seq), row.body)
    return {
        "incident": row.incident,
        "seq": row.seq,
        "at": micros(row.at),
        "by": row.by,
        "kind": row.kind,
        "key": key,
        "sealed": sealed,
    }


def link_parameters(row: LinkRow, seals: Seals) -> Parameters:
    """Name the columns of a link; its salt is sealed, if it has one."""
    key, sealed = (
        (None, None)
        if row.salt is None
        else seals.seal("links", row_of(row.incident, row.seq), row.salt)
    )
    return {
        "incident": row.incident,
        "seq": row.seq,
        "digest": row.digest,
        "link": row.link,
        "signer": row.signer,
        "signature": row.signature,
        "key": key,
        "sealed": sealed,
    }


@dataclass(frozen=True, slots=True)
class Moved:
    """A head, when it moved, and from where."""

    head: Head
    at: datetime
    expected: int


def head_parameters(moved: Moved, seals: Seals) -> Parameters:
    """Name the columns of a head; its room is sealed, and can be looked for."""
    head = moved.head
    key, sealed = seals.seal("heads", head.incident, head.room)
    return {
        "incident": head.incident,
        "channel": head.channel,
        "room_mac": seals.mac(Column.HEAD_ROOM, head.room),
        "status": head.status,
        "seq": head.seq,
        "opened_at": micros(head.opened_at),
        "moved_at": micros(moved.at),
        "expected": moved.expected,
        "key": key,
        "sealed": sealed,
    }


def drawing_parameters(drawing: Drawing, seals: Seals) -> Parameters:
    """Name the columns of a drawing; what tells what is shown is sealed."""
    row = row_of(drawing.incident, drawing.part)
    key, sealed = seals.seal("drawings", row, drawing.digest)
    return {
        "incident": drawing.incident,
        "part": drawing.part,
        "channel": drawing.channel,
        "ts": drawing.ts,
        "thread_ts": drawing.thread_ts,
        "state": drawing.state,
        "reason": drawing.reason,
        "at": micros(drawing.at),
        "key": key,
        "sealed": sealed,
    }


def notice_parameters(notice: Notice, seals: Seals) -> Parameters:
    """Name the columns of a notice; its text is sealed, for its recipient alone."""
    row = row_of(notice.id, notice.channel, notice.user)
    key, sealed = seals.seal("notices", row, notice.text)
    return {
        "id": notice.id,
        "channel": notice.channel,
        "person": notice.user,
        "thread_ts": notice.thread_ts,
        "at": micros(notice.at),
        "expires": micros(notice.expires),
        "key": key,
        "sealed": sealed,
    }


def transition_parameters(row: TransitionRow, seals: Seals) -> Parameters:
    """Name the columns of a transition; who it was and where is sealed."""
    id_mac = seals.mac(Column.TRANSITION_ID, row.id)
    content = json.dumps([row.id, row.room, row.identity, row.sid, row.reason])
    key, sealed = seals.seal("transitions", id_mac, content)
    return {
        "id_mac": id_mac,
        "room_mac": seals.mac(Column.TRANSITION_ROOM, row.room),
        "identity_mac": seals.mac(Column.TRANSITION_IDENTITY, row.identity),
        "kind": row.kind,
        "at": micros(row.at),
        "source": row.source,
        "joined_at": None if row.joined_at is None else micros(row.joined_at),
        "key": key,
        "sealed": sealed,
    }


def target_parameters(act: ActRow, seals: Seals) -> Parameters:
    """Name the columns that an act's target is found by; '' is the whole room."""
    who = act.participant
    person = "" if who is None else row_of(act.room, who)
    mac = person and seals.mac(Column.ACT_PARTICIPANT, person)
    return {
        "incident": act.incident,
        "room_mac": seals.mac(Column.ACT_ROOM, act.room),
        "participant_mac": mac,
        "reach": act.reach,
    }


def act_parameters(act: ActRow, seals: Seals) -> Parameters:
    """Name the columns of an act; of its target there are only look-ups."""
    return {
        **target_parameters(act, seals),
        "seq": act.seq,
        "by": act.by,
        "at": micros(act.at),
    }


def batch_parameters(row: BatchRow, seals: Seals) -> Parameters:
    """Name the columns of a batch of diagnostics; it is sealed for its room alone."""
    room_mac = seals.mac(Column.BATCH_ROOM, row.room)
    place = row_of(row.batch, room_mac)
    key, sealed = seals.seal("diagnostics", place, row.body or b"")
    return {
        "room_mac": room_mac,
        "batch": row.batch,
        "at": micros(row.at),
        "events": row.events,
        "key": key,
        "sealed": sealed,
    }
