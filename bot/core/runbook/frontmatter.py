"""What a page says of itself above its text.

A page is *ours* if its front matter has one of the keys that mean something to the bot,
or a fence for it. Front matter of other systems is passed over: only its title is read.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from bot.core.expression import did_you_mean
from bot.core.guard import Guard, GuardError
from bot.core.runbook.catalogue import Catalogue
from bot.core.runbook.mapping import Entries, Entry, read_mapping
from bot.core.runbook.problems import Flaw

KEYS = (
    "title",
    "symptoms",
    "for",
    "against",
    "fresh",
    "owner",
    "reviewed",
)
REPORTED = ("room", "participant", "packet_type", "request_id", "incident")
"""The inputs that a page may name: those that a report has, given or not, and the
incident's id, by which a check asks for the incident's files."""

_YAML = re.compile(
    r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*$\n?", re.MULTILINE | re.DOTALL
)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n.*?^\+\+\+[ \t]*$\n?", re.MULTILINE | re.DOTALL)
_OURS = re.compile(r"^(?:symptoms|for|against|fresh)[ \t]*:", re.MULTILINE)
_DURATION = re.compile(r"\s*(\d{1,6})\s*([smhd])\s*")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class FrontMatter(BaseModel, frozen=True):
    """What the front matter says; absent keys have their defaults."""

    title: str = ""
    symptoms: tuple[str, ...] = ()
    for_: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    fresh: timedelta | None = None
    owner: str = ""
    reviewed: date | None = None


class Head(BaseModel, frozen=True):
    """The front matter's source, and the text below it on its own lines."""

    yaml: str
    body: str
    """The page with the front matter's rows made empty, so that line numbers stay."""

    @property
    def is_ours(self) -> bool:
        """Whether one of the keys is there that mean something to the bot."""
        return _OURS.search(self.yaml) is not None


def split(text: str) -> Head:
    """Cut the front matter off a page; TOML's is dropped."""
    found = _YAML.match(text) or _TOML.match(text)
    if not found:
        return Head(yaml="", body=text)
    yaml = found.groupdict().get("yaml") or ""
    return Head(yaml=yaml, body="\n" * found[0].count("\n") + text[found.end() :])


def foreign_title(head: Head) -> str:
    """Return the title that another system's front matter gives, if it can be read."""
    found = read_mapping(head.yaml, 2)
    titles = (entry.value for entry in found.entries if entry.key == "title")
    return " ".join(str(next(titles, None) or "").split())


def read_front_matter(
    head: Head, catalogue: Catalogue
) -> tuple[FrontMatter, tuple[Flaw, ...]]:
    """Read our front matter; what is wrong is left at its default and reported."""
    found = read_mapping(head.yaml, 2)
    known = [entry for entry in found.entries if entry.key in KEYS]
    flaws = [*found.flaws, *_unknown(found)]
    values: dict[str, Any] = {}
    for entry in known:
        value, wrong = _read(entry, catalogue)
        flaws += wrong
        if value is not None and not wrong:
            values[_FIELDS.get(entry.key, entry.key)] = value
    return FrontMatter(**values), tuple(flaws)


_FIELDS = {"for": "for_"}


def read_duration(value: object) -> timedelta | None:
    """Read `90s`, `5m`, `1h` or `1d`; None if it is not that, or is zero."""
    found = _DURATION.fullmatch(str(value))
    length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
    return length or None


def guard_flaws(text: str, line: int, catalogue: Catalogue) -> Iterator[Flaw]:
    """Say what is wrong with a guard: its grammar, or facts that nobody yields."""
    try:
        guard = Guard.parse(text)
    except GuardError as wrong:
        words = f"in the guard `{text[:80]}`, column {wrong.column}: {wrong.message}"
        yield Flaw(line=line, message=words, hint=wrong.hint)
        return
    for name in guard.names:
        if name not in catalogue.facts:
            hint = did_you_mean(name, tuple(sorted(catalogue.facts)))
            words = f"no check yields the fact '{name}', so this guard is never told."
            yield Flaw(line=line, message=words, hint=hint)


def _unknown(found: Entries) -> Iterator[Flaw]:
    for entry in found.entries:
        if entry.key not in KEYS:
            hint = did_you_mean(entry.key, KEYS) or f"There are {', '.join(KEYS)}."
            words = f"front matter has no '{entry.key}'."
            yield Flaw(line=entry.line, message=words, hint=hint)


def _read(entry: Entry, catalogue: Catalogue) -> tuple[object, list[Flaw]]:
    """Return an entry's value as its key wants it, and what is wrong with it."""
    if entry.key in {"title", "owner"}:
        return _line(entry)
    if entry.key == "fresh":
        return read_fresh(entry)
    if entry.key == "reviewed":
        return _day(entry)
    texts, flaws = _texts(entry)
    if entry.key in {"for", "against"}:
        for text, line in zip(texts, entry.lines, strict=False):
            flaws += guard_flaws(text, line, catalogue)
    return texts, flaws


def _line(entry: Entry) -> tuple[object, list[Flaw]]:
    if isinstance(entry.value, str) and entry.value.strip():
        return " ".join(entry.value.split()), []
    words = f"'{entry.key}' must be a text."
    return None, [Flaw(line=entry.line, message=words, hint="Put quotes around it.")]


def read_fresh(entry: Entry) -> tuple[timedelta | None, list[Flaw]]:
    """Read how old facts may be."""
    length = read_duration(entry.value)
    if length is not None:
        return length, []
    hint = "Write, say, 90s, 5m, 1h or 1d."
    words = f"'{entry.key}' must be a length of time."
    return None, [Flaw(line=entry.line, message=words, hint=hint)]


def _day(entry: Entry) -> tuple[object, list[Flaw]]:
    if isinstance(entry.value, date) and not isinstance(entry.value, datetime):
        return entry.value, []
    hint = "Write it like 2026-11-23."
    return None, [Flaw(line=entry.line, message="'reviewed' must be a day.", hint=hint)]


def _texts(entry: Entry) -> tuple[tuple[str, ...], list[Flaw]]:
    if entry.value is None:
        return (), []
    members = entry.value if isinstance(entry.value, list) else [None]
    if all(isinstance(member, str) for member in members):
        return tuple(members), []
    at = next(n for n, member in enumerate(members) if not isinstance(member, str))
    line = entry.lines[at] if entry.lines else entry.line
    words = f"'{entry.key}' must be a list of texts."
    return (), [Flaw(line=line, message=words, hint="Put quotes around each.")]
