"""Compares what a checkout of the app logs with the table of templates.

A call that only moved, to another line or file, is no drift. A text that is gone and
one that is new in the same file, under the same tag and much like it, is one change.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from pydantic import BaseModel

from bot.cohrtz.logs.dart import HOLE, Logged, Source
from bot.cohrtz.logs.template import Template

ALIKE = 0.6
"""How alike two texts must be, of 1, to be one that was changed."""

_VARIABLE = re.compile(r"\{[A-Za-z]+\}")
_HOLES = re.compile(f"{HOLE}+")


class Line(BaseModel, frozen=True):
    """One place that logs."""

    where: str
    """`file:line`."""
    tag: str
    level: str
    follows: str
    text: str
    """With `{}` for what is put in."""

    @property
    def file(self) -> str:
        """Return the file's name without its folders: the table has no more."""
        return self.where.rpartition(":")[0].rpartition("/")[2]

    @property
    def said(self) -> tuple[str, str, str, str]:
        """Return what is printed, wherever."""
        return self.tag, self.level, self.follows, self.text


class Gone(BaseModel, frozen=True):
    """A place of the table that the checkout has no more."""

    id: str
    line: Line


class Changed(BaseModel, frozen=True):
    """A place that says something else now."""

    id: str
    was: Line
    now: Line


class Drift(BaseModel, frozen=True):
    """How a checkout differs from the table."""

    files: int
    """Files that were read."""
    lines: int
    """Places that log, of which the text is known."""
    new: tuple[Line, ...]
    gone: tuple[Gone, ...]
    changed: tuple[Changed, ...]
    unreadable: tuple[str, ...]
    """Places whose text is put together in a way that cannot be told."""

    @property
    def any(self) -> bool:
        """Say whether the table would not know the checkout's logs."""
        return bool(self.new or self.gone or self.changed)


def drift(sources: Mapping[str, Source], templates: Sequence[Template]) -> Drift:
    """Compare files, by path, with the table."""
    found = [
        _line(f"{path}:{one.line}", one)
        for path, source in sorted(sources.items())
        for one in source.logged
    ]
    new, gone = _left(found, [one for table in templates for one in _sites(table)])
    changed = _pairs(new, gone)
    paired = {one.now.where for one in changed}
    past = {one.was.where for one in changed}
    return Drift(
        files=len(sources),
        lines=len(found),
        new=tuple(one for one in new if one.where not in paired),
        gone=tuple(one for one in gone if one.line.where not in past),
        changed=changed,
        unreadable=tuple(
            f"{path}:{line}"
            for path, source in sorted(sources.items())
            for line in source.unreadable
        ),
    )


def _line(where: str, logged: Logged) -> Line:
    return Line(
        where=where,
        tag=logged.tag,
        level=logged.level,
        follows=logged.follows,
        text=_HOLES.sub("{}", logged.text.partition("\n")[0]),
    )


def _sites(template: Template) -> Iterable[Gone]:
    text = _HOLES.sub("{}", _VARIABLE.sub(HOLE, template.text))
    for site in template.sites:
        line = Line(
            where=site,
            tag=template.tag,
            level=template.level,
            follows=template.follows,
            text=text,
        )
        yield Gone(id=template.id, line=line)


def _left(
    found: Sequence[Line], known: Sequence[Gone]
) -> tuple[list[Line], list[Gone]]:
    """Return what is left on both sides when each place has found its like.

    First in files of the same name, then anywhere.
    """
    new, gone = list(found), list(known)
    for same_file in (True, False):
        waiting: dict[tuple[str, ...], list[Gone]] = {}
        for one in gone:
            waiting.setdefault(_key(one.line, same_file=same_file), []).append(one)
        still = []
        for line in new:
            like = waiting.get(_key(line, same_file=same_file))
            if like:
                like.pop(0)
            else:
                still.append(line)
        new, gone = still, [one for like in waiting.values() for one in like]
    return new, gone


def _key(line: Line, *, same_file: bool) -> tuple[str, ...]:
    return (line.file if same_file else "", *line.said)


def _pairs(new: Sequence[Line], gone: Sequence[Gone]) -> tuple[Changed, ...]:
    """Pair what is new with what is gone, the most alike first."""
    alike = sorted(
        (
            (_likeness(one.line, line), one, line)
            for one in gone
            for line in new
            if (one.line.file, one.line.tag) == (line.file, line.tag)
        ),
        key=lambda found: (-found[0], found[1].line.where, found[2].where),
    )
    taken: set[str] = set()
    pairs = []
    for likeness, one, line in alike:
        free = not {one.line.where, line.where} & taken
        if likeness >= ALIKE and free:
            taken |= {one.line.where, line.where}
            pairs.append(Changed(id=one.id, was=one.line, now=line))
    return tuple(pairs)


def _likeness(one: Line, other: Line) -> float:
    return SequenceMatcher(None, one.text, other.text, autojunk=False).ratio()
