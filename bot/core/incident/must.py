"""What must be so before anything else is decided; else NotNow."""

from bot.core.incident.events import StepRef
from bot.core.incident.recovering import unrecovered
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import ACTING, Incident, Status, StepState, StepStatus


def be_open(state: Incident) -> None:
    """Refuse if the incident is resolved."""
    if state.status is Status.RESOLVED:
        reason = "The incident is resolved; reopen it first."
        raise NotNow(reason, by=state.settled_by, at=state.settled_at)


def be_at(state: Incident, ref: StepRef, *statuses: StepStatus) -> StepState:
    """Return the step if it stands at one of these; refuse otherwise."""
    step = state.step(ref)
    if step is None or step.status not in statuses:
        raise NotNow(f"Step {ref.step} is not at that point.")
    return step


def have_recovered(state: Incident) -> None:
    """Refuse while a rollback has not come to all rooms that it is to recover."""
    waiting = len(unrecovered(state))
    if waiting:
        of = f"{waiting} of {len(state.impacted)} rooms have no incident yet."
        how = "Resolve when each has one, or press Resolve anyway on the card."
        raise NotNow(f"{of} {how}")


def not_act(state: Incident) -> None:
    """Refuse while an act may be under way, or is in doubt."""
    step = state.run.current() if state.run else None
    if step and step.status in ACTING:
        reason = f"Step {step.number} is acting, or in doubt: settle it first."
        raise NotNow(reason, by=step.by, at=step.at)
