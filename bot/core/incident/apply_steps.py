"""How events change the steps of a run."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.core.evidence import Verdict
from bot.core.incident import events as e
from bot.core.incident.events import BOT, Event, Purpose, StepRef
from bot.core.incident.state import Incident, Look, Run, StepState, StepStatus

_ASKED = {Purpose.STEP: StepStatus.LOOKING, Purpose.VERIFY: StepStatus.VERIFYING}


def asked_for_step(state: Incident, event: Event, call: e.CheckCall) -> Incident:
    """Return the state in which a look was asked for, perhaps for a step."""
    if call.step is None:
        return state
    step = _step(state, call.step)
    calls, who = (*step.calls, call.number), _person(event)
    if call.purpose is not Purpose.GUARD:
        status = _ASKED[call.purpose]
        return _with(state, step.ref, calls=calls, status=status, **who)
    status = StepStatus.WAITING if step.status is StepStatus.BARRED else step.status
    return _with(state, step.ref, calls=calls, status=status, guarded=True, **who)


def step_saw(state: Incident, look: Look) -> Incident:
    """Return the state after a look that was perhaps asked for a step has reported."""
    ref, evidence = look.call.step, look.evidence
    if ref is None or evidence is None:
        return state
    fine = evidence.verdict is Verdict.OK
    step = _step(state, ref)
    if look.call.purpose is Purpose.STEP and step.status is StepStatus.LOOKING:
        status = StepStatus.DONE if fine else StepStatus.ATTENTION
        return _with(state, ref, status=status)
    if look.call.purpose is Purpose.VERIFY and step.status is StepStatus.VERIFYING:
        left = StepStatus.UNVERIFIED if look.call.final else StepStatus.VERIFYING
        return _with(state, ref, status=StepStatus.DONE if fine else left)
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
    return replace(state, runs=(*state.runs, run))


_REACHED = {
    "confirm": StepStatus.OPEN,
    "check": StepStatus.LOOKING,
    "action": StepStatus.PREPARING,
}


def _reached(state: Incident, event: Event, body: e.StepReached) -> Incident:
    kind = _step(state, body.step).step.kind
    status = StepStatus.BARRED if body.barred else _REACHED[kind]
    who = _person(event)
    return _with(state, body.step, status=status, why=body.barred, guarded=False, **who)


_SETTLED = {
    "confirmed": StepStatus.DONE,
    "skipped": StepStatus.SKIPPED,
    "failed": StepStatus.FAILED,
}


def _settled(state: Incident, event: Event, body: e.StepSettled) -> Incident:
    return _with(
        state,
        body.step,
        status=_SETTLED[body.how],
        by=event.by,
        at=event.at,
        words=body.words,
    )


def _prepared(state: Incident, _: Event, body: e.ActionPrepared) -> Incident:
    return _with(
        state,
        body.step,
        status=StepStatus.READY,
        plan=body.plan,
        replanned=body.changed,
        why=None,
    )


def _unready(state: Incident, _: Event, body: e.ActionUnready) -> Incident:
    return _with(state, body.step, status=StepStatus.UNREADY, why=body.why, plan=None)


def _asked(state: Incident, event: Event, body: e.ActionAsked) -> Incident:
    return _with(
        state,
        body.step,
        status=StepStatus.ASKED,
        by=event.by,
        at=event.at,
        plan=body.plan,
        replanned=False,
        guarded=False,
    )


def _intended(state: Incident, _: Event, body: e.ActionIntended) -> Incident:
    return _with(
        state,
        body.step,
        status=StepStatus.RUNNING,
        attempt=body.attempt,
        plan=body.plan,
        calls_before=len(_step(state, body.step).calls),
        doubts=0,
    )


def _finished(state: Incident, _: Event, body: e.ActionFinished) -> Incident:
    if not body.ok:
        unready = StepStatus.UNREADY
        return _with(
            state, body.step, status=unready, why=body.detail, detail=body.detail
        )
    return _happened(state, body.step, body.detail)


def _happened(state: Incident, ref: StepRef, detail: str) -> Incident:
    verify = _step(state, ref).step.verify
    status = StepStatus.VERIFYING if verify else StepStatus.DONE
    return _with(state, ref, status=status, detail=detail, why=None)


def _doubted(state: Incident, event: Event, body: e.ActionDoubted) -> Incident:
    return _with(
        state,
        body.step,
        status=StepStatus.DOUBT,
        why=body.why,
        doubts=_step(state, body.step).doubts + 1,
        doubted_at=event.at,
    )


def _cleared(state: Incident, event: Event, body: e.ActionSettled) -> Incident:
    state = _with(state, body.step, **_person(event))
    if body.happened:
        return _happened(state, body.step, body.detail)
    if body.happened is None:
        return _with(state, body.step, status=StepStatus.UNSURE, why=body.detail)
    return _with(
        state,
        body.step,
        status=StepStatus.PREPARING,
        why=None,
        detail=body.detail,
    )


def _person(event: Event) -> dict[str, Any]:
    """Return who changed the step and when, if it was a person."""
    return {} if event.by == BOT else {"by": event.by, "at": event.at}


def _step(state: Incident, ref: StepRef) -> StepState:
    step = state.step(ref)
    if step is None:
        raise ValueError(f"There is no step {ref}.")
    return step


def _with(state: Incident, ref: StepRef, **changes: Any) -> Incident:  # noqa: ANN401  the fields of StepState
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
    "action.prepared": _prepared,
    "action.unready": _unready,
    "action.asked": _asked,
    "action.intended": _intended,
    "action.finished": _finished,
    "action.doubted": _doubted,
    "action.settled": _cleared,
}
"""What each kind of event about a step does."""
