"""What happens about leave to act: requests, approvals, refusals, the broken glass."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from bot.core.actions import Effect, Plan
from bot.core.evidence import Value
from bot.core.incident.step_ref import StepRef
from bot.core.policy import Deed


class ApprovalAsked(BaseModel, frozen=True):
    """An action that somebody asked for waits for others to approve exactly this."""

    kind: Literal["approval.asked"] = "approval.asked"
    step: StepRef
    asked_by: str
    action: str
    effect: Effect
    params: Mapping[str, Any]
    plan: Plan
    page_hash: str
    """Of the page as the library had it then; empty if it was gone."""
    facts: Mapping[str, Value]
    """What the step's guards rested on."""
    needed: int
    """How many people, besides whoever asked."""
    digest: str
    """SHA-256 over all that is bound: see `bot.core.incident.binding`."""
    expires: datetime
    approvers: tuple[str, ...]
    """The groups that may approve, by the policy's names."""
    breakers: tuple[str, ...]
    """The groups that may break the glass."""


class ApprovalGiven(BaseModel, frozen=True):
    """Somebody approved what the digest binds."""

    kind: Literal["approval.given"] = "approval.given"
    step: StepRef
    digest: str


class ApprovalDeclined(BaseModel, frozen=True):
    """Somebody declined, or whoever asked withdrew."""

    kind: Literal["approval.declined"] = "approval.declined"
    step: StepRef
    digest: str
    words: str


class ApprovalVoided(BaseModel, frozen=True):
    """A request and what it has gathered count no more; nothing was done."""

    kind: Literal["approval.voided"] = "approval.voided"
    step: StepRef
    digest: str
    cause: Literal["changed", "expired", "held"]
    why: str


class GlassBroken(BaseModel, frozen=True):
    """Somebody let the action run without the approvals that it needs."""

    kind: Literal["glass.broken"] = "glass.broken"
    step: StepRef
    digest: str
    words: str
    lacking: int
    """How many approvals were skipped."""


class PressRefused(BaseModel, frozen=True):
    """Somebody wanted what the policy does not let them do."""

    kind: Literal["press.refused"] = "press.refused"
    step: StepRef | None = None
    deed: Deed
    why: str
    could: tuple[str, ...] = ()
    """The groups who could."""


class ActionRefused(BaseModel, frozen=True):
    """Right before the act, somebody on whom it rests was not allowed any more."""

    kind: Literal["action.refused"] = "action.refused"
    step: StepRef
    person: str
    deed: Deed
    why: str
    could: tuple[str, ...] = ()


ApprovalBody = (
    ApprovalAsked
    | ApprovalGiven
    | ApprovalDeclined
    | ApprovalVoided
    | GlassBroken
    | PressRefused
    | ActionRefused
)
