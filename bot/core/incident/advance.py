"""What follows by itself: ranking, the next step's turn, trying again, resolving.

`advance` is asked after every change, and again when a timer is due; it returns the
events that follow now, or none. `pending` names the work that waits for the engine.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.guard import DEFAULT_FRESH
from bot.core.incident import events as e
from bot.core.incident.ageing import passed, refreshed
from bot.core.incident.approving import lapsed, voided_by
from bot.core.incident.commands import Context
from bot.core.incident.events import Body, Purpose, StepRef
from bot.core.incident.file_events import Offered
from bot.core.incident.guards import Gate, gate
from bot.core.incident.looks import (
    RANKED,
    Inputs,
    ask,
    first_looks,
    last_number,
    opening,
    sources,
)
from bot.core.incident.press import look, regard
from bot.core.incident.state import (
    ACTING,
    HELD,
    Incident,
    Look,
    Status,
    StepState,
    StepStatus,
)
from bot.core.incident.verifying import next_verify
from bot.core.ranking import rank
from bot.core.report import Subject
from bot.core.runbook.pages import CALLING, StepKind


@dataclass(frozen=True)
class Work:
    """What the engine has to do: `looks` side by side, or one thing with a step."""

    looks: tuple[Look, ...] = ()
    prepare: StepRef | None = None
    act: StepRef | None = None
    settle: StepRef | None = None
    files: tuple[Offered, ...] = ()
    """Files to be fetched and read, together: some are compared with one another."""

    def __bool__(self) -> bool:
        """Say whether there is anything to do."""
        waits = self.looks or self.files or self.prepare or self.act or self.settle
        return bool(waits)


def advance(state: Incident, context: Context) -> tuple[Body, ...]:
    """Return what follows from the state by itself, now; empty if nothing does."""
    if state.status is Status.RESOLVED:
        return ()
    if first := first_looks(state, context):
        return (ask(first, last_number(state)),)
    if state.status is Status.RESOLVING and (ended := _resolution(state)):
        return ended
    if _may_rank(state):
        return _ranking(state, context)
    for step in _under_way(state):
        follows = _step_follows(state, step, context)
        if follows:
            return follows
    return ()


def pending(state: Incident, now: datetime, settle: tuple[timedelta, ...]) -> Work:
    """Return the work that can be done now.

    A file that was taken before the incident was resolved is read all the same.
    """
    files = tuple(state.waiting.values())
    if state.status is Status.RESOLVED:
        return Work(files=files)
    looks = tuple(one for one in state.unreported() if _look_due(one, now))
    step = state.run.current() if state.run else None
    if step is None:
        return Work(looks=looks, files=files)
    return Work(
        looks=looks,
        files=files,
        prepare=step.ref if step.status is StepStatus.PREPARING else None,
        act=step.ref if _may_act(state, step) else None,
        settle=step.ref if _settle_due(step, now, settle) else None,
    )


def next_due(
    state: Incident, now: datetime, settle: tuple[timedelta, ...]
) -> datetime | None:
    """Return when the next work comes due that is not due now; None if none will."""
    if state.status is Status.RESOLVED:
        return None
    times = [one.call.due for one in state.unreported() if one.call.due]
    step = state.run.current() if state.run else None
    if step and step.status is StepStatus.DOUBT:
        times.append(_settle_at(step, settle))
    if step and step.obstacle and step.obstacle.until:
        times.append(step.obstacle.until)
    if step and step.status is StepStatus.READY:
        times.extend(filter(None, [gate(state, step, now).until]))
    if step and step.approval:
        times.append(step.approval.expires)
    return min((at for at in times if at > now), default=None)


def _under_way(state: Incident) -> Iterator[StepState]:
    """Yield the step whose turn it is, and before it acts that are still verified.

    Another runbook may be started meanwhile; what came of an act is told all the same.
    """
    for run in state.runs:
        step = run.current()
        if step and (run is state.run or step.status is StepStatus.VERIFYING):
            yield step


def _resolution(state: Incident) -> tuple[Body, ...]:
    if any(state.unreported(Purpose.RESOLVE, *RANKED)):
        return ()
    step = state.run.current() if state.run else None
    if step and step.status in ACTING:
        return ()  # Run was pressed meanwhile: nothing acts on a resolved incident
    holding = state.holding()
    if holding:
        return (e.ResolveHeld(failing=holding),)
    return (e.Resolved(words=state.words, failing=state.not_ok()),)


def _may_rank(state: Incident) -> bool:
    looked = not any(state.unreported(*RANKED))
    return state.ranking is None and looked and state.report.about is Subject.ROOM


def _ranking(state: Incident, context: Context) -> tuple[Body, ...]:
    """Rank, on fresh looks: files and requests may come long after the first ones."""
    wants = opening(Inputs(state.report, state.id), context)
    if wants and _outdated(state, context.now):
        return (ask(wants, last_number(state)),)
    return (_ranked(state, context),)


def _outdated(state: Incident, now: datetime) -> bool:
    looks = state.looks.values()
    opened = (one for one in looks if one.call.purpose is Purpose.OPEN)
    began = [one.began for one in opened if one.began]
    requested = any(one.call.purpose is Purpose.REQUEST for one in looks)
    ranks_again = requested or bool(state.artefacts)
    return ranks_again and bool(began) and now - max(began) > DEFAULT_FRESH


def _ranked(state: Incident, context: Context) -> Body:
    rules = context.rules
    facts = state.facts.values()
    ranking = rank(rules.library, facts, context.now, rules.opposites)
    return e.RunbooksRanked(ranking=ranking)


def _step_follows(
    state: Incident, step: StepState, context: Context
) -> tuple[Body, ...]:
    if over := lapsed(state, step, context):
        return over
    follows = _FOLLOWS.get(step.status)
    return follows(state, step, context) if follows else ()


def _reach(state: Incident, step: StepState, context: Context) -> tuple[Body, ...]:
    blocked = _gate_follows(state, step, context)
    if blocked is not None:
        return blocked
    reached = e.StepReached(step=step.ref)
    if step.step.kind is StepKind.CHECK:
        return (reached, *look(state, step))
    return (reached,)


def _let_go(state: Incident, step: StepState, context: Context) -> tuple[Body, ...]:
    """Let a step go on that new facts, from a file or another look, let go on."""
    seen = gate(state, step, context.now)
    waits_for_facts = seen.names and (step.step.call or step.step.kind not in CALLING)
    if waits_for_facts and (seen.holds or seen.passes):
        return _reach(state, step, context)
    return ()


def _gate_follows(
    state: Incident, step: StepState, context: Context
) -> tuple[Body, ...] | None:
    """Return what the guard makes follow, or None where it lets the step go on."""
    if _guard_pending(state, step):
        return ()
    seen = gate(state, step, context.now)
    if seen.holds:
        return None
    # What it rests on may have been seen before somebody mended it: look again once.
    if _should_look(step, seen, context):
        return regard(state, step, context)
    if seen.passes:
        return (passed(step, seen),)
    return (e.StepReached(step=step.ref, barred=seen.why),)


def _should_look(step: StepState, seen: Gate, context: Context) -> bool:
    fresh_look = step.guarded or step.status in HELD
    return not fresh_look and bool(sources(seen.names, context.rules))


def _still_allowed(
    state: Incident, step: StepState, context: Context
) -> tuple[Body, ...]:
    """Look whether the guard lets it act; if not, what was approved counts no more."""
    follows = _gate_follows(state, step, context) or ()
    return (*voided_by(step, follows), *follows)


def _guard_pending(state: Incident, step: StepState) -> bool:
    asked = state.unreported(Purpose.GUARD)
    return any(one.call.step == step.ref for one in asked)


def _try_again(state: Incident, step: StepState, context: Context) -> tuple[Body, ...]:
    tries = [
        state.looks[number]
        for number in step.calls[step.calls_before :]
        if state.looks[number].call.purpose is Purpose.VERIFY
    ]
    if tries and tries[-1].evidence is None:
        return ()
    return next_verify(state, step, context, tried=len(tries))


def _may_act(state: Incident, step: StepState) -> bool:
    return step.status is StepStatus.ASKED and not _guard_pending(state, step)


def _settle_due(step: StepState, now: datetime, settle: tuple[timedelta, ...]) -> bool:
    if step.status is StepStatus.RUNNING:
        return True
    if step.status is not StepStatus.DOUBT:
        return False
    return _settle_at(step, settle) <= now or now < _doubted(step)


def _look_due(one: Look, now: datetime) -> bool:
    """Say whether a look is to be taken now.

    One that was asked for later than now is: the clock was turned back since, and to
    wait for its time could take as long as it was turned back.
    """
    return one.call.due is None or one.call.due <= now or now < one.asked_at


def _settle_at(step: StepState, settle: tuple[timedelta, ...]) -> datetime:
    tries = min(max(step.doubts, 1), len(settle))
    return _doubted(step) + settle[tries - 1]


def _doubted(step: StepState) -> datetime:
    if step.doubted_at is None:
        raise ValueError("A step in doubt has the time of its doubt.")
    return step.doubted_at


_Follows = Callable[[Incident, StepState, Context], tuple[Body, ...]]
_FOLLOWS: Mapping[StepStatus, _Follows] = {
    StepStatus.WAITING: _reach,
    StepStatus.BARRED: _let_go,
    StepStatus.STOPPED: _let_go,
    StepStatus.READY: refreshed,
    StepStatus.ASKED: _still_allowed,
    StepStatus.VERIFYING: _try_again,
}
