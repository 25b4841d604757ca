"""Which deed of the policy each command of a person is: the one table. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.core.actions import Effect
from bot.core.incident import commands as c
from bot.core.incident.commands import Command, Rules
from bot.core.incident.state import Incident, StepState, StepStatus, Verb
from bot.core.policy import DEED_OF, Deed
from bot.core.runbook.pages import StepKind

BY_ENGINE: Final[frozenset[type]] = frozenset(
    {
        *(c.See, c.ReportCheck, c.Prepared, c.Intend, c.Finish, c.Doubt, c.Clear),
        *(
            c.Block,
            c.Unblock,
            c.Refuse,
            c.Withhold,
            c.Propose,
            c.Spread,
            c.Receive,
            c.Compare,
        ),
    }
)
"""What no person asks for: the bot tells it of itself."""

VERBS: Final[Mapping[Verb, Deed | None]] = {
    Verb.CONFIRM: Deed.CONFIRM,
    Verb.SKIP: Deed.CONFIRM,  # but to override a stop: see `_overridden`
    Verb.FAIL: Deed.CONFIRM,
    Verb.LOOK_AGAIN: Deed.LOOKS,
    Verb.RUN: None,
    Verb.PREPARE: None,
    Verb.HAPPENED: None,
    Verb.NOT_HAPPENED: None,
    Verb.APPROVE: Deed.APPROVE,
    Verb.DECLINE: Deed.APPROVE,
    Verb.BREAK_GLASS: Deed.BREAK_GLASS,
}
"""The deed of each press; None: the deed of the action's own effect."""


def deed_of(state: Incident, command: Command, by: str, rules: Rules) -> Deed:
    """Return the deed that a person's command is; raise KeyError if it is none."""
    known = _DEEDS[type(command)]
    return known if isinstance(known, Deed) else known(state, command, by, rules)


def _pressed(state: Incident, command: c.Press, by: str, rules: Rules) -> Deed:
    step, deed = state.step(command.step), VERBS[command.verb]
    if command.verb is Verb.DECLINE and _has_asked(step, by):
        return Deed.CONFIRM  # whoever asked may withdraw it
    if command.verb is Verb.SKIP and step and step.status is StepStatus.STOPPED:
        return _overridden(state, step, rules)
    if deed is not None:
        return deed
    call = step.step.call if step else None
    return DEED_OF[rules.effect(call.name if call else "")]


def _overridden(state: Incident, stop: StepState, rules: Rules) -> Deed:
    """Return the deed of the furthest-reaching act that the stop keeps from running."""
    behind = state.runs[stop.ref.run - 1].steps[stop.number :]
    calls = (one.step.call for one in behind if one.step.kind is StepKind.ACTION)
    effects = {rules.effect(call.name if call else "") for call in calls}
    disturbing = (one for one in _FURTHEST_FIRST if one in effects)
    return next((DEED_OF[one] for one in disturbing), Deed.CONFIRM)


_FURTHEST_FIRST: Final = (Effect.IRREVERSIBLE, Effect.ROOM, Effect.ONE_PARTICIPANT)


def _has_asked(step: StepState | None, by: str) -> bool:
    approval = step.approval if step else None
    return approval is not None and approval.bound.asked_by == by


_DEEDS: Final[Mapping[type, Deed | Callable[[Incident, Any, str, Rules], Deed]]] = {
    c.Request: Deed.LOOKS,
    c.Start: Deed.CONFIRM,
    c.Press: _pressed,
    c.Resolve: Deed.RESOLVE,
    c.Reopen: Deed.RESOLVE,
    c.Recover: Deed.POLICY_BOUND,
    c.Offer: Deed.CONFIRM,
}
