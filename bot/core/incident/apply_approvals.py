"""How events about leave to act change the state."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.core.incident import approval_events as a
from bot.core.incident.apply_steps import step_of, step_with
from bot.core.incident.binding import Bound
from bot.core.incident.events import Event
from bot.core.incident.state import Approval, Incident, StepStatus
from bot.core.policy import SAYS, who_could
from bot.core.values import replace

MAX_KEPT = 100
"""How many refusals are remembered, so that the same one is not told again."""


def _asked(state: Incident, event: Event, body: a.ApprovalAsked) -> Incident:
    bound = Bound(
        incident=state.id,
        run=body.step.run,
        step=body.step.step,
        asked_by=body.asked_by,
        action=body.action,
        effect=body.effect,
        params=body.params,
        plan=body.plan,
        page_hash=body.page_hash,
        facts=body.facts,
        needed=body.needed,
    )
    approval = Approval(
        bound=bound,
        digest=body.digest,
        asked_at=event.at,
        expires=body.expires,
        approvers=body.approvers,
        breakers=body.breakers,
    )
    waits = {"status": StepStatus.AWAITING, "plan": body.plan}
    return step_with(state, body.step, approval=approval, **waits)


def _given(state: Incident, event: Event, body: a.ApprovalGiven) -> Incident:
    given = (*_approval(state, body).given_by, event.by)
    return _so_far(state, body, given_by=given)


def _broken(state: Incident, event: Event, body: a.GlassBroken) -> Incident:
    return _so_far(state, body, glass_by=event.by)


def _so_far(
    state: Incident,
    body: a.ApprovalGiven | a.GlassBroken,
    **changes: Any,  # noqa: ANN401  the fields of Approval
) -> Incident:
    """Return the state with the approval changed; with none lacking the bot may act."""
    approval = replace(_approval(state, body), **changes)
    status = StepStatus.AWAITING if approval.lacking else StepStatus.ASKED
    return step_with(state, body.step, approval=approval, status=status, guarded=False)


def _declined(state: Incident, event: Event, body: a.ApprovalDeclined) -> Incident:
    return step_with(
        state,
        body.step,
        status=StepStatus.PREPARING,
        approval=None,
        void=body.words,
        by=event.by,
        at=event.at,
    )


def _voided(state: Incident, _: Event, body: a.ApprovalVoided) -> Incident:
    preparing = StepStatus.PREPARING
    return step_with(state, body.step, status=preparing, approval=None, void=body.why)


def _withheld(state: Incident, _: Event, body: a.ActionRefused) -> Incident:
    may_not = f"Somebody on whom it rests may not {SAYS[body.deed]} now."
    return step_with(
        state,
        body.step,
        status=StepStatus.UNREADY,
        why=f"{may_not} {who_could(body.could)}",
        plan=None,
        approval=None,
    )


def _refused(state: Incident, event: Event, body: a.PressRefused) -> Incident:
    kept = dict(state.refusals)
    kept.pop(refusal_key(event.by, body), None)
    kept[refusal_key(event.by, body)] = event.at
    newest = dict(list(kept.items())[-MAX_KEPT:])
    return replace(state, refusals=newest, refused=state.refused + 1)


def refusal_key(by: str, body: a.PressRefused) -> str:
    """Return what tells one refusal from another: who, what and why."""
    return "/".join((by, body.deed, str(body.step), body.why))


def _approval(state: Incident, body: a.ApprovalGiven | a.GlassBroken) -> Approval:
    approval = step_of(state, body.step).approval
    if approval is None:
        raise ValueError(f"Nothing waits for approval at {body.step}.")
    return approval


APPROVALS: Mapping[str, Callable[[Incident, Event, Any], Incident]] = {
    "approval.asked": _asked,
    "approval.given": _given,
    "approval.declined": _declined,
    "approval.voided": _voided,
    "glass.broken": _broken,
    "press.refused": _refused,
    "action.refused": _withheld,
}
"""What each kind of event about leave to act does."""
