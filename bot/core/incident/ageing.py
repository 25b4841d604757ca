"""A button that makes the bot act rests on facts, and facts grow old.

As soon as they are too old the button goes, and their checks are run again by
themselves; it comes back when they still say that it may. That ends when nobody has
touched the step for a while, or an open incident would look around for ever.
"""

from collections.abc import Iterator
from typing import Final

from bot.core.incident import events as e
from bot.core.incident.commands import Context
from bot.core.incident.events import BOT, Body, Purpose
from bot.core.incident.guards import Gate, gate
from bot.core.incident.looks import sources
from bot.core.incident.press import regard
from bot.core.incident.state import Incident, Look, StepState

UNATTENDED: Final = 12
"""How often facts are looked at again without anybody touching the step: an hour's
worth, at the five minutes that a fact usually lasts."""


def refreshed(state: Incident, step: StepState, context: Context) -> tuple[Body, ...]:
    """Return what follows for a step that is ready, now that time has passed."""
    seen = gate(state, step, context.now)
    if seen.holds:
        return ()
    if seen.stale and _may_look(state, step, seen, context):
        return regard(state, step, context)
    if seen.passes:
        return (passed(step, seen),)
    return (e.StepReached(step=step.ref, barred=seen.why),)


def passed(step: StepState, seen: Gate) -> Body:
    """Return that the step is passed over, as its guard says."""
    return e.StepSettled(
        step=step.ref, how="passed", words=seen.why, rests_on=seen.rests_on
    )


def _may_look(state: Incident, step: StepState, seen: Gate, context: Context) -> bool:
    times = {look.asked_at for look in _unattended(state, step)}
    return len(times) < UNATTENDED and bool(sources(seen.names, context.rules))


def _unattended(state: Incident, step: StepState) -> Iterator[Look]:
    """Yield the looks at its guard's facts since a person last touched the step."""
    since = step.at or state.runs[step.ref.run - 1].at
    for number in step.calls:
        look = state.looks[number]
        by_itself = look.call.purpose is Purpose.GUARD and look.asked_by == BOT
        if by_itself and look.asked_at > since:
            yield look
