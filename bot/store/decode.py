"""Reads stored rows from the columns of a query; codec.py names the columns.

Each function raises SealBroken for a row that does not open, or whose clear columns
hold what this bot never writes.
"""

import json
from datetime import datetime
from typing import cast, get_args

from bot.store import clear
from bot.store.broken import Row
from bot.store.lookup import Column
from bot.store.rows import (
    MOVES,
    STATUSES,
    BatchRow,
    Drawing,
    DrawingState,
    EventRow,
    Head,
    HeldRow,
    LinkRow,
    Notice,
    TransitionRow,
)
from bot.store.seal import SealBroken
from bot.store.seals import Seals, row_of

STATES = get_args(DrawingState)


def held(row: Row, _: Seals) -> HeldRow:
    """Read who holds a target from its columns; raise SealBroken."""
    incident, _, by, at, participant_mac = row
    return HeldRow(
        incident, clear.text(by), clear.time(at), whole_room=not participant_mac
    )


def began(row: Row, _: Seals) -> datetime:
    """Read when an act began; raise SealBroken."""
    return clear.time(row[-1])


def wake(row: Row, _: Seals) -> datetime:
    """Read when an incident is to be woken; raise SealBroken."""
    _, at, is_known = row
    if not is_known:
        raise SealBroken("It wakes an incident that is not there.")
    return clear.time(at)


def event(row: Row, seals: Seals) -> EventRow:
    """Read an event from its columns; raise SealBroken."""
    incident, seq, at, by, kind, sealed = row
    body = seals.text("events", row_of(incident, seq), sealed)
    return EventRow(incident, seq, clear.time(at), clear.text(by), kind, body)


def link(row: Row, seals: Seals) -> LinkRow:
    """Read a link from its columns; raise SealBroken."""
    incident, seq, digest, made, signer, signature, sealed = row
    place = row_of(incident, seq)
    salt = None if sealed is None else seals.open("links", place, sealed)
    return LinkRow(incident, seq, salt, digest, made, signer, signature)


def head(row: Row, seals: Seals) -> Head:
    """Read a head from its columns; raise SealBroken."""
    incident, channel, room_mac, status, seq, opened_at, sealed = row
    room = seals.text("heads", incident, sealed)
    seals.must_fit(Column.HEAD_ROOM, room, room_mac)
    return Head(
        incident=incident,
        channel=clear.text(channel),
        room=room,
        status=clear.word(status, STATUSES),
        seq=seq,
        opened_at=clear.time(opened_at),
    )


def drawing(row: Row, seals: Seals) -> Drawing:
    """Read a drawing from its columns; raise SealBroken."""
    incident, part, channel, ts, thread_ts, state, reason, at, sealed = row
    digest = seals.text("drawings", row_of(incident, part), sealed)
    return Drawing(
        incident=incident,
        part=part,
        channel=clear.text(channel),
        ts=clear.text_or_none(ts),
        thread_ts=clear.text_or_none(thread_ts),
        digest=digest,
        state=cast("DrawingState", clear.word(state, STATES)),
        reason=clear.text_or_none(reason),
        at=clear.time(at),
    )


def notice(row: Row, seals: Seals) -> Notice:
    """Read a notice from its columns; raise SealBroken."""
    number, channel, person, thread_ts, at, expires, sealed = row
    place = row_of(number, channel, person)
    text = seals.open("notices", place, sealed, before=row_of(number)).decode()
    return Notice(
        id=number,
        channel=channel,
        user=person,
        thread_ts=clear.text_or_none(thread_ts),
        text=text,
        at=clear.time(at),
        expires=clear.time(expires),
    )


def transition(row: Row, seals: Seals) -> TransitionRow:
    """Read a transition from its columns; raise SealBroken."""
    id_mac, room_mac, identity_mac, kind, at, source, joined_at, sealed = row
    content = json.loads(seals.open("transitions", id_mac, sealed))
    ident, room, identity, sid, reason = content
    seals.must_fit(Column.TRANSITION_ROOM, room, room_mac)
    seals.must_fit(Column.TRANSITION_IDENTITY, identity, identity_mac)
    return TransitionRow(
        id=ident,
        room=room,
        identity=identity,
        sid=sid,
        kind=clear.word(kind, MOVES),
        reason=reason,
        at=clear.time(at),
        source=clear.text(source),
        joined_at=clear.time_or_none(joined_at),
    )


def batch_body(room: str, row: Row, seals: Seals) -> bytes:
    """Read what a room's batch of diagnostics holds; raise SealBroken."""
    name, _, _, sealed = row
    place = row_of(name, seals.mac(Column.BATCH_ROOM, room))
    return seals.open("diagnostics", place, sealed, before=name)


def batch(room: str, row: Row, _: Seals) -> BatchRow:
    """Read a batch of diagnostics, but for its body; raise SealBroken."""
    name, at, events, _ = row
    return BatchRow(room, name, clear.time(at), events, body=None)
