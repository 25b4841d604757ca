"""The JSON document of `triage logs`: counts and places, nothing of a log's content."""

import hashlib
from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from bot.cohrtz.logs.judging import DEBUG, build_of, judge, signals_of
from bot.cohrtz.logs.signals import Signals
from bot.cohrtz.logs.tally import Mark, Tally
from bot.cohrtz.logs.template import Template
from bot.core.evidence import Value, Verdict

LISTED = 64
"""Rooms and peers that are listed; how many there are is always told."""


class Place(BaseModel, frozen=True):
    """Where a line is."""

    line: int
    """From 1."""
    at: str | None
    """Its time, as the log has it; a log may leave out year and zone."""


class TemplateCount(BaseModel, frozen=True):
    """How often a template's line occurs."""

    id: str
    tag: str
    level: str
    """D, I, W, E, or print: past the app's filter, so in release builds too."""
    items: tuple[str, ...]
    """What of the runbooks it is evidence for."""
    text: str
    count: int
    first: Place
    last: Place


class CauseCount(BaseModel, frozen=True):
    """How often an error had a cause."""

    template: str | None
    """The template that the error belongs to, if that is known."""
    cause: str
    count: int


class Named(BaseModel, frozen=True):
    """Rooms or peers: how many, and the first of them."""

    count: int
    listed: tuple[str, ...]
    """Of rooms, hashes: their names are capabilities. Of peers, identities."""


class LogDocument(BaseModel, frozen=True):
    """What `triage logs FILE --json` prints."""

    verdict: Verdict
    headline: str
    build: str
    """debug, release or unknown."""
    lines: int
    blank: int
    classified: int
    attached: int
    unknown: int
    unknown_share: float
    templates: tuple[TemplateCount, ...]
    causes: tuple[CauseCount, ...]
    signals: Mapping[str, int]
    """A signal that this build would not print, and that is not there, is left out."""
    not_visible: tuple[str, ...]
    """Signals that were left out: about them this log says nothing."""
    facts: Mapping[str, Value]
    rooms: Named
    peers: Named
    packet_types: Mapping[str, int]
    states: Mapping[str, int]
    table_rows: Mapping[str, int]
    """By table, the number of rows that was told last."""


def document(
    tally: Tally, templates: Sequence[Template], signals: Signals
) -> LogDocument:
    """Return what is printed for a log."""
    finding = judge(tally, templates, signals)
    counted = signals_of(tally, templates, signals)
    names = [*(one.name for one in signals.signals)]
    names += [one.name for one in signals.largest]
    return LogDocument(
        verdict=finding.verdict,
        headline=finding.headline,
        build=build_of(tally, templates),
        lines=tally.lines,
        blank=tally.blank,
        classified=tally.classified,
        attached=tally.attached,
        unknown=tally.unknown,
        unknown_share=round(tally.unknown_share, 4),
        templates=_templates(tally, templates),
        causes=_causes(tally),
        signals=counted,
        not_visible=tuple(name for name in names if name not in counted),
        facts=finding.facts,
        rooms=_named([hashed(name) for name in tally.rooms]),
        peers=_named(list(tally.peers)),
        packet_types=tally.types,
        states=tally.states,
        table_rows=tally.table_rows,
    )


def hashed(room: str) -> str:
    """Return a short name for a room, the same in every log, that does not open it."""
    return f"room-{hashlib.sha256(room.encode()).hexdigest()[:12]}"


def _named(names: Sequence[str]) -> Named:
    return Named(count=len(names), listed=tuple(sorted(names)[:LISTED]))


def _templates(
    tally: Tally, templates: Sequence[Template]
) -> tuple[TemplateCount, ...]:
    return tuple(
        TemplateCount(
            id=one.id,
            tag=one.tag,
            level=one.level,
            items=one.items,
            text=one.text,
            count=seen.count,
            first=_place(seen.first),
            last=_place(seen.last),
        )
        for one in templates
        if (seen := tally.templates.get(one.id))
    )


def _place(mark: Mark) -> Place:
    return Place(line=mark.line, at=mark.at)


def _causes(tally: Tally) -> tuple[CauseCount, ...]:
    return tuple(
        CauseCount(template=template or None, cause=cause, count=count)
        for (template, cause), count in sorted(tally.causes.items())
    )


def as_text(read: LogDocument) -> list[str]:
    """Return the document for a person, line by line."""
    known = f"{read.classified + read.attached} of {read.lines - read.blank}"
    lines = [
        f"{read.verdict.upper()}: {read.headline}",
        f"Build: {read.build}. Lines understood: {known}.",
        f"Rooms named: {read.rooms.count}. Peers named: {read.peers.count}.",
    ]
    if read.build != DEBUG:
        lines.append(
            "A release build prints no debug and info lines: that one is not here "
            "does not say that it did not happen."
        )
    seen = [f"{n:>9}  {name}" for name, n in read.signals.items() if n]
    lines += ["", "Signals:", *(seen or ["        none"])]
    rows = sorted(read.templates, key=lambda one: -one.count)
    lines += ["", "Lines:", *(_row(one) for one in rows)]
    if read.not_visible:
        lines += ["", f"Not to be seen in this log: {', '.join(read.not_visible)}."]
    return lines


def _row(one: TemplateCount) -> str:
    span = f"{_at(one.first)} to {_at(one.last)}" if one.count > 1 else _at(one.first)
    return f"{one.count:>9}  {one.level:<5}  [{one.tag}] {one.text.strip()}  ({span})"


def _at(place: Place) -> str:
    return f"line {place.line}" + (f", {place.at}" if place.at else "")
