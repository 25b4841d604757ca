"""What the lines of a log add up to: causes of errors, signals, largest numbers.

Read from `signals.toml`, whose head explains the words.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from bot.cohrtz.logs.template import Template


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


def fact_meanings(read: Signals) -> Mapping[str, str]:
    """Return what each of its facts means."""
    counted = {one.name: f"lines: {one.means}" for one in read.signals}
    return counted | {one.name: one.means for one in read.largest}
