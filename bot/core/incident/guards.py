"""Whether a step's guard lets it go on, now."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.guard import DEFAULT_FRESH, Guard, GuardError
from bot.core.incident.state import Incident, StepState


@dataclass(frozen=True)
class Gate:
    """What a guard says: `holds` None means that it cannot be told."""

    holds: bool | None
    why: str = ""
    names: tuple[str, ...] = ()
    """The facts that it reads."""
    rests_on: tuple[int, ...] = ()


def gate(state: Incident, step: StepState, now: datetime) -> Gate:
    """Weigh the step's guard over the incident's facts; no guard always holds.

    A run keeps its steps as they were written, so a guard may be one that this version
    of the language cannot read: then nothing can be told.
    """
    when = step.step.when
    if when is None:
        return Gate(holds=True)
    try:
        guard = Guard.parse(when)
    except GuardError as error:
        return Gate(holds=None, why=f"Its guard `{when}` cannot be read: {error}")
    return _weighed(guard, state, step, now)


def _weighed(guard: Guard, state: Incident, step: StepState, now: datetime) -> Gate:
    weighed = guard.weigh(state.facts, now, step.step.fresh or DEFAULT_FRESH)
    names = tuple(sorted(guard.names))
    rests = tuple(sorted({state.fact_seq[fact.name] for fact in weighed.used}))
    if weighed.holds:
        return Gate(holds=True, names=names, rests_on=rests)
    if weighed.holds is False:
        seen = ", ".join(f"{f.name} is {f.value}" for f in weighed.used)
        why = f"It waits until `{guard.text}`; now {seen or 'it does not hold'}."
        return Gate(holds=False, why=why, names=names, rests_on=rests)
    lacking = ", ".join((*weighed.missing, *weighed.stale)) or "its facts"
    why = f"It waits until `{guard.text}`; {lacking} could not be told."
    return Gate(holds=None, why=why, names=names, rests_on=rests)
