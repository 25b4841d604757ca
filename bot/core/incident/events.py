"""What can happen to an incident: the truth is a list of these, in order."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.core.actions import Plan
from bot.core.evidence import Evidence, Value
from bot.core.incident.approval_events import ApprovalBody
from bot.core.incident.file_events import FileBody
from bot.core.incident.lock_events import ActionBlocked
from bot.core.incident.release_events import (
    RecoveryAsked,
    RecoveryOpened,
    RollbackProposed,
)
from bot.core.incident.step_ref import StepRef as StepRef  # noqa: PLC0414  also known here
from bot.core.locks import Target
from bot.core.ranking import Ranking
from bot.core.report import Report
from bot.core.runbook.pages import Step
from bot.core.transitions import Counted, Transition

BOT = "bot"
"""The actor of what the bot does by itself; people are opaque ids."""


class Purpose(StrEnum):
    """Why a check was asked for."""

    OPEN = "open"
    STEP = "step"
    GUARD = "guard"
    VERIFY = "verify"
    RESOLVE = "resolve"
    REQUEST = "request"
    """A person asked for it: the ranking lacks what it would tell."""


class CheckCall(BaseModel, frozen=True):
    """One look that was asked for; `number` is unique in the incident."""

    number: int
    check: str
    params: Mapping[str, Any]
    purpose: Purpose
    step: StepRef | None = None
    due: datetime | None = None
    """Not before this; None: at once."""
    final: bool = True
    """Of several tries to verify an act, the last."""


class _Body(BaseModel, frozen=True):
    pass


class Opened(_Body, frozen=True):
    """Somebody opened the incident."""

    kind: Literal["incident.opened"] = "incident.opened"
    report: Report
    channel: str


class TransitionsSeen(_Body, frozen=True):
    """Connection state transitions of the room were recorded."""

    kind: Literal["transitions.seen"] = "transitions.seen"
    transitions: tuple[Transition, ...]
    counted: tuple[Counted, ...] = ()
    """Those that had gathered and are not listed; see `incident.telling`."""


class ChecksRequested(_Body, frozen=True):
    """Looks were asked for."""

    kind: Literal["checks.requested"] = "checks.requested"
    calls: tuple[CheckCall, ...]


class CheckReported(_Body, frozen=True):
    """A look was taken; `took` is in seconds."""

    kind: Literal["check.reported"] = "check.reported"
    number: int
    evidence: Evidence
    took: float


class RunbooksRanked(_Body, frozen=True):
    """The pages were ranked by the evidence."""

    kind: Literal["runbooks.ranked"] = "runbooks.ranked"
    ranking: Ranking


class RunbookStarted(_Body, frozen=True):
    """Somebody started a page; its steps are kept as they stood."""

    kind: Literal["runbook.started"] = "runbook.started"
    slug: str
    title: str
    page_hash: str
    steps: tuple[Step, ...]


class StepReached(_Body, frozen=True):
    """It is this step's turn. `barred` says why its guard does not let it go on."""

    kind: Literal["step.reached"] = "step.reached"
    step: StepRef
    barred: str | None = None


class StepSettled(_Body, frozen=True):
    """The step has ended; skipping, overriding and failing need words.

    A person `overrode` a stop that still held. The bot `passed` over a step whose
    condition did not hold, or a stop that had nothing to stop.
    """

    kind: Literal["step.settled"] = "step.settled"
    step: StepRef
    how: Literal["confirmed", "skipped", "failed", "overridden", "passed"]
    words: str | None = None
    answers: Mapping[str, Value] = {}
    """What was answered to the step's asks, by their names."""
    rests_on: tuple[int, ...] = ()
    """Sequence numbers of the events whose facts the bot passed on."""


class StepAttested(_Body, frozen=True):
    """One of two people said what they saw."""

    kind: Literal["step.attested"] = "step.attested"
    step: StepRef
    answers: Mapping[str, Value]
    words: str | None = None


class ActionPrepared(_Body, frozen=True):
    """What the action would touch was looked up and is shown before the press."""

    kind: Literal["action.prepared"] = "action.prepared"
    step: StepRef
    plan: Plan
    changed: bool = False
    """Somebody had pressed Run on another plan; nothing was done."""


class ActionUnready(_Body, frozen=True):
    """The action cannot be run now, and why."""

    kind: Literal["action.unready"] = "action.unready"
    step: StepRef
    why: str


class ActionAsked(_Body, frozen=True):
    """Somebody pressed Run on the plan that was shown."""

    kind: Literal["action.asked"] = "action.asked"
    step: StepRef
    plan: Plan


class ActionIntended(_Body, frozen=True):
    """The bot is about to act: written before the world is touched."""

    kind: Literal["action.intended"] = "action.intended"
    step: StepRef
    attempt: int
    action: str
    params: Mapping[str, Any]
    plan: Plan
    page_hash: str
    """Of the page as the run has it, by which the bot acts."""
    rests_on: tuple[int, ...]
    """Sequence numbers of the events whose facts the guard held on."""
    asked_by: str
    holds: Target | None = None
    """What nobody else may act on before this is settled."""
    approved_by: tuple[str, ...] = ()
    glass_broken_by: str | None = None
    """Who let it run without the approvals that it needed."""
    approval: str | None = None
    """The digest of what was approved."""


class ActionFinished(_Body, frozen=True):
    """The act's outcome is certain."""

    kind: Literal["action.finished"] = "action.finished"
    step: StepRef
    attempt: int
    ok: bool
    detail: str


class ActionDoubted(_Body, frozen=True):
    """It is not known whether the act happened; nothing is run again."""

    kind: Literal["action.doubted"] = "action.doubted"
    step: StepRef
    attempt: int
    why: str


class ActionSettled(_Body, frozen=True):
    """The doubt was looked into; `happened` None: a person is asked."""

    kind: Literal["action.settled"] = "action.settled"
    step: StepRef
    attempt: int
    happened: bool | None
    detail: str


class ResolveAsked(_Body, frozen=True):
    """Somebody wants to resolve; the failing checks are run again first."""

    kind: Literal["resolve.asked"] = "resolve.asked"
    words: str | None = None


class ResolveHeld(_Body, frozen=True):
    """Checks still fail or cannot tell; a person must say that it is resolved."""

    kind: Literal["resolve.held"] = "resolve.held"
    failing: tuple[str, ...]


class Resolved(_Body, frozen=True):
    """The incident is over; `failing` checks were told to whoever resolved it."""

    kind: Literal["incident.resolved"] = "incident.resolved"
    words: str | None = None
    failing: tuple[str, ...] = ()


class Reopened(_Body, frozen=True):
    """The incident goes on."""

    kind: Literal["incident.reopened"] = "incident.reopened"
    words: str | None = None


class Erased(_Body, frozen=True):
    """The words of an event were erased, for privacy; its structure stays."""

    kind: Literal["body.erased"] = "body.erased"
    erased: int
    """The sequence number of the event that lost its words."""
    left: str
    """The SHA-256 of the body that is left, as it is stored."""
    why: str


Body = (
    Opened
    | TransitionsSeen
    | ChecksRequested
    | CheckReported
    | RunbooksRanked
    | RunbookStarted
    | StepReached
    | StepSettled
    | StepAttested
    | ActionPrepared
    | ActionUnready
    | ActionBlocked
    | ActionAsked
    | ActionIntended
    | ActionFinished
    | ActionDoubted
    | ActionSettled
    | ResolveAsked
    | ResolveHeld
    | Resolved
    | Reopened
    | RollbackProposed
    | RecoveryAsked
    | RecoveryOpened
    | FileBody
    | ApprovalBody
    | Erased
)


class Event(NamedTuple):
    """A body with its place in the incident's timeline."""

    seq: int
    at: datetime
    by: str
    body: Body
    link: str = ""
    """Its link of the trail, in hexadecimal; empty as long as it is not stored."""


_BODY: TypeAdapter[Body] = TypeAdapter(
    Annotated[Body, Field(discriminator="kind")],
    # What an error shows ends in a log, and a body holds what people wrote.
    config=ConfigDict(hide_input_in_errors=True),
)


def body_from_json(text: str) -> Body:
    """Read a stored body; raise pydantic.ValidationError if it is not one."""
    return _BODY.validate_json(text)
