"""Runbooks and their steps, as a page was read: frozen, and stored with an incident.

An incident keeps the steps and the page's hash, so a page that is changed later does
not change a run that has begun.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from bot.core.report import Subject


class StepKind(StrEnum):
    """Who does a step."""

    CONFIRM = "confirm"
    """A person does it and says so."""
    CHECK = "check"
    """The bot looks."""
    ACTION = "action"
    """The bot does it after a person's press."""
    STOP = "stop"
    """Nothing goes on while its guard holds, or cannot be told."""
    ATTEST = "attest"
    """Two different people say what they saw, one after the other."""


CALLING = (StepKind.CHECK, StepKind.ACTION)
"""The kinds that name a check or an action."""


class AskKind(StrEnum):
    """What an answer is."""

    LINK = "link"
    NUMBER = "number"
    NAME = "name"
    CHOICE = "choice"


class Ask(BaseModel, frozen=True):
    """A question to whoever confirms a step; the answer stays on the timeline."""

    name: str
    question: str
    kind: AskKind
    choices: tuple[str, ...] = ()
    """Of a choice: what can be answered."""


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
    """A guard: the step is done only while this holds (see bot.core.guard).

    Of a stop: nothing goes on while it holds.
    """
    only_if: str | None = None
    """A guard, `if` on the page: while it does not hold, the step is passed over."""
    asks: tuple[Ask, ...] = ()
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
    about: Subject = Subject.ROOM
    """What it is for; only pages about rooms are ranked."""
    owner: str = ""
    """Who answers for the page; empty if it does not say."""
    reviewed: date | None = None
    """When a person last read it through; None if it does not say."""
    steps: tuple[Step, ...]
    sha256: str
    """Of the file's bytes."""


Library = Mapping[str, Runbook]
