"""Our events and the store's plain rows, one turned into the other."""

from collections.abc import Iterable, Mapping, Sequence

from bot.core.incident.events import Body, Event, body_from_json
from bot.core.incident.state import Incident
from bot.core.transitions import Move, Transition
from bot.store.rows import (
    Erasure,
    EventRow,
    Head,
    LinkRow,
    TransitionRow,
)


def event_rows(incident: str, events: Iterable[Event]) -> tuple[EventRow, ...]:
    """Return the rows that keep these events."""
    return tuple(
        EventRow(
            incident=incident,
            seq=event.seq,
            at=event.at,
            by=event.by,
            kind=event.body.kind,
            body=event.body.model_dump_json(),
        )
        for event in events
    )


def events_from(
    rows: Sequence[EventRow], links: Iterable[LinkRow] = ()
) -> tuple[Event, ...]:
    """Return the events that these rows keep, with their links of the trail."""
    known = {link.seq: link.link.hex() for link in links}
    return tuple(
        Event(
            seq=row.seq,
            at=row.at,
            by=row.by,
            body=body_from_json(row.body),
            link=known.get(row.seq, ""),
        )
        for row in rows
    )


def erasures(left: Mapping[int, Body]) -> tuple[Erasure, ...]:
    """Return what takes the words from stored events."""
    return tuple(Erasure(seq, body.model_dump_json()) for seq, body in left.items())


def head_of(state: Incident) -> Head:
    """Return what the store's index says of this state."""
    return Head(
        incident=state.id,
        channel=state.channel,
        room=state.report.room,
        status=state.status,
        seq=state.seq,
        opened_at=state.opened_at,
    )


def transition_row(move: Transition) -> TransitionRow:
    """Return the row that keeps this transition."""
    return TransitionRow(
        id=move.id,
        room=move.room,
        identity=move.identity,
        sid=move.sid,
        kind=move.move,
        reason=move.reason,
        at=move.at,
        source=move.source,
        joined_at=move.joined_at,
    )


def transition_from(row: TransitionRow) -> Transition:
    """Return the transition that this row keeps."""
    return Transition(
        id=row.id,
        room=row.room,
        identity=row.identity,
        sid=row.sid,
        move=Move(row.kind),
        reason=row.reason,
        at=row.at,
        source=row.source,
        joined_at=row.joined_at,
    )
