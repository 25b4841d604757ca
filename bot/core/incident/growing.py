"""A timeline that grows: bodies become events, with what follows from them."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.incident.advance import advance
from bot.core.incident.apply import apply
from bot.core.incident.commands import Context
from bot.core.incident.events import BOT, Body, Event
from bot.core.incident.state import Incident


def numbered(
    bodies: Sequence[Body], after: int, at: datetime, by: str
) -> tuple[Event, ...]:
    """Give bodies their places after the event of that number."""
    return tuple(Event(seq, at, by, body) for seq, body in enumerate(bodies, after + 1))


def folded(state: Incident, events: Sequence[Event]) -> Incident:
    """Return the state after these events, which must be the next in order."""
    for event in events:
        state = apply(state, event)
    return state


def with_what_follows(
    state: Incident, bodies: Sequence[Body], context: Context
) -> tuple[tuple[Event, ...], Incident]:
    """Return the events of these bodies with those that follow, and the state then."""
    events = list(numbered(bodies, state.seq, context.now, context.by))
    state = folded(state, events)
    while follows := advance(state, context):
        more = numbered(follows, state.seq, context.now, BOT)
        events.extend(more)
        state = folded(state, more)
    return tuple(events), state
