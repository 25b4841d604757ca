"""What is said to the confined process and what it may answer; both are checked.

The process reads files that nobody trusts, so its answer is trusted no more than they.
"""

from datetime import datetime
from typing import Annotated

from pydantic import AllowInfNan, BaseModel, ConfigDict, Field, StringConstraints

from bot.artefacts.limits import MAX_FACTS, MAX_FILE, MAX_MEMBERS, Limits
from bot.artefacts.shape import Asked
from bot.core.artefact import Kind
from bot.core.evidence import Verdict

_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)
_FactName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,59}$")
]
_Key = Annotated[str, StringConstraints(max_length=200)]
_Text = Annotated[str, StringConstraints(max_length=2_000)]
_Int = Annotated[int, Field(ge=-(2**63), lt=2**63)]
_Float = Annotated[float, AllowInfNan(False)]  # noqa: FBT003  pydantic's own form
_Value = bool | _Int | _Float | _Text
_Sha256 = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{64})?$")]
_Facts = Annotated[dict[_FactName, _Value], Field(max_length=MAX_FACTS)]
_Digest = dict[_Key, _Value | dict[_Key, _Value]]


class Question(BaseModel):
    """What the incident says, on its way to the readers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    room: str | None = None
    participant: str | None = None
    since: datetime | None = None

    @classmethod
    def of(cls, asked: Asked) -> "Question":
        """Make it of what was asked."""
        return cls(room=asked.room, participant=asked.participant, since=asked.since)

    def asked(self) -> Asked:
        """Return what was asked."""
        return Asked(self.room, self.participant, self.since)


class Copy(BaseModel):
    """A file to compare, and what reading it gave for that."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    digest: _Digest = {}


class Order(BaseModel):
    """What the process shall do: read one file, or compare several of a kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scratch: str
    """Its private folder: the only place where it may write."""
    limits: Limits
    question: Question = Question()
    read: str | None = None
    compare: tuple[Copy, ...] = ()
    of: Annotated[str, StringConstraints(max_length=40)] | None = None
    """The comparer that shall compare."""


class Said(BaseModel):
    """A verdict with its words and facts."""

    model_config = _STRICT

    verdict: Annotated[Verdict, Field(strict=False)]
    headline: _Text
    facts: _Facts = {}
    failed: _Text | None = None
    """Where our own code failed, without values; then the verdict is unknown."""


class Seen(Said):
    """One file: the one that was asked for, or a member of it."""

    member: Annotated[int, Field(ge=0, lt=MAX_MEMBERS)] | None = None
    """Its number in the scratch folder; None: the file itself."""
    names: Annotated[tuple[_Text, ...], Field(strict=False, max_length=3)] = ()
    """Its name in the zip, and that of the zip in the zip; raw."""
    kind: Annotated[Kind, Field(strict=False)]
    sha256: _Sha256
    """Of the original bytes; empty for a member that could not be unpacked."""
    size: Annotated[int, Field(ge=0, le=MAX_FILE)]
    digest: _Digest = {}


class Answer(BaseModel):
    """All that the process may say."""

    model_config = _STRICT

    layers: Annotated[
        dict[Annotated[str, StringConstraints(max_length=40)], bool],
        Field(max_length=12),
    ] = {}
    """What confines it, and whether it holds."""
    seen: Annotated[
        tuple[Seen, ...], Field(strict=False, max_length=MAX_MEMBERS + 1)
    ] = ()
    compared: Said | None = None
