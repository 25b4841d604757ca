"""What a person does with a step: each verb that MOVES allows, turned into events."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final, Literal

from bot.core.actions import Plan
from bot.core.evidence import Value
from bot.core.incident import events as e
from bot.core.incident.approving import approve, break_glass, decline
from bot.core.incident.commands import Context, Press
from bot.core.incident.events import Body, Purpose
from bot.core.incident.guards import gate
from bot.core.incident.looks import Inputs, Want, ask, last_number, reported, sources
from bot.core.incident.moves import MOVES, STANDS
from bot.core.incident.refusal import NotNow, NotYours
from bot.core.incident.state import HELD, Incident, StepState, StepStatus, Verb
from bot.core.incident.verifying import first_verify, verify_params
from bot.core.policy import Deed
from bot.core.runbook.asks import answered
from bot.core.runbook.fill import fill
from bot.core.runbook.pages import StepKind

NEEDS_WORDS: Final = frozenset({Verb.SKIP, Verb.FAIL, Verb.DECLINE, Verb.BREAK_GLASS})
"""What nobody does without saying why."""

ATTESTERS: Final = 2
"""How many different people attest a step."""


def press(state: Incident, command: Press, context: Context) -> tuple[Body, ...]:
    """Return what the press makes happen; raise NotNow if it may not."""
    step = state.step(command.step)
    if step is None:
        raise NotNow("There is no such step.")
    _must_be_current(state, step)
    if command.verb not in MOVES[step.status]:
        raise NotNow(_why_not(step), by=step.by, at=step.at)
    if command.verb in NEEDS_WORDS and not (command.words or "").strip():
        raise NotNow("Say in a few words why.")
    return _PRESS[command.verb](state, step, command, context)


def plan_digest(plan: Plan) -> str:
    """Return what ties a press to the plan that its button showed."""
    return hashlib.sha256(plan.model_dump_json().encode()).hexdigest()[:16]


def _must_be_current(state: Incident, step: StepState) -> None:
    run = state.run
    if run is None or step.ref.run != run.number:
        raise NotNow("Another runbook was started since.", by=run.by if run else None)
    current = run.current()
    if current and step.number > current.number:
        raise NotNow(f"Step {current.number} comes first.")


def _why_not(step: StepState) -> str:
    return f"Step {step.number} {STANDS[step.status]}."


def _confirm(
    _: Incident, step: StepState, command: Press, context: Context
) -> tuple[Body, ...]:
    answers = _answers(step, command)
    if step.step.kind is StepKind.ATTEST:
        return _attest(step, command, context, answers)
    return (_confirmed(step, command, answers),)


def _confirmed(
    step: StepState, command: Press, answers: Mapping[str, Value]
) -> e.StepSettled:
    return e.StepSettled(
        step=step.ref, how="confirmed", words=command.words, answers=answers
    )


def _answers(step: StepState, command: Press) -> Mapping[str, Value]:
    """Return what was answered to the step's asks; refuse what is no answer."""
    read = answered(step.step.asks, command.answers)
    for one in step.step.asks:
        if one.name in read.wrong:
            raise NotNow(f"«{one.question}» is not answered. {read.wrong[one.name]}")
    return read.values


def _attest(
    step: StepState, command: Press, context: Context, answers: Mapping[str, Value]
) -> tuple[Body, ...]:
    """Take what one person says; the step is done when two different ones have."""
    for one in step.attested:
        if one.by == context.by:
            why = "You have attested this step; the second must be somebody else."
            ruling = context.rules.policy.ruling(Deed.CONFIRM, why)
            raise NotYours(ruling, step.ref, by=one.by, at=one.at)
    told = e.StepAttested(step=step.ref, answers=answers, words=command.words)
    if len(step.attested) + 1 < ATTESTERS:
        return (told,)
    first = step.attested[0].answers
    agreed = {
        name: value for name, value in answers.items() if first.get(name) == value
    }
    apart = ", ".join(name for name in answers if name not in agreed)
    words = f"The two did not say the same: {apart}." if apart else None
    done = e.StepSettled(step=step.ref, how="confirmed", words=words, answers=agreed)
    return (told, done)


def _skip(
    _: Incident, step: StepState, command: Press, __: Context
) -> tuple[Body, ...]:
    stopped = step.status is StepStatus.STOPPED
    how: Literal["overridden", "skipped"] = "overridden" if stopped else "skipped"
    return (e.StepSettled(step=step.ref, how=how, words=command.words),)


def _fail(
    _: Incident, step: StepState, command: Press, __: Context
) -> tuple[Body, ...]:
    return (e.StepSettled(step=step.ref, how="failed", words=command.words),)


def _look_again(
    state: Incident, step: StepState, _: Press, context: Context
) -> tuple[Body, ...]:
    if step.status in HELD:
        return regard(state, step, context)
    if step.status is StepStatus.UNVERIFIED:
        return _verify_now(state, step, context)
    if step.step.kind is StepKind.CHECK:
        return look(state, step)
    return (e.StepReached(step=step.ref),)


def look(state: Incident, step: StepState) -> tuple[Body, ...]:
    """Ask for the look that a check step names."""
    call = step.step.call
    if call is None:
        return (e.StepReached(step=step.ref, barred="The page names no check here."),)
    params = fill(call.params, state.inputs())
    given = {name: value for name, value in params.items() if value is not None}
    want = Want(call.name, given, Purpose.STEP, step=step.ref)
    return (ask([want], last_number(state)),)


def regard(state: Incident, step: StepState, context: Context) -> tuple[Body, ...]:
    """Ask for the looks that yield the facts of the step's guard, as they are now."""
    names = sources(gate(state, step, context.now).names, context.rules)
    if not names:
        raise NotNow(f"No check can tell what step {step.number} waits for.")
    wants = [
        Want(
            name,
            reported(name, Inputs(state.report, state.id), context.rules),
            Purpose.GUARD,
            step=step.ref,
        )
        for name in names
    ]
    return (ask(wants, last_number(state)),)


def _verify_now(state: Incident, step: StepState, context: Context) -> tuple[Body, ...]:
    check = step.step.verify or ""
    params = verify_params(state, step, context.rules.takes.get(check, frozenset()))
    want = Want(check, params, Purpose.VERIFY, step=step.ref)
    return (ask([want], last_number(state)),)


def _run(_: Incident, step: StepState, command: Press, __: Context) -> tuple[Body, ...]:
    plan = step.plan
    if plan is None or command.plan != plan_digest(plan):
        raise NotNow("The button showed an older plan; read it again, then press.")
    return (e.ActionAsked(step=step.ref, plan=plan),)


def _prepare(_: Incident, step: StepState, __: Press, ___: Context) -> tuple[Body, ...]:
    return (e.StepReached(step=step.ref),)


def _happened(
    state: Incident, step: StepState, command: Press, context: Context
) -> tuple[Body, ...]:
    settled = _say(step, happened=True, words=command.words)
    return (settled, *first_verify(state, step, context))


def _not_happened(
    _: Incident, step: StepState, command: Press, __: Context
) -> tuple[Body, ...]:
    return (_say(step, happened=False, words=command.words),)


def _say(step: StepState, *, happened: bool, words: str | None) -> e.ActionSettled:
    what = (
        "A person looked: it happened."
        if happened
        else ("A person looked: it did not happen.")
    )
    return e.ActionSettled(
        step=step.ref,
        attempt=step.attempt,
        happened=happened,
        detail=f"{what} {words or ''}".strip(),
    )


_Pressed = Callable[[Incident, StepState, Press, Context], tuple[Body, ...]]
_PRESS: Mapping[Verb, _Pressed] = {
    Verb.CONFIRM: _confirm,
    Verb.SKIP: _skip,
    Verb.FAIL: _fail,
    Verb.LOOK_AGAIN: _look_again,
    Verb.RUN: _run,
    Verb.PREPARE: _prepare,
    Verb.HAPPENED: _happened,
    Verb.NOT_HAPPENED: _not_happened,
    Verb.APPROVE: approve,
    Verb.DECLINE: decline,
    Verb.BREAK_GLASS: break_glass,
}
