"""The documents that commands print with `--json`, and the forms that they read.

`triage schema NAME` publishes them. Scripts rest on what is named here; a document may
hold more, and a script passes over what it does not know.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, RootModel

from bot.cohrtz.diagnostics import DiagnosticEvent
from bot.cohrtz.logs.document import LogDocument
from bot.cohrtz.logs.drift import Drift
from bot.core.actions import Effect
from bot.core.artefact import Kind
from bot.core.evidence import Value, Verdict
from bot.core.incident.state import StepStatus
from bot.core.incident.supposing import Case
from bot.core.runbook.pages import StepKind
from bot.core.runbook.problems import Problem

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Shape(BaseModel):
    """A part of a document; it may hold more than is named."""

    model_config = ConfigDict(frozen=True, extra="allow", serialize_by_alias=True)


class BundleFile(Shape):
    """One file that was handed over, or found in an archive."""

    name: str
    kind: Kind
    sha256: Sha256 | None
    """None: the file could not be read to its end."""
    verdict: Verdict


class BundleFact(Shape):
    """One thing that was seen."""

    name: Annotated[str, Field(pattern=r"^\w+\.\w+$")]
    value: Value
    observed_at: datetime
    source: str


class BundleRank(Shape):
    """A runbook with the guards that speak for it and against it."""

    runbook: str
    score: int
    for_: Annotated[tuple[str, ...], Field(alias="for")]
    against: tuple[str, ...]


class BundleWanted(Shape):
    """What would tell more: what, from whom, and why."""

    what: str
    from_: Annotated[str, Field(alias="from")]
    why: str


class BundleReport(Shape):
    """`triage bundle FILE… --json`."""

    files: tuple[BundleFile, ...]
    facts: tuple[BundleFact, ...]
    ranking: tuple[BundleRank, ...]
    proposed: str | None
    """A runbook's slug; null: no page has enough evidence."""
    missing: tuple[BundleWanted, ...]


class PacketVerdict(StrEnum):
    """What became of a packet's signature."""

    VALID = "valid"
    INVALID = "invalid"
    UNSIGNED = "unsigned"
    NO_KEY = "no-key"
    MALFORMED = "malformed"


class PacketLine(Shape):
    """One packet; a malformed one may have neither type nor sender."""

    type: str | None
    sender: str | None
    verdict: PacketVerdict
    reason: str | None


class PacketsReport(RootModel[tuple[PacketLine, ...]]):
    """`triage packets FILE --json`: the packets in the order of the file."""


class ImportedStep(Shape):
    """A step: its title, and the Markdown below it."""

    title: str
    body: str


class ImportedRunbook(Shape):
    """A runbook that a page holds."""

    file: str
    title: str
    steps: tuple[ImportedStep, ...]


class ImportReport(RootModel[tuple[ImportedRunbook, ...]]):
    """`triage import DIR --json`: the runbooks page by page."""


class LintProblem(Shape):
    """One thing that keeps a page from being used; `hint` may be empty."""

    file: str
    line: Annotated[int, Field(ge=1)]
    message: str
    hint: str


class LintReport(RootModel[tuple[LintProblem, ...]]):
    """`triage lint --json`: the problems by file and line; empty: there are none."""

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Self:
        """Return the document that tells of these problems."""
        return cls(tuple(LintProblem(**one.model_dump()) for one in problems))


class CoverageCarrier(Shape):
    """A step, check, action, field, file or command that carries a line."""

    by: str
    exists: bool | None
    """None: a command of Slack, which this command line does not see."""
    does: str


class CoverageLine(Shape):
    """A line of the operations document, and what carries it."""

    section: str
    text: str
    carriers: tuple[CoverageCarrier, ...]
    carried: bool


class CoverageReport(Shape):
    """`triage coverage --json`: the lines in the document's order."""

    lines: tuple[CoverageLine, ...]


class BackupFile(Shape):
    """A file of a backup; what is not known of it is null."""

    name: str
    size: int | None
    written_at: str | None
    trouble: str | None


class BackupPart(Shape):
    """One thing that a backup must hold, and the files that hold it."""

    part: str
    found: bool
    files: tuple[BackupFile, ...]


class BackupReport(Shape):
    """`triage check backup PATH --json`."""

    verdict: str
    form: str | None
    system: str | None
    parts: tuple[BackupPart, ...]
    because: tuple[str, ...]
    rule: str
    warning: str


class RunMessage(Shape):
    """A message as it would stand in Slack, in plain words."""

    part: str
    text: str


class RunPlan(Shape):
    """What an act would touch if it ran now."""

    target: str
    blast: str
    participants: Count


class RunDemand(Shape):
    """What the policy demands before an act; a group may be `members`, for all."""

    effect: Effect
    may_run: tuple[str, ...]
    """Empty: nobody."""
    approvals: Count
    """Of distinct people, besides whoever asks."""
    may_approve: tuple[str, ...]


class RunCaps(Shape):
    """How much the policy lets an act disturb, beside what it would disturb now."""

    participants: Count
    this_one: Count | None
    """Null: nothing is planned."""
    acts_per_room_and_hour: Count
    """How many of them have begun only the running bot knows."""


class RunCase(Shape):
    """What may be the case after a press of Run, and what would be shown then."""

    case: Case
    says: str
    """When that is."""
    text: str
    """The whole message to the channel if the glass is broken; else what is new."""


class RunStep(Shape):
    """A step as it would be shown, and what would be asked before its act."""

    number: Annotated[int, Field(ge=1)]
    title: str
    kind: StepKind
    status: StepStatus
    why: str | None
    """Why it cannot go on, if it cannot."""
    plan: RunPlan | None
    demand: RunDemand | None
    """Null: the step is no act."""
    caps: RunCaps | None
    """Null: it is no act, or it only looks."""
    message: RunMessage
    after_run: tuple[RunCase, ...]
    """Empty: Run cannot be pressed now."""


class RunReport(Shape):
    """`triage run --dry-run PAGE --room R --json`."""

    runbook: str
    room: str
    participant: str | None
    proposed: str | None
    """The runbook that the looks speak for; null: no page has enough evidence."""
    messages: tuple[RunMessage, ...]
    """Those that come before the first step."""
    steps: tuple[RunStep, ...]
    summary: str | None
    """As it would be written if all were done; null: the page has no step."""


SHAPES: Mapping[str, type[BaseModel]] = {
    "backup": BackupReport,
    "bundle": BundleReport,
    "coverage": CoverageReport,
    "diagnostics": DiagnosticEvent,
    "import": ImportReport,
    "lint": LintReport,
    "logs": LogDocument,
    "packets": PacketsReport,
    "run": RunReport,
    "templates": Drift,
}
"""What is published, by name; `diagnostics` is one line of what the bot reads."""
