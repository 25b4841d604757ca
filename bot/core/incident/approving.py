"""Approvals: asked for, given, declined, void; and the glass that is broken. Pure.

A request comes into being when the engine is about to act and the policy wants others
to approve. It binds what would be done (`binding.Bound`). With enough approvals the
engine tries again: it plans anew, and what differs from what was bound voids them all.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.core.actions import Effect
from bot.core.incident import approval_events as a
from bot.core.incident import events as e
from bot.core.incident.binding import Bound, what_changed
from bot.core.incident.commands import Context, Intend, Press, Rules, Withhold
from bot.core.incident.events import Body
from bot.core.incident.guards import gate
from bot.core.incident.refusal import NotNow, NotYours
from bot.core.incident.state import Approval, Incident, StepState, StepStatus
from bot.core.policy import DEED_OF, Deed

TOUCHES: Final = "What it would touch has changed."
OVER: Final = "The time to approve it is over."
PAGE: Final = "The page was changed, or taken away, since it was asked for."
GONE: Final = ""
"""In place of a page's hash: the library does not have the page any more."""


def bind(state: Incident, step: StepState, command: Intend, context: Context) -> Bound:
    """Return what an approval of this act is bound to, as things are now."""
    action, rules = (step.step.call.name if step.step.call else ""), context.rules
    effect = rules.effect(action)
    known = {**state.facts, **state.told}
    names = gate(state, step, context.now).names
    return Bound(
        incident=state.id,
        run=step.ref.run,
        step=step.ref.step,
        asked_by=step.by or "",
        action=action,
        effect=effect,
        params=command.params,
        plan=command.plan,
        page_hash=_page_now(state, step, rules),
        facts={name: known[name].value for name in names if name in known},
        needed=rules.policy.approvals[effect],
    )


def _page_now(state: Incident, step: StepState, rules: Rules) -> str:
    """Return the hash of the step's page as it is now; a run keeps the steps it had."""
    page = rules.library.get(state.runs[step.ref.run - 1].slug)
    return page.sha256 if page else GONE


def not_yet(step: StepState, bound: Bound, context: Context) -> tuple[Body, ...]:
    """Return what happens instead of the act, if it may not be done yet."""
    approval = step.approval
    if approval is None:
        return (_request(step, bound, context),) if bound.needed else ()
    if bound.digest() != approval.digest:
        changed = what_changed(approval.bound, bound) or "what was bound"
        why = f"Since it was asked for, this has changed: {changed}."
        again = e.ActionPrepared(step=step.ref, plan=bound.plan, changed=True)
        return (*void(step, "changed", why), again)
    if over := expired(step, context.now):
        return over
    if approval.lacking:
        raise NotNow(f"It lacks {approval.lacking} approvals.")
    return ()


def _request(step: StepState, bound: Bound, context: Context) -> Body:
    policy = context.rules.policy
    life = timedelta(minutes=policy.approval_minutes) / context.rules.pace
    return a.ApprovalAsked(
        step=step.ref,
        asked_by=bound.asked_by,
        action=bound.action,
        effect=bound.effect,
        params=bound.params,
        plan=bound.plan,
        page_hash=bound.page_hash,
        facts=bound.facts,
        needed=bound.needed,
        digest=bound.digest(),
        expires=context.now + life,
        approvers=tuple(sorted(policy.may[Deed.APPROVE])),
        breakers=tuple(sorted(policy.may[Deed.BREAK_GLASS])),
    )


def approve(
    state: Incident, step: StepState, command: Press, context: Context
) -> tuple[Body, ...]:
    """Count one approval, of somebody who has neither asked nor approved yet.

    Raises NotYours for anybody else.
    """
    approval = _shown(state, step, command, context)
    if why := _why_not(approval, context.by):
        ruling = context.rules.policy.ruling(Deed.APPROVE, why)
        raise NotYours(ruling, step.ref)
    return (a.ApprovalGiven(step=step.ref, digest=approval.digest),)


def _why_not(approval: Approval, person: str) -> str | None:
    """Say why somebody who may approve does not count here; None: they do."""
    if person == approval.bound.asked_by:
        return "You asked for it yourself; somebody else must approve it."
    if person in approval.given_by:
        return "You have approved it already; somebody else must, too."
    return None


def decline(
    state: Incident, step: StepState, command: Press, context: Context
) -> tuple[Body, ...]:
    """Take the request back, with a reason; whoever asked for it may do so too."""
    approval = _shown(state, step, command, context)
    words = command.words or ""
    declined = a.ApprovalDeclined(step=step.ref, digest=approval.digest, words=words)
    return (declined,)


def break_glass(
    state: Incident, step: StepState, command: Press, context: Context
) -> tuple[Body, ...]:
    """Let it run without the approvals that it lacks, with a reason."""
    approval = _shown(state, step, command, context)
    broken = a.GlassBroken(
        step=step.ref,
        digest=approval.digest,
        words=command.words or "",
        lacking=approval.lacking,
    )
    return (broken,)


def _shown(
    state: Incident, step: StepState, command: Press, context: Context
) -> Approval:
    """Return the request, if it is the one that the person saw and still counts."""
    approval = step.approval
    if approval is None or command.plan != approval.digest:
        raise NotNow("The button showed an older request; read it again, then press.")
    if over := lapsed(state, step, context):
        raise NotNow(over[0].why)
    return approval


def lapsed(
    state: Incident, step: StepState, context: Context
) -> tuple[a.ApprovalVoided, ...]:
    """Void what waits too long, or whose page is another now, even if approved."""
    approval = step.approval
    if approval is None:
        return ()
    if approval.bound.page_hash != _page_now(state, step, context.rules):
        return void(step, "changed", PAGE)
    return expired(step, context.now)


def expired(step: StepState, now: datetime) -> tuple[a.ApprovalVoided, ...]:
    """Void what has waited too long, even if it was approved in time."""
    approval = step.approval
    return void(step, "expired", OVER) if approval and now >= approval.expires else ()


def voided_by(step: StepState, follows: Sequence[Body]) -> tuple[Body, ...]:
    """Void what was approved if the step's guard holds it back now."""
    for one in follows:
        if isinstance(one, e.StepReached) and one.barred:
            return void(step, "held", one.barred)
        if isinstance(one, e.StepSettled):
            return void(step, "held", one.words or "")
    return ()


def void(
    step: StepState, cause: Literal["changed", "expired", "held"], why: str
) -> tuple[a.ApprovalVoided, ...]:
    """Return what makes the request count no more, if there is one."""
    if step.approval is None:
        return ()
    digest = step.approval.digest
    return (a.ApprovalVoided(step=step.ref, digest=digest, cause=cause, why=why),)


def rests_on(step: StepState, effect: Effect) -> Iterator[tuple[Deed, str]]:
    """Yield on whose leave the act rests: who asked, who approved, who broke glass."""
    if step.by is not None:
        yield DEED_OF[effect], step.by
    if step.approval is None:
        return
    for person in step.approval.given_by:
        yield Deed.APPROVE, person
    if step.approval.glass_by is not None:
        yield Deed.BREAK_GLASS, step.approval.glass_by


def withhold(state: Incident, command: Withhold, _: Context) -> tuple[Body, ...]:
    """Do not act: somebody on whom it rests may not any more."""
    step, ruling = state.step(command.step), command.ruling
    if step is None or step.status is not StepStatus.ASKED or ruling.why is None:
        raise NotNow(f"Step {command.step.step} is not at that point.")
    refused = a.ActionRefused(
        step=step.ref,
        person=command.person,
        deed=ruling.deed,
        why=ruling.why,
        could=ruling.could,
    )
    return (refused,)
