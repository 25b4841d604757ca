"""What may be asked of an incident, by people and by the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.core.actions import Effect, Plan
from bot.core.artefact import Artefact
from bot.core.evidence import Evidence
from bot.core.incident.events import StepRef
from bot.core.incident.file_events import Offered
from bot.core.incident.state import Verb
from bot.core.locks import Obstacle
from bot.core.opposites import Opposite
from bot.core.policy import Policy, Ruling
from bot.core.report import Report
from bot.core.runbook.pages import Library, Runbook
from bot.core.transitions import Transition

DEFAULT_VERIFY = tuple(timedelta(seconds=s) for s in (2, 5, 10, 20, 40))
"""When an act's effect is looked for: the app rejoins within 30 s (cohrtz timers)."""

DEFAULT_SETTLE = tuple(timedelta(seconds=s) for s in (0, 3, 10))
"""When a doubt is looked into; after the last try a person is asked."""


@dataclass(frozen=True)
class Rules:
    """What the core must know of pages, checks and pace to decide."""

    library: Library
    opening: tuple[str, ...]
    """The checks that every new incident runs."""
    takes: Mapping[str, frozenset[str]]
    """The parameters of each check."""
    yields: Mapping[str, str]
    """The check that yields each fact."""
    verify: tuple[timedelta, ...] = DEFAULT_VERIFY
    settle: tuple[timedelta, ...] = DEFAULT_SETTLE
    opposites: tuple[Opposite, ...] = ()
    """Which facts contradict each other."""
    on_request: frozenset[str] = frozenset()
    """The checks that a person may ask for when the ranking lacks their facts."""
    policy: Policy = field(default_factory=Policy)
    """Who may do what, how many must approve, and what is capped."""
    effects: Mapping[str, Effect] = field(default_factory=dict)
    """How far each action reaches; one that is not listed is irreversible."""
    pace: float = 1.0
    """How many times faster than in life an approval's time runs; for rehearsals."""

    def effect(self, action: str) -> Effect:
        """Return how far the action reaches."""
        return self.effects.get(action, Effect.IRREVERSIBLE)


@dataclass(frozen=True)
class Context:
    """Who asks, when, and under which rules."""

    by: str
    now: datetime
    rules: Rules


@dataclass(frozen=True)
class Open:
    """Open an incident; `files` were handed over with the report."""

    report: Report
    channel: str
    files: tuple[Offered, ...] = ()


@dataclass(frozen=True)
class See:
    """Tell of recorded transitions."""

    transitions: tuple[Transition, ...]
    cut: bool = False
    """There were more, older ones than could be read."""


@dataclass(frozen=True)
class ReportCheck:
    """Tell what a look saw."""

    number: int
    evidence: Evidence
    took: float


@dataclass(frozen=True)
class Request:
    """Ask for a look that the ranking lacks; the pages are ranked anew after it."""

    check: str


@dataclass(frozen=True)
class Start:
    """Start a page."""

    runbook: Runbook


@dataclass(frozen=True)
class Press:
    """Do one of the things that a step's state allows.

    `plan` is the plan that the person saw when pressing Run: another one is refused.
    `answers` is what was typed or chosen, by the names of the step's asks.
    """

    step: StepRef
    verb: Verb
    words: str | None = None
    plan: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """Tell what an action would touch, or why it cannot be run now."""

    step: StepRef
    plan: Plan | None
    why: str = ""


@dataclass(frozen=True)
class Block:
    """Tell that an action may not begin now, and what it would touch."""

    step: StepRef
    plan: Plan
    obstacle: Obstacle


@dataclass(frozen=True)
class Unblock:
    """Tell that what blocked an action is gone."""

    step: StepRef


@dataclass(frozen=True)
class Intend:
    """Write down that the bot is about to act on this plan."""

    step: StepRef
    plan: Plan
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finish:
    """Tell an act's certain outcome."""

    step: StepRef
    attempt: int
    ok: bool
    detail: str


@dataclass(frozen=True)
class Doubt:
    """Tell that an act's outcome is not known."""

    step: StepRef
    attempt: int
    why: str


@dataclass(frozen=True)
class Clear:
    """Tell what the probe says of a doubt."""

    step: StepRef
    attempt: int
    happened: bool | None
    detail: str


@dataclass(frozen=True)
class Refuse:
    """Tell that the policy did not let a person do something, and who could."""

    ruling: Ruling
    step: StepRef | None = None


@dataclass(frozen=True)
class Withhold:
    """Tell that a person on whom the act rests is not allowed any more."""

    step: StepRef
    person: str
    ruling: Ruling


@dataclass(frozen=True)
class Resolve:
    """Resolve, after the failing checks were run again; `anyway`: whatever they say."""

    words: str | None = None
    anyway: bool = False


@dataclass(frozen=True)
class Reopen:
    """Go on with a resolved incident."""

    words: str | None = None


@dataclass(frozen=True)
class Propose:
    """Tell a release that a rollback trigger has tripped."""

    trigger: str
    needed: int
    incidents: tuple[str, ...]
    rooms: tuple[str, ...]


@dataclass(frozen=True)
class Recover:
    """Ask a rollback to recover rooms, at most `most` in all."""

    rooms: tuple[str, ...]
    most: int


@dataclass(frozen=True)
class Spread:
    """Tell a rollback that a room has its recovery incident."""

    room: str
    incident: str
    slug: str | None


@dataclass(frozen=True)
class Offer:
    """Hand over files."""

    files: tuple[Offered, ...]


@dataclass(frozen=True)
class Receive:
    """Tell what was read in a file that was handed over; of a zip, its members too."""

    file: str
    artefacts: tuple[Artefact, ...]


@dataclass(frozen=True)
class Compare:
    """Tell what comparing files showed; `of` is what was compared, as `copies`."""

    of: str
    names: tuple[str, ...]
    evidence: Evidence


Command = (
    See
    | ReportCheck
    | Request
    | Start
    | Press
    | Prepared
    | Block
    | Unblock
    | Intend
    | Finish
    | Doubt
    | Clear
    | Refuse
    | Withhold
    | Resolve
    | Reopen
    | Propose
    | Recover
    | Spread
    | Offer
    | Receive
    | Compare
)
