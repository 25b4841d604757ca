"""An exported incident: its trail to be checked, and what it takes to draw it again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field

from bot.core.actions import Effect
from bot.core.requests import OnRequest
from bot.core.runbook.pages import Runbook
from bot.core.trail.audit import Hex32, Kept

FORMAT: Final = "cohrtz-triage bundle 1"


class TrailBundle(BaseModel, frozen=True):
    """The part that is checked; what else a bundle holds is passed over."""

    format: Literal["cohrtz-triage bundle 1"]
    incident: Annotated[str, Field(min_length=1, max_length=200)]
    events: Annotated[tuple[Kept, ...], Field(max_length=100_000)]


class Setting(BaseModel, frozen=True):
    """What messages tell beyond the incident: names, pages, reach, sources."""

    titles: Mapping[str, str]
    effects: Mapping[str, Effect]
    yields: Mapping[str, str] | None
    pages: Mapping[str, Runbook]
    """As they were read, each with the SHA-256 of its text."""
    on_request: Mapping[str, OnRequest] = {}
    """The checks that the ranking offers when it lacks what they tell."""


class DrawnMessage(BaseModel, frozen=True):
    """A message as it should stand in Slack."""

    part: str
    thread: bool
    text: str
    blocks: tuple[Mapping[str, Any], ...]


class Frame(BaseModel, frozen=True):
    """What an event made: SHA-256 of the state, and of each message that changed."""

    seq: int
    state: Hex32
    messages: Mapping[str, Hex32]


class Posted(BaseModel, frozen=True):
    """What the bot knows of a message in Slack when it was exported."""

    part: str
    channel: str
    ts: str | None
    thread_ts: str | None
    digest: str
    """The SHA-256 of the message that Slack shows; empty if it is not known."""
    state: str


class Bundle(TrailBundle, frozen=True):
    """The whole of it. Only the events are signed; the rest follows from them."""

    versions: Mapping[str, str]
    exported_at: datetime
    setting: Setting
    frames: tuple[Frame, ...]
    messages: tuple[DrawnMessage, ...]
    summary: str
    """As Markdown."""
    posted: tuple[Posted, ...] = ()
