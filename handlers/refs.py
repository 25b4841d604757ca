"""What buttons and forms carry: compact JSON, written by us and read strictly.

Slack hands back what a message or a form was drawn with. What comes back is never
trusted: it names an incident, a step, a page, and whoever presses is authorised
against the state as it is then. Text that is not exactly what `encoded` writes is
refused with UsageError: it is old, cut or made up. Slack's limits are 2,000
characters for a button's value and 3,000 for private_metadata (docs.slack.dev,
block-elements and views); every ref stays within 2,000 bytes.
"""

from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.core.incident.events import StepRef
from bot.core.incident.state import Verb
from bot.errors import UsageError

PREFIX: Final = "triage:"
START: Final = "triage:start"
REQUEST: Final = "triage:request"
RESOLVE: Final = "triage:resolve"
RESOLVE_ANYWAY: Final = "triage:resolve-anyway"
REOPEN: Final = "triage:reopen"
MAX_BYTES: Final = 2_000
MAX_ID: Final = 64
MAX_SLUG: Final = 400
"""A longer slug (four bytes a letter) would not fit into a button's value."""
_MAX_COUNT: Final = 9_999

# An id may be quoted to whoever pressed: nothing in it may be markup of Slack's.
_Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]+$", max_length=MAX_ID)]
_Slug = Annotated[str, Field(pattern=r"^[^\x00-\x1f\\\"]+$", max_length=MAX_SLUG)]
_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{1,64}$")]
_Count = Annotated[int, Field(ge=1, le=_MAX_COUNT)]


class _Ref(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, populate_by_name=True
    )

    def encoded(self) -> str:
        """Return compact JSON with short keys; what is not set is left out."""
        return self.model_dump_json(by_alias=True, exclude_none=True)

    @classmethod
    def decoded(cls, text: str) -> Self:
        """Read what `encoded` wrote; raise UsageError on anything else."""
        if len(text.encode("utf-8", "replace")) > MAX_BYTES:
            raise _unreadable()
        try:
            ref = cls.model_validate_json(text)
        except ValidationError:
            raise _unreadable() from None
        if ref.encoded() != text:
            raise _unreadable()
        return ref


class StepButton(_Ref):
    """A button of a step; `plan` ties Run to the plan that was shown."""

    incident: _Id = Field(alias="i")
    run: _Count = Field(alias="r")
    step: _Count = Field(alias="s")
    plan: _Digest | None = Field(default=None, alias="p")

    @property
    def ref(self) -> StepRef:
        """The step that it belongs to."""
        return StepRef(self.run, self.step)


class IncidentButton(_Ref):
    """Resolve, Resolve anyway and Reopen."""

    incident: _Id = Field(alias="i")


class StartButton(_Ref):
    """Start a page."""

    incident: _Id = Field(alias="i")
    slug: _Slug = Field(alias="b")


class RequestButton(_Ref):
    """Ask for a look that the ranking lacks."""

    incident: _Id = Field(alias="i")
    check: _Id = Field(alias="c")


class FormKind(StrEnum):
    """Which form it is."""

    OPEN = "open"
    WORDS = "words"
    ANSWERS = "answers"


class FormMemo(_Ref):
    """What a form must remember: where it was opened, and about what.

    `incident`, `run`, `step` and `verb` are set on a form that asks about a step.
    """

    kind: FormKind = Field(alias="k")
    channel: _Id = Field(alias="c")
    incident: _Id | None = Field(default=None, alias="i")
    run: _Count | None = Field(default=None, alias="r")
    step: _Count | None = Field(default=None, alias="s")
    verb: Verb | None = Field(default=None, alias="v")
    plan: _Digest | None = Field(default=None, alias="p")
    """What the button showed that the form was opened by."""

    @property
    def ref(self) -> StepRef | None:
        """The step that it is about, if it is about one."""
        if self.run is None or self.step is None:
            return None
        return StepRef(self.run, self.step)


def action_of(verb: Verb) -> str:
    """Return the action id of a step's button, `triage:<verb>`."""
    return f"{PREFIX}{verb}"


def verb_of(action_id: str) -> Verb:
    """Return the verb of a step's button; raise UsageError if it has none."""
    for verb in Verb:
        if action_id == action_of(verb):
            return verb
    raise UsageError("This button is of another version; use the newest message.")


def _unreadable() -> UsageError:
    return UsageError(
        "This button or form cannot be read; it may be of another version. "
        "Use the newest message, or /triage status."
    )
