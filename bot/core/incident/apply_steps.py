"""How events change the steps of a run."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.core.evidence import Fact, Value, Verdict
from bot.core.incident import events as e
from bot.core.incident.events import BOT, Event, Purpose, StepRef
from bot.core.incident.lock_events import ActionBlocked
from bot.core.incident.state import (
    HELD,
    Attested,
    Incident,
    Look,
    Run,
    StepState,
    StepStatus,
)
from bot.core.runbook.asks import TOLD, as_facts
from bot.core.runbook.pages import StepKind
from bot.core.values import replace

_ASKED = {Purpose.STEP: StepStatus.LOOKING, Purpose.VERIFY: StepStatus.VERIFYING}


def asked_for_step(state: Incident, event: Event, call: e.CheckCall) -> Incident:
    """Return the state in which a look was asked for, perhaps for a step."""
    if call.step is None:
        return state
    step = step_of(state, call.step)
    calls, who = (*step.calls, call.number), _person(event)
    if call.purpose is not Purpose.GUARD:
        status = _ASKED[call.purpose]
        return step_with(state, step.ref, calls=calls, status=status, **who)
    waits = step.status in HELD or step.status is StepStatus.READY
    status = StepStatus.WAITING if waits else step.status
    return step_with(state, step.ref, calls=calls, status=status, guarded=True, **who)


def step_saw(state: Incident, look: Look) -> Incident:
    """Return the state after a look that was perhaps asked for a step has reported."""
    ref, evidence = look.call.step, look.evidence
    if ref is None or evidence is None:
        return state
    fine = evidence.verdict is Verdict.OK
    step = step_of(state, ref)
    if look.call.purpose is Purpose.STEP and step.status is StepStatus.LOOKING:
        status = StepStatus.DONE if fine else StepStatus.ATTENTION
        return step_with(state, ref, status=status)
    if look.call.purpose is Purpose.VERIFY and step.status is StepStatus.VERIFYING:
        left = StepStatus.UNVERIFIED if look.call.final else StepStatus.VERIFYING
        return step_with(state, ref, status=StepStatus.DONE if fine else left)
    return state


def _started(state: Incident, event: Event, body: e.RunbookStarted) -> Incident:
    number = len(state.runs) + 1
    steps = tuple(
        StepState(ref=StepRef(number, at), step=step)
        for at, step in enumerate(body.steps, 1)
    )
    run = Run(
        number=number,
        slug=body.slug,
        title=body.title,
        page_hash=body.page_hash,
        steps=steps,
        by=event.by,
        at=event.at,
    )
    return replace(state, runs=(*state.runs, run), told={})


_REACHED = {
    StepKind.CONFIRM: StepStatus.OPEN,
    StepKind.ATTEST: StepStatus.OPEN,
    StepKind.CHECK: StepStatus.LOOKING,
    StepKind.ACTION: StepStatus.PREPARING,
    StepKind.STOP: StepStatus.STOPPED,
}


def _reached(state: Incident, event: Event, body: e.StepReached) -> Incident:
    kind = step_of(state, body.step).step.kind
    held = StepStatus.STOPPED if kind is StepKind.STOP else StepStatus.BARRED
    status = held if body.barred else _REACHED[kind]
    who = _person(event)
    state = step_with(state, body.step, approval=None, obstacle=None, **who)
    return step_with(state, body.step, status=status, why=body.barred, guarded=False)


_SETTLED = {
    "confirmed": StepStatus.DONE,
    "skipped": StepStatus.SKIPPED,
    "overridden": StepStatus.SKIPPED,
    "failed": StepStatus.FAILED,
    "passed": StepStatus.PASSED,
}


def _settled(state: Incident, event: Event, body: e.StepSettled) -> Incident:
    state = step_with(
        state,
        body.step,
        status=_SETTLED[body.how],
        by=event.by,
        at=event.at,
        words=body.words,
        answers=body.answers,
        overridden=body.how == "overridden",
        approval=None,
    )
    told = as_facts(step_of(state, body.step).step.asks, body.answers)
    return _learnt(state, event, told)


def _learnt(state: Incident, event: Event, told: Mapping[str, Value]) -> Incident:
    """Keep what a person answered as facts for the guards of later steps."""
    facts = {
        name: Fact(
            name=name, value=value, observed_at=event.at, source=TOLD, lasting=True
        )
        for name, value in told.items()
    }
    return replace(
        state,
        told={**state.told, **facts},
        fact_seq={**state.fact_seq, **dict.fromkeys(facts, event.seq)},
    )


def _attested(state: Incident, event: Event, body: e.StepAttested) -> Incident:
    before = step_of(state, body.step).attested
    said = Attested(event.by, event.at, body.answers, body.words)
    return step_with(
        state, body.step, attested=(*before, said), by=event.by, at=event.at
    )


def _prepared(state: Incident, _: Event, body: e.ActionPrepared) -> Incident:
    return step_with(
        state,
        body.step,
        status=StepStatus.READY,
        plan=body.plan,
        replanned=body.changed,
        why=None,
        approval=None,
    )


def _unready(state: Incident, _: Event, body: e.ActionUnready) -> Incident:
    return step_with(
        state,
        body.step,
        status=StepStatus.UNREADY,
        why=body.why,
        plan=None,
        approval=None,
    )


def _blocked(state: Incident, _: Event, body: ActionBlocked) -> Incident:
    return step_with(
        state,
        body.step,
        status=StepStatus.BLOCKED,
        plan=body.plan,
        obstacle=body.obstacle,
        replanned=False,
        why=None,
    )


def _asked(state: Incident, event: Event, body: e.ActionAsked) -> Incident:
    return step_with(
        state,
        body.step,
        status=StepStatus.ASKED,
        by=event.by,
        at=event.at,
        plan=body.plan,
        replanned=False,
        guarded=False,
        approval=None,
        void=None,
    )


def _intended(state: Incident, _: Event, body: e.ActionIntended) -> Incident:
    return step_with(
        state,
        body.step,
        status=StepStatus.RUNNING,
        attempt=body.attempt,
        plan=body.plan,
        calls_before=len(step_of(state, body.step).calls),
        doubts=0,
        approval=None,
        void=None,
    )


def _finished(state: Incident, _: Event, body: e.ActionFinished) -> Incident:
    if not body.ok:
        unready = StepStatus.UNREADY
        return step_with(
            state, body.step, status=unready, why=body.detail, detail=body.detail
        )
    return _happened(state, body.step, body.detail)


def _happened(state: Incident, ref: StepRef, detail: str) -> Incident:
    verify = step_of(state, ref).step.verify
    status = StepStatus.VERIFYING if verify else StepStatus.DONE
    return step_with(state, ref, status=status, detail=detail, why=None)


def _doubted(state: Incident, event: Event, body: e.ActionDoubted) -> Incident:
    return step_with(
        state,
        body.step,
        status=StepStatus.DOUBT,
        why=body.why,
        doubts=step_of(state, body.step).doubts + 1,
        doubted_at=event.at,
    )


def _cleared(state: Incident, event: Event, body: e.ActionSettled) -> Incident:
    state = step_with(state, body.step, **_person(event))
    if body.happened:
        return _happened(state, body.step, body.detail)
    if body.happened is None:
        return step_with(state, body.step, status=StepStatus.UNSURE, why=body.detail)
    return step_with(
        state,
        body.step,
        status=StepStatus.PREPARING,
        why=None,
        detail=body.detail,
    )


def _person(event: Event) -> dict[str, Any]:
    """Return who changed the step and when, if it was a person."""
    return {} if event.by == BOT else {"by": event.by, "at": event.at}


def step_of(state: Incident, ref: StepRef) -> StepState:
    """Return a step that is there."""
    step = state.step(ref)
    if step is None:
        raise ValueError(f"There is no step {ref}.")
    return step


def step_with(state: Incident, ref: StepRef, **changes: Any) -> Incident:  # noqa: ANN401  the fields of StepState
    """Return the state with a step changed."""
    run = state.runs[ref.run - 1]
    steps = list(run.steps)
    steps[ref.step - 1] = replace(steps[ref.step - 1], **changes)
    runs = list(state.runs)
    runs[ref.run - 1] = replace(run, steps=tuple(steps))
    return replace(state, runs=tuple(runs))


STEPS: Mapping[str, Callable[[Incident, Event, Any], Incident]] = {
    "runbook.started": _started,
    "step.reached": _reached,
    "step.settled": _settled,
    "step.attested": _attested,
    "action.prepared": _prepared,
    "action.unready": _unready,
    "action.blocked": _blocked,
    "action.asked": _asked,
    "action.intended": _intended,
    "action.finished": _finished,
    "action.doubted": _doubted,
    "action.settled": _cleared,
}
"""What each kind of event about a step does."""
