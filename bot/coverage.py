"""What carries each line of the source document: a step, check, field, file or command.

The lines stand word for word in coverage.toml. What a carrier names must exist, so that
the mapping cannot rot: a line whose carrier is gone is reported as not carried.
"""

import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from pydantic import BaseModel

from bot.actions import ACTIONS
from bot.artefacts.readers import READERS
from bot.checks import CHECKS
from bot.core.report import Report
from bot.core.runbook.pages import Library

FILE = Path(__file__).with_name("coverage.toml")


class Line(BaseModel, frozen=True, extra="forbid"):
    """A line of the source document, and what carries it."""

    section: str
    text: str
    by: tuple[str, ...]
    """Each `kind:name`."""


class Carrier(BaseModel, frozen=True):
    """One thing that carries a line."""

    by: str
    exists: bool | None
    """None: it is a command in Slack, which this side of the bot cannot see."""
    does: str = ""
    """What it is, in a few words."""


class Covered(BaseModel, frozen=True):
    """A line with its carriers looked up."""

    section: str
    text: str
    carriers: tuple[Carrier, ...]

    @property
    def is_carried(self) -> bool:
        """Say whether it has carriers, and none is missing."""
        known = [one.exists for one in self.carriers]
        return bool(known) and False not in known


def lines() -> tuple[Line, ...]:
    """Return the lines of the source document in order."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(Line.model_validate(one) for one in found["line"])


def covered(library: Library) -> tuple[Covered, ...]:
    """Look up what carries each line, with the pages as they are now."""
    find = _finders(library)
    return tuple(
        Covered(
            section=line.section,
            text=line.text,
            carriers=tuple(_carrier(by, find) for by in line.by),
        )
        for line in lines()
    )


_Find = Callable[[str], str | None]
"""Return what a name of its kind does; None if there is no such thing."""


def _carrier(by: str, find: Mapping[str, _Find]) -> Carrier:
    kind, _, name = by.partition(":")
    if kind == "slack":
        return Carrier(by=by, exists=None, does=f"/triage {name}")
    does = find[kind](name) if kind in find else None
    return Carrier(by=by, exists=does is not None, does=does or "")


def _finders(library: Library) -> dict[str, _Find]:
    return {
        "step": partial(_step, library),
        "check": _check,
        "action": _action,
        "field": _field,
        "file": _file,
        "command": _command,
    }


def _step(library: Library, name: str) -> str | None:
    slug, _, number = name.partition("/")
    book = library.get(slug)
    if book is None or not number.isdecimal() or not 0 < int(number) <= len(book.steps):
        return None
    step = book.steps[int(number) - 1]
    return f"{step.kind} {step.call.name}" if step.call else f"{step.kind}"


def _check(name: str) -> str | None:
    return CHECKS[name].TITLE if name in CHECKS else None


def _action(name: str) -> str | None:
    return ACTIONS[name].TITLE if name in ACTIONS else None


def _field(name: str) -> str | None:
    return "a field of the report" if name in Report.model_fields else None


def _file(name: str) -> str | None:
    kinds = {reader.KIND for reader in READERS}
    return "a file that is read" if name in kinds else None


def _command(name: str) -> str | None:
    return f"triage {name}" if find_spec(f"bot.cli.{name}") else None
