"""What would come of a press of Run: events that nobody keeps, and no act. Pure.

The core decides on each case as in life. Where life would bring a person or an answer
that nobody knows yet, a stand-in says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from bot.core.evidence import Finding, ok, unknown, witnessed
from bot.core.incident import commands as c
from bot.core.incident import events as e
from bot.core.incident.apply import fold
from bot.core.incident.commands import Command, Context
from bot.core.incident.decide import decide
from bot.core.incident.events import BOT, Event, StepRef
from bot.core.incident.growing import folded, numbered
from bot.core.incident.press import ATTESTERS, plan_digest
from bot.core.incident.state import Approval, Incident, StepState, StepStatus, Verb
from bot.core.runbook.pages import StepKind

APPROVER: Final = "approver"
"""Who approves, with a number: any of those who may."""
WITNESS: Final = "witness"
"""Who attests, with a number."""
BREAKER: Final = "somebody who may"
OUTCOME: Final = "(What the server says is told here; nobody knows it before.)"
NOTHING_DONE: Final = "(Why nothing was done is told here; nobody knows it before.)"
NO_ANSWER: Final = "(Why there is doubt is told here; nobody knows it before.)"
SEEN: Final = "(What is seen then is told here; nobody knows it before.)"
WORDS: Final = "(What people say is told here; nobody knows it before.)"


class Case(StrEnum):
    """What may be the case after a press of Run, each on the way to the next."""

    PRESSED = "pressed"
    AWAITING = "awaiting"
    """Others must approve it."""
    BROKEN = "broken"
    """Somebody breaks the glass."""
    RUNNING = "running"
    DONE = "done"
    EFFECT = "effect"
    """Its effect is seen."""
    NO_EFFECT = "no-effect"
    NOTHING = "nothing"
    """It is certain that nothing was done."""
    DOUBT = "doubt"
    UNSURE = "unsure"
    """No look can tell whether it happened."""


@dataclass(frozen=True)
class Supposed:
    """One case, with the timeline up to it."""

    case: Case
    state: Incident
    events: tuple[Event, ...]


@dataclass(frozen=True)
class _Line:
    """A timeline that is told on without what would follow elsewhere."""

    state: Incident
    events: tuple[Event, ...]
    context: Context

    def then(self, command: Command, by: str = BOT) -> "_Line":
        context = replace(self.context, by=by)
        bodies = decide(self.state, command, context)
        more = numbered(bodies, self.state.seq, context.now, by)
        return replace(
            self, state=folded(self.state, more), events=(*self.events, *more)
        )

    def step(self, ref: StepRef) -> StepState:
        return self.state.runs[ref.run - 1].steps[ref.step - 1]

    def at(self, case: Case) -> Supposed:
        return Supposed(case, self.state, self.events)


def supposed(
    state: Incident, events: Sequence[Event], act: c.Intend, context: Context
) -> Iterator[Supposed]:
    """Yield what may be the case after `context.by` presses Run on the step's plan.

    The step must be ready as of `context.now`, or NotNow is raised.
    """
    # One look for the effect stands for all that are taken in growing intervals.
    rules = replace(context.rules, verify=context.rules.verify[-1:])
    line = _Line(state, tuple(events), replace(context, rules=rules))
    run = c.Press(act.step, Verb.RUN, plan=plan_digest(act.plan))
    line = line.then(run, context.by)
    yield line.at(Case.PRESSED)
    line = line.then(act)
    approval = line.step(act.step).approval
    if approval is not None:
        yield from _leave(line, act.step, approval)
        line = _approved(line, act.step, approval).then(act)
    yield line.at(Case.RUNNING)
    yield from _outcomes(line, act.step)


def _leave(line: _Line, ref: StepRef, approval: Approval) -> Iterator[Supposed]:
    yield line.at(Case.AWAITING)
    if approval.breakers:
        broken = c.Press(ref, Verb.BREAK_GLASS, WORDS, approval.digest)
        yield line.then(broken, BREAKER).at(Case.BROKEN)


def _approved(line: _Line, ref: StepRef, approval: Approval) -> _Line:
    approve = c.Press(ref, Verb.APPROVE, plan=approval.digest)
    for number in range(1, approval.lacking + 1):
        line = line.then(approve, f"{APPROVER} {number}")
    return line


def _outcomes(line: _Line, ref: StepRef) -> Iterator[Supposed]:
    attempt = line.step(ref).attempt
    done = line.then(c.Finish(ref, attempt, ok=True, detail=OUTCOME))
    yield done.at(Case.DONE)
    if done.step(ref).status is StepStatus.VERIFYING:
        yield _looked(done, ref, ok(SEEN)).at(Case.EFFECT)
        yield _looked(done, ref, unknown(SEEN)).at(Case.NO_EFFECT)
    nothing = c.Finish(ref, attempt, ok=False, detail=NOTHING_DONE)
    yield line.then(nothing).at(Case.NOTHING)
    doubt = line.then(c.Doubt(ref, attempt, NO_ANSWER))
    yield doubt.at(Case.DOUBT)
    unsure = c.Clear(ref, attempt, happened=None, detail=NO_ANSWER)
    yield doubt.then(unsure).at(Case.UNSURE)


def _looked(line: _Line, ref: StepRef, finding: Finding) -> _Line:
    step = line.step(ref)
    seen = witnessed(finding, source=step.step.verify or "", at=line.context.now)
    return line.then(c.ReportCheck(step.calls[-1], seen, took=0.0))


def by_hand(step: StepState, after: Event, by: str) -> tuple[Event, ...]:
    """Return that people did what the step asks of them, whatever they answer.

    `after` is the last event before it; empty if the step waits for nobody's deed.
    """
    if step.status is not StepStatus.OPEN:
        return ()
    told = WORDS if step.step.asks else None
    witnesses = tuple(f"{WITNESS} {one}" for one in range(1, ATTESTERS + 1))
    attesting = step.step.kind is StepKind.ATTEST
    bodies: list[tuple[str, e.Body]] = [
        (one, e.StepAttested(step=step.ref, answers={}, words=told))
        for one in (witnesses if attesting else ())
    ]
    done = e.StepSettled(
        step=step.ref, how="confirmed", words=None if attesting else told
    )
    bodies.append((witnesses[-1] if attesting else by, done))
    return tuple(
        Event(seq, after.at, who, body)
        for seq, (who, body) in enumerate(bodies, after.seq + 1)
    )


def as_if(
    incident: str,
    events: Sequence[Event],
    instead: Mapping[int, tuple[Event, ...]],
    context: Context,
) -> tuple[Event, ...]:
    """Return the timeline with other events in place of some, by their numbers.

    At its end `context.by` resolves the incident, whatever its checks say.
    """
    told: list[Event] = []
    looks: dict[int, int] = {}
    for event in events:
        for one in instead.get(event.seq, (event,)):
            body = _renumbered(one.body, looks)
            told.append(Event(len(told) + 1, one.at, one.by, body))
    line = _Line(fold(incident, told), tuple(told), context)
    return line.then(c.Resolve(anyway=True), context.by).events


def _renumbered(body: e.Body, looks: dict[int, int]) -> e.Body:
    """Give each look that is asked for the next number, and its report the same."""
    if isinstance(body, e.ChecksRequested):
        first = max(looks.values(), default=0) + 1
        numbers = {one.number: at for at, one in enumerate(body.calls, first)}
        looks.update(numbers)
        calls = tuple(
            one.model_copy(update={"number": numbers[one.number]}) for one in body.calls
        )
        return body.model_copy(update={"calls": calls})
    if isinstance(body, e.CheckReported):
        return body.model_copy(update={"number": looks[body.number]})
    return body
