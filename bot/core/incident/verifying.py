"""Looking for an act's effect: the verify check, tried at growing intervals."""

from collections.abc import Mapping
from typing import Any

from bot.core.incident.commands import Context
from bot.core.incident.events import Body, Purpose
from bot.core.incident.looks import Want, ask, last_number
from bot.core.incident.state import Incident, StepState
from bot.core.runbook.fill import fill


def first_verify(
    state: Incident, step: StepState, context: Context
) -> tuple[Body, ...]:
    """Ask for the first look after an act, if the page names a check for it."""
    return next_verify(state, step, context, tried=0)


def next_verify(
    state: Incident, step: StepState, context: Context, *, tried: int
) -> tuple[Body, ...]:
    """Ask for the look after `tried` ones; the last of the rule's delays is final."""
    check, delays = step.step.verify, context.rules.verify
    if check is None:
        return ()
    want = Want(
        check,
        verify_params(state, step, context.rules.takes.get(check, frozenset())),
        Purpose.VERIFY,
        step=step.ref,
        due=context.now + delays[min(tried, len(delays) - 1)],
        final=tried >= len(delays) - 1,
    )
    return (ask([want], last_number(state)),)


def verify_params(
    state: Incident, step: StepState, takes: frozenset[str]
) -> Mapping[str, Any]:
    """Return the action's parameters and its baseline, as far as the check takes them.

    The baseline (which session there was, since when) is what tells the effect of the
    act from what was there before it.
    """
    call, plan = step.step.call, step.plan
    asked = fill(call.params, state.inputs()) if call else {}
    known = {**asked, **(plan.baseline if plan else {})}
    return {name: value for name, value in known.items() if name in takes}
