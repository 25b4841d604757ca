"""Whether a step's guards let it go on, hold it back, or pass it over, now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.evidence import Fact, Value
from bot.core.guard import DEFAULT_FRESH, Guard, GuardError, Weighed
from bot.core.incident.state import Incident, StepState
from bot.core.runbook.pages import StepKind


@dataclass(frozen=True)
class Gate:
    """What the guards say: `holds` None means that it cannot be told."""

    holds: bool | None
    why: str = ""
    names: tuple[str, ...] = ()
    """The facts that they read."""
    rests_on: tuple[int, ...] = ()
    passes: bool = False
    """The step does not apply, or it is a stop that has nothing to stop."""
    stale: bool = False
    """It cannot be told since facts that were told have grown old."""
    until: datetime | None = None
    """When the first of the facts that it rests on will be too old for it."""


def gate(state: Incident, step: StepState, now: datetime) -> Gate:
    """Weigh the step's guards over the incident's facts; no guard always holds.

    `only_if` comes first: a step that certainly does not apply is passed over. A stop
    lets the runbook go on only when its `when` certainly does not hold. A run keeps its
    steps as they were written, so a guard may be one that this version of the language
    cannot read: then nothing can be told.
    """
    applies = _say(step.step.only_if, state, step, now)
    if applies.holds is not True:
        why = f"It is only for when `{step.step.only_if}`; {applies.told}."
        return _gate(applies, why, passes=applies.holds is False)
    when = _say(step.step.when, state, step, now)
    both = _both(applies, when)
    if step.step.kind is StepKind.STOP:
        return _stopping(both, step)
    return _gate(both, f"It waits until `{step.step.when}`; {when.told}.")


@dataclass(frozen=True)
class _Said:
    """What one guard says, and on what that rests."""

    holds: bool | None
    told: str = ""
    names: tuple[str, ...] = ()
    rests_on: tuple[int, ...] = ()
    stale: bool = False
    until: datetime | None = None


def _gate(said: _Said, why: str, *, passes: bool = False) -> Gate:
    return Gate(
        holds=said.holds,
        why="" if said.holds else why,
        names=said.names,
        rests_on=said.rests_on,
        passes=passes,
        stale=said.holds is None and said.stale,
        until=said.until,
    )


def _both(applies: _Said, when: _Said) -> _Said:
    """Return what `when` says, resting on both."""
    return _Said(
        holds=when.holds,
        told=when.told,
        names=tuple(sorted({*applies.names, *when.names})),
        rests_on=tuple(sorted({*applies.rests_on, *when.rests_on})),
        stale=applies.stale or when.stale,
        until=min(filter(None, (applies.until, when.until)), default=None),
    )


def _stopping(said: _Said, step: StepState) -> Gate:
    """Turn a guard round: what holds stops, and so does what cannot be told."""
    guard = f"`{step.step.when}`"
    if said.holds is False:
        why = f"Nothing to stop, as {said.told}. It stops while {guard}."
        return _gate(said, why, passes=True)
    if said.holds is None:
        why = f"It stops, as {said.told}. It goes on when this is ruled out: {guard}."
        return _gate(said, why)
    why = f"Stop, as {said.told}. It stops while {guard}."
    return Gate(holds=False, why=why, names=said.names, rests_on=said.rests_on)


def _say(text: str | None, state: Incident, step: StepState, now: datetime) -> _Said:
    if text is None:
        return _Said(holds=True)
    try:
        guard = Guard.parse(text)
    except GuardError as error:
        return _Said(holds=None, told=f"the guard cannot be read: {error}")
    known = {**state.facts, **state.told}
    fresh = step.step.fresh or DEFAULT_FRESH
    weighed = guard.weigh(known, now, fresh)
    ageing = (fact for fact in weighed.used if not fact.lasting)
    return _Said(
        holds=weighed.holds,
        told=_told(weighed),
        names=tuple(sorted(guard.names)),
        rests_on=tuple(sorted({state.fact_seq[fact.name] for fact in weighed.used})),
        stale=bool(weighed.stale),
        until=min((_too_old(fact, fresh) for fact in ageing), default=None),
    )


def _too_old(fact: Fact, fresh: timedelta) -> datetime:
    """Return the first moment at which the fact does not count any more."""
    return fact.observed_at + fresh + timedelta(microseconds=1)


def _told(weighed: Weighed) -> str:
    if weighed.holds is None and weighed.stale and not weighed.missing:
        return f"{', '.join(weighed.stale)} was seen too long ago"
    if weighed.holds is None:
        lacking = ", ".join((*weighed.missing, *weighed.stale)) or "its facts"
        return f"{lacking} could not be told"
    seen = ", ".join(f"{fact.name} is {_value(fact.value)}" for fact in weighed.used)
    return f"now {seen or 'it does not hold'}"


def _value(value: Value) -> str:
    """Return a value as the guard beside it spells it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
