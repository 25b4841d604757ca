"""Events to state: `apply(state, event)`, and nothing else makes a state."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from bot.core.evidence import superseded
from bot.core.incident import events as e
from bot.core.incident import release_events as r
from bot.core.incident.apply_approvals import APPROVALS
from bot.core.incident.apply_files import FILES
from bot.core.incident.apply_steps import STEPS, asked_for_step, step_saw
from bot.core.incident.events import BOT, Event
from bot.core.incident.state import Incident, Look, Status
from bot.core.incident.telling import LISTED, added
from bot.core.values import replace


def opened(incident: str, event: Event) -> Incident:
    """Make the state of an incident from its first event."""
    body = event.body
    if not isinstance(body, e.Opened):
        raise TypeError("An incident's first event is `incident.opened`.")
    return Incident(
        id=incident,
        seq=event.seq,
        opened_at=event.at,
        opened_by=event.by,
        channel=body.channel,
        report=body.report,
    )


def apply(state: Incident, event: Event) -> Incident:
    """Return the state after the event, which must be the next in order."""
    if event.seq != state.seq + 1:
        raise ValueError(f"Event {event.seq} does not follow event {state.seq}.")
    after = _APPLY[event.body.kind](state, event, event.body)
    if event.by == BOT:
        return replace(after, seq=event.seq)
    return replace(after, seq=event.seq, touched_at=event.at, tellings=0)


def fold(incident: str, events: Iterable[Event]) -> Incident:
    """Return the state that the events add up to."""
    first, *rest = events
    state = opened(incident, first)
    for event in rest:
        state = apply(state, event)
    return state


def _transitions(state: Incident, event: Event, body: e.TransitionsSeen) -> Incident:
    kept = {move.id: move for move in (*state.transitions, *body.transitions)}
    ordered = sorted(kept.values(), key=lambda move: (move.at, move.id))
    return replace(
        state,
        transitions=tuple(ordered[-LISTED:]),
        counted=added(state.counted, body.counted),
        moved_at=event.at,
        tellings=state.tellings + 1,
    )


def _requested(state: Incident, event: Event, body: e.ChecksRequested) -> Incident:
    looks = dict(state.looks)
    for call in body.calls:
        looks[call.number] = Look(call, asked_at=event.at, asked_by=event.by)
        state = asked_for_step(state, event, call)
    requested = any(call.purpose is e.Purpose.REQUEST for call in body.calls)
    ranking = None if requested else state.ranking
    return replace(state, looks=looks, ranking=ranking)


def _reported(state: Incident, event: Event, body: e.CheckReported) -> Incident:
    look = replace(
        state.looks[body.number],
        began=event.at - timedelta(seconds=body.took),
        evidence=body.evidence,
        seq=event.seq,
        took=body.took,
    )
    facts = superseded(state.facts, body.evidence.facts)
    told = {
        fact.name: event.seq
        for fact in body.evidence.facts
        if facts[fact.name] is fact  # a late look may tell what is older than known
    }
    state = replace(
        state,
        looks={**state.looks, body.number: look},
        facts=facts,
        fact_seq={**state.fact_seq, **told},
    )
    return step_saw(state, look)


def _ranked(state: Incident, _: Event, body: e.RunbooksRanked) -> Incident:
    return replace(state, ranking=body.ranking)


def _resolving(state: Incident, event: Event, body: e.ResolveAsked) -> Incident:
    return replace(
        state, status=Status.RESOLVING, settled_by=event.by, words=body.words
    )


def _held(state: Incident, _: Event, body: e.ResolveHeld) -> Incident:
    return replace(state, status=Status.HELD, failing=body.failing)


def _resolved(state: Incident, event: Event, body: e.Resolved) -> Incident:
    return replace(
        state,
        status=Status.RESOLVED,
        failing=body.failing,
        words=body.words,
        settled_at=event.at,
        settled_by=state.settled_by if event.by == BOT else event.by,
        resolutions=state.resolutions + 1,
    )


def _reopened(state: Incident, event: Event, body: e.Reopened) -> Incident:
    return replace(
        state,
        status=Status.OPEN,
        settled_by=event.by,
        settled_at=event.at,
        words=body.words,
        failing=(),
        ranking=None,
    )


def _proposed(state: Incident, _: Event, body: r.RollbackProposed) -> Incident:
    return replace(state, proposals=(*state.proposals, body))


def _impacted(state: Incident, event: Event, body: r.RecoveryAsked) -> Incident:
    rooms = (*state.impacted, *body.rooms)
    return replace(state, impacted=rooms, asked_by=event.by)


def _recovering(state: Incident, _: Event, body: r.RecoveryOpened) -> Incident:
    return replace(state, recoveries=(*state.recoveries, body))


def _erased(state: Incident, _: Event, __: e.Erased) -> Incident:
    """Change nothing: the body that lost its words was folded without them."""
    return state


_APPLY: Mapping[str, Callable[[Incident, Event, Any], Incident]] = {
    **STEPS,
    **FILES,
    **APPROVALS,
    "transitions.seen": _transitions,
    "checks.requested": _requested,
    "check.reported": _reported,
    "runbooks.ranked": _ranked,
    "resolve.asked": _resolving,
    "resolve.held": _held,
    "incident.resolved": _resolved,
    "incident.reopened": _reopened,
    "rollback.proposed": _proposed,
    "recovery.asked": _impacted,
    "recovery.opened": _recovering,
    "body.erased": _erased,
}
