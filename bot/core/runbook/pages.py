"""Runbooks and their steps, as a page was read: frozen, and stored with an incident.

An incident keeps the steps and the page's hash, so a page that is changed later does
not change a run that has begun.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel


class StepKind(StrEnum):
    """Who does a step."""

    CONFIRM = "confirm"
    """A person does it and says so."""
    CHECK = "check"
    """The bot looks."""
    ACTION = "action"
    """The bot does it after a person's press."""


class Call(BaseModel, frozen=True):
    """A check or an action, and what it is asked; `{name}` is filled from inputs."""

    name: str
    params: Mapping[str, Any] = {}


class Step(BaseModel, frozen=True):
    """One thing to do, in the page's order."""

    title: str
    """The step's first sentence, as plain text."""
    body: str = ""
    """The rest of the step as Markdown, without the fences meant for the bot."""
    kind: StepKind = StepKind.CONFIRM
    call: Call | None = None
    when: str | None = None
    """A guard: the step is done only while this holds (see bot.core.guard)."""
    verify: str | None = None
    """The check that must turn ok after the action."""
    fresh: timedelta | None = None
    """How old the facts of `when` may be; None: the guard's default."""
    line: int = 1


class Runbook(BaseModel, frozen=True):
    """A page that the bot can walk someone through."""

    slug: str
    """The file's name without `.md`; of one section, with `#section` behind it."""
    title: str
    symptoms: tuple[str, ...] = ()
    for_: tuple[str, ...] = ()
    """Guards over facts that speak for this page."""
    against: tuple[str, ...] = ()
    """Guards over facts that rule this page out."""
    fresh: timedelta | None = None
    """How old the facts of its guards may be; None: the guard's default."""
    owner: str = ""
    """Who answers for the page; empty if it does not say."""
    reviewed: date | None = None
    """When a person last read it through; None if it does not say."""
    steps: tuple[Step, ...]
    sha256: str
    """Of the file's bytes."""


Library = Mapping[str, Runbook]
