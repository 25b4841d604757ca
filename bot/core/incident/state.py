"""What an incident's events add up to: frozen values, made by `apply` alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.actions import Plan
from bot.core.artefact import Artefact
from bot.core.evidence import Evidence, Fact, Value, Verdict
from bot.core.incident.binding import Bound
from bot.core.incident.events import BOT, CheckCall, Purpose, StepRef
from bot.core.incident.file_events import ArtefactsCompared, Offered
from bot.core.incident.release_events import RecoveryOpened, RollbackProposed
from bot.core.locks import Obstacle
from bot.core.ranking import Ranking
from bot.core.report import Report
from bot.core.runbook.pages import Step
from bot.core.transitions import Counted, Transition


class Status(StrEnum):
    """Where the incident stands."""

    OPEN = "open"
    RESOLVING = "resolving"
    """The failing checks are being run again."""
    HELD = "held"
    """Somebody asked to resolve, and checks still fail or cannot tell."""
    RESOLVED = "resolved"


class StepStatus(StrEnum):
    """Where a step stands."""

    WAITING = "waiting"
    OPEN = "open"
    LOOKING = "looking"
    ATTENTION = "attention"
    """The check did not turn out ok."""
    BARRED = "barred"
    """The guard does not hold, or cannot be told."""
    STOPPED = "stopped"
    """A stop: its guard holds, or cannot be told."""
    PREPARING = "preparing"
    READY = "ready"
    UNREADY = "unready"
    BLOCKED = "blocked"
    """Another incident acts on its target, or a cap is reached."""
    ASKED = "asked"
    AWAITING = "awaiting"
    """Others must approve what was asked for."""
    RUNNING = "running"
    DOUBT = "doubt"
    UNSURE = "unsure"
    VERIFYING = "verifying"
    UNVERIFIED = "unverified"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    PASSED = "passed"
    """It did not apply, or had nothing to stop."""


ENDED = frozenset(
    {StepStatus.DONE, StepStatus.SKIPPED, StepStatus.FAILED, StepStatus.PASSED}
)
HELD = frozenset({StepStatus.BARRED, StepStatus.STOPPED})
"""A guard holds the step back."""
ACTING = frozenset(
    {StepStatus.ASKED, StepStatus.RUNNING, StepStatus.DOUBT, StepStatus.UNSURE}
)
"""An act may be under way: nothing else may begin before it is settled."""


class Verb(StrEnum):
    """What a person may do with a step."""

    CONFIRM = "confirm"
    SKIP = "skip"
    FAIL = "fail"
    LOOK_AGAIN = "look-again"
    RUN = "run"
    PREPARE = "prepare"
    HAPPENED = "happened"
    NOT_HAPPENED = "not-happened"
    APPROVE = "approve"
    DECLINE = "decline"
    BREAK_GLASS = "break-glass"


@dataclass(frozen=True)
class Look:
    """A check that was asked for, and what it saw once it has reported."""

    call: CheckCall
    asked_at: datetime
    began: datetime | None = None
    """When it was taken; None until it has reported."""
    evidence: Evidence | None = None
    seq: int = 0
    took: float = 0.0
    asked_by: str = BOT


@dataclass(frozen=True)
class Attested:
    """What one person said who attests a step."""

    by: str
    at: datetime
    answers: Mapping[str, Value]
    words: str | None = None


@dataclass(frozen=True)
class Approval:
    """A request to run an action that others must approve, as far as it has come."""

    bound: Bound
    digest: str
    asked_at: datetime
    expires: datetime
    approvers: tuple[str, ...]
    """The groups that may approve, by the policy's names."""
    breakers: tuple[str, ...]
    """The groups that may break the glass."""
    given_by: tuple[str, ...] = ()
    glass_by: str | None = None
    """Who broke the glass."""

    @property
    def lacking(self) -> int:
        """How many must still approve."""
        if self.glass_by is not None:
            return 0
        return max(self.bound.needed - len(self.given_by), 0)


@dataclass(frozen=True)
class StepState:
    """A step of a run, as far as it has come."""

    ref: StepRef
    step: Step
    status: StepStatus = StepStatus.WAITING
    by: str | None = None
    """Who made the last change that a person made."""
    at: datetime | None = None
    """When that was."""
    words: str | None = None
    answers: Mapping[str, Value] = field(default_factory=dict)
    """What was answered when it was confirmed."""
    attested: tuple[Attested, ...] = ()
    """Who has attested it so far, the first one first."""
    overridden: bool = False
    """It was a stop that still held, and a person went on all the same."""
    why: str | None = None
    """Why it cannot go on, or what is in doubt."""
    plan: Plan | None = None
    obstacle: Obstacle | None = None
    """What blocks it."""
    replanned: bool = False
    """Run was pressed on another plan than this one; nothing was done."""
    attempt: int = 0
    doubts: int = 0
    doubted_at: datetime | None = None
    detail: str | None = None
    """What came of the last act."""
    calls: tuple[int, ...] = ()
    """The looks that were asked for this step, oldest first."""
    calls_before: int = 0
    """How many of `calls` there were when it was last intended."""
    guarded: bool = False
    """Its guard's checks were run for this turn."""
    approval: Approval | None = None
    """What others must approve, or have approved, and was not acted upon yet."""
    void: str | None = None
    """Why what was asked for last was not run, and must be asked for anew."""

    @property
    def number(self) -> int:
        """The step's number on its page, from 1."""
        return self.ref.step


@dataclass(frozen=True)
class Run:
    """One walk through one page."""

    number: int
    slug: str
    title: str
    page_hash: str
    steps: tuple[StepState, ...]
    by: str
    at: datetime

    def current(self) -> StepState | None:
        """Return the first step that has not ended."""
        return next((s for s in self.steps if s.status not in ENDED), None)


@dataclass(frozen=True)
class Incident:
    """One incident: the fold of its events up to `seq`."""

    id: str
    seq: int
    opened_at: datetime
    opened_by: str
    channel: str
    report: Report
    status: Status = Status.OPEN
    looks: Mapping[int, Look] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """The newest of each name."""
    fact_seq: Mapping[str, int] = field(default_factory=dict)
    """The event in which each of `facts` and `told` was told."""
    told: Mapping[str, Fact] = field(default_factory=dict)
    """What people answered in the run under way; it stands until the next begins."""
    ranking: Ranking | None = None
    proposals: tuple[RollbackProposed, ...] = ()
    """Of a release: the rollback triggers that have tripped."""
    impacted: tuple[str, ...] = ()
    """Of a rollback: the rooms that a person named."""
    asked_by: str | None = None
    """Of a rollback: who named rooms last."""
    recoveries: tuple[RecoveryOpened, ...] = ()
    """Of a rollback: the impacted rooms that have an incident of their own."""
    runs: tuple[Run, ...] = ()
    transitions: tuple[Transition, ...] = ()
    """The last ones that were listed, in order of time."""
    counted: tuple[Counted, ...] = ()
    """How many there were that nobody listed, for each participant."""
    moved_at: datetime | None = None
    """When it was told of transitions last."""
    tellings: int = 0
    """How often it was told of transitions since a person touched it."""
    touched_at: datetime | None = None
    """When a person did something with it last; None: nobody has, since the opening."""
    offered: Mapping[str, Offered] = field(default_factory=dict)
    """The files that were handed over, by id, read or not."""
    waiting: Mapping[str, Offered] = field(default_factory=dict)
    """Those of them that have not been read yet."""
    artefacts: tuple[Artefact, ...] = ()
    """What was read, oldest first; one of each content."""
    read_as: Mapping[str, str] = field(default_factory=dict)
    """The file that each content was read in, by SHA-256."""
    compared: Mapping[str, ArtefactsCompared] = field(default_factory=dict)
    """What comparing files showed last, by what was compared."""
    refusals: Mapping[str, datetime] = field(default_factory=dict)
    """When each refusal, by who, what and why, was written down last."""
    refused: int = 0
    """How many refusals were written down."""
    resolutions: int = 0
    settled_at: datetime | None = None
    settled_by: str | None = None
    words: str | None = None
    failing: tuple[str, ...] = ()

    @property
    def run(self) -> Run | None:
        """The walk that is under way: the last one started."""
        return self.runs[-1] if self.runs else None

    def inputs(self) -> dict[str, str | None]:
        """Return what a runbook page may fill in: the report, and the incident."""
        return {**self.report.inputs(), "incident": self.id}

    def step(self, ref: StepRef) -> StepState | None:
        """Return the step, or None if there is none of that number."""
        for run in self.runs:
            if run.number == ref.run and 0 < ref.step <= len(run.steps):
                return run.steps[ref.step - 1]
        return None

    def unreported(self, *purposes: Purpose) -> Iterator[Look]:
        """Yield the looks, for these purposes or any, that have not reported yet."""
        for look in self.looks.values():
            if look.evidence is None and look.call.purpose in (purposes or Purpose):
                yield look

    def latest(self) -> dict[str, Look]:
        """Return, of each check, the look that was taken last and has reported.

        A slow look may report after one that was taken later; it knows no better.
        """
        seen = [look for look in self.looks.values() if look.evidence]
        seen.sort(key=lambda look: (look.began or look.asked_at, look.seq))
        return {look.call.check: look for look in seen}

    def not_ok(self) -> tuple[str, ...]:
        """Name the checks whose last look was bad or unknown."""
        return tuple(
            name
            for name, look in self.latest().items()
            if look.evidence and look.evidence.verdict is not Verdict.OK
        )

    def holding(self) -> tuple[str, ...]:
        """Name the checks that keep the incident from being resolved unasked.

        Those that are bad, and those that were bad and cannot tell any more. One that
        could never tell does not hold it; it is named when it is resolved.
        """
        was_bad = {
            look.call.check
            for look in self.looks.values()
            if look.evidence and look.evidence.verdict is Verdict.BAD
        }
        return tuple(name for name in self.not_ok() if name in was_bad)
