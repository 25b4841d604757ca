"""What the lines of a log add up to: causes of errors, signals, largest numbers.

Read from `signals.toml`, whose head explains the words.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from bot.cohrtz.logs.template import Template

_SQLITE = re.compile(rb"SqliteException\((\d{1,9})\)")
PRIMARY = 0xFF
"""SQLite's primary code is the low byte of an extended one."""

READ = 2048
"""Bytes of an error's text that are looked at."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cause(_Strict):
    """What the text of an error says."""

    id: str
    says: tuple[str, ...] = ()
    sqlite: tuple[int, ...] = ()


class Term(_Strict):
    """Lines that a signal counts."""

    templates: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class Signal(_Strict):
    """A fact that counts lines."""

    name: str
    means: str
    fault: bool = False
    counts: tuple[Term, ...] = ()
    sum: tuple[str, ...] = ()


class Largest(_Strict):
    """A fact that is the greatest number seen."""

    name: str
    means: str
    templates: tuple[str, ...]
    variable: str


class Signals(_Strict):
    """All that is known of what lines mean together."""

    causes: tuple[Cause, ...] = Field(alias="cause")
    signals: tuple[Signal, ...] = Field(alias="signal")
    largest: tuple[Largest, ...]


def parse_signals(text: str, templates: Sequence[Template]) -> Signals:
    """Read the file; raise ValueError if it names what there is not."""
    read = Signals.model_validate(tomllib.loads(text))
    _known("template", _named_templates(read), {one.id for one in templates})
    causes = {one.id for one in read.causes}
    _known("cause", _named_causes(read), causes)
    signals = {one.name for one in read.signals}
    _known("signal", (name for one in read.signals for name in one.sum), signals)
    return read


def _known(what: str, named: Iterable[str], known: set[str]) -> None:
    strange = sorted(set(named) - known)
    if strange:
        raise ValueError(f"There is no such {what}: {', '.join(strange)}.")


def _named_templates(read: Signals) -> Iterable[str]:
    for signal in read.signals:
        for term in signal.counts:
            yield from term.templates
    for largest in read.largest:
        yield from largest.templates


def _named_causes(read: Signals) -> Iterable[str]:
    for signal in read.signals:
        for term in signal.counts:
            yield from (*term.causes, *term.without)


class CauseFinder:
    """Finds the causes of many texts; of those seen lately it knows them already."""

    LATELY = 4096
    """Texts that are kept."""

    WORTH_KEEPING = 512
    """Bytes; longer texts are not kept."""

    def __init__(self, causes: Sequence[Cause]) -> None:
        """Know the causes; no text yet."""
        self._says = tuple(
            (said.encode(), one.id) for one in causes for said in one.says
        )
        self._codes = {code: one.id for one in causes for code in one.sqlite}
        self._known: dict[bytes, tuple[str, ...]] = {}

    def find(self, text: bytes) -> tuple[str, ...]:
        """Return the causes that the text tells, each once."""
        known = self._known.get(text)
        if known is None:
            known = self._read(text[:READ])
            if len(self._known) >= self.LATELY:
                self._known.clear()
            if len(text) <= self.WORTH_KEEPING:
                self._known[text] = known
        return known

    def _read(self, text: bytes) -> tuple[str, ...]:
        said = [id_ for words, id_ in self._says if words in text]
        code = _SQLITE.search(text)
        primary = int(code[1]) & PRIMARY if code else None
        if primary in self._codes:
            said.append(self._codes[primary])
        return tuple(dict.fromkeys(said))


def fact_meanings(read: Signals) -> Mapping[str, str]:
    """Return what each of its facts means."""
    counted = {one.name: f"lines: {one.means}" for one in read.signals}
    return counted | {one.name: one.means for one in read.largest}
