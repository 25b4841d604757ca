"""Cuts the values of variables out of many lines, and only those that are wanted.

Only what is safe to tell is ever kept: identities, names of packet types and states,
numbers, and of rooms how many there are. All lines of a block are cut together,
literal by literal, as calling Python for each line alone is too slow.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from numpy import strings

from bot.cohrtz.logs.forms import middles
from bot.cohrtz.logs.fresh import Fresh
from bot.cohrtz.logs.heads import Mask, Numbers
from bot.cohrtz.logs.lines import Lines
from bot.cohrtz.logs.signals import Largest
from bot.cohrtz.logs.template import PEERS, ROOMS, TELLING, Template

DIAG = "crdt-service.diag-total-rows"
"""The template that tells how many rows a table has."""

STATES = frozenset(["state", "newState"])

ROOM, PEER, TYPE, STATE, CAUSE = "room", "peer", "type", "state", "cause"
TABLE, ROWS = "table", "rows"
UNWANTED = -1

SHORT = 128
"""Bytes of a line that are searched together with those of others."""

_One = TypeVar("_One")
Literals = npt.NDArray[np.bytes_]


@dataclass(frozen=True)
class Cut:
    """Where the values of one kind stand, and the form of the line of each."""

    kind: str
    forms: Numbers
    starts: Numbers
    ends: Numbers


@dataclass(frozen=True)
class _Spans:
    """Where values stand."""

    kinds: Numbers
    lines: Numbers
    starts: Numbers
    ends: Numbers

    def only(self, those: Mask) -> "_Spans":
        at = np.flatnonzero(those)
        return _Spans(self.kinds[at], self.lines[at], self.starts[at], self.ends[at])


@dataclass(frozen=True)
class CutTable:
    """How the lines of each template are cut, by its number."""

    kind_names: tuple[str, ...]
    heads: Numbers
    tails: Numbers
    steps: Numbers
    """How many literals stand between variables."""
    literals: Literals
    """By step and template."""
    lengths: Numbers
    kinds: Numbers
    """By variable and template: the number of its kind, or that it is not wanted."""
    last: Numbers
    """The same, of those variables behind which no literal is looked for."""

    @property
    def busy(self) -> Mask:
        """Say of which templates lines must be looked at one by one."""
        busy: Mask = (self.steps > 0) | (self.kinds != UNWANTED).any(axis=0)
        return busy

    def cut(
        self, lines: Lines, at: Numbers, fresh: Mapping[str, Fresh]
    ) -> tuple[list[Cut], Numbers]:
        """Cut these lines; return the values, and the lines that lack a literal.

        Head and tail are known to be there. Of kinds that `fresh` has, only values
        that were not seen before are returned. The leftmost place of each literal is
        taken, so this never goes back.
        """
        spans: list[_Spans] = []
        missed = np.zeros(len(lines.forms), np.bool_)
        left, forms = at, lines.forms[at]
        starts = lines.tags[at] + self.heads[forms]
        limits = lines.ends[at] - self.tails[forms]
        for step in range(len(self.kinds)):
            spans.append(_wanted(self.last[step][forms], left, starts, limits))
            goes_on = np.flatnonzero(self.steps[forms] > step)
            if not len(goes_on):
                break
            left, forms = left[goes_on], forms[goes_on]
            starts, limits = starts[goes_on], limits[goes_on]
            found = _found(lines, self.literals[step][forms], starts, limits)
            good = np.flatnonzero(found >= 0)
            if len(good) < len(found):
                missed[left[found < 0]] = True
                left, forms = left[good], forms[good]
                starts, limits, found = starts[good], limits[good], found[good]
            spans.append(_wanted(self.kinds[step][forms], left, starts, found))
            starts = found + self.lengths[step][forms]
        return list(self._cuts(lines, spans, missed, fresh)), np.flatnonzero(missed)

    def _cuts(
        self,
        lines: Lines,
        spans: Sequence[_Spans],
        missed: Mask,
        fresh: Mapping[str, Fresh],
    ) -> Iterator[Cut]:
        kept = [one.only(~missed[one.lines]) if missed.any() else one for one in spans]
        kinds = np.concatenate([one.kinds for one in kept])
        order = np.argsort(kinds.astype(np.int8), kind="stable")
        at = np.concatenate([one.lines for one in kept])[order]
        starts = np.concatenate([one.starts for one in kept])[order]
        ends = np.concatenate([one.ends for one in kept])[order]
        bounds = np.searchsorted(kinds[order], range(len(self.kind_names) + 1))
        for name, (first, end) in zip(
            self.kind_names, pairwise(bounds.tolist()), strict=True
        ):
            if first < end:
                mine = slice(first, end)
                cut = Cut(name, lines.forms[at[mine]], starts[mine], ends[mine])
                yield _new(lines, cut, fresh[name]) if name in fresh else cut


def _wanted(kinds: Numbers, lines: Numbers, starts: Numbers, ends: Numbers) -> _Spans:
    at = np.flatnonzero(kinds >= 0)
    return _Spans(kinds[at], lines[at], starts[at], ends[at])


def _new(lines: Lines, cut: Cut, fresh: Fresh) -> Cut:
    """Return what was not seen before."""
    at = fresh.pick(lines.words, cut.starts, cut.ends)
    return Cut(cut.kind, cut.forms[at], cut.starts[at], cut.ends[at])


def _found(
    lines: Lines, literals: Literals, starts: Numbers, limits: Numbers
) -> Numbers:
    """Return where each literal stands in its part of the text, -1 if nowhere.

    Most parts are short, and are searched together, which takes a third of the time.
    """
    found: Numbers = np.full(len(starts), -1, np.int64)
    lengths = limits - starts
    short = np.flatnonzero((lengths >= 0) & (lengths <= SHORT))
    begins = starts[short]
    count = len(lines.text) - SHORT
    parts = np.ndarray((count,), f"S{SHORT}", lines.text, strides=(1,))
    at = strings.find(parts[begins], literals[short], 0, lengths[short])
    found[short] = np.where(at >= 0, at + begins, -1)
    long = np.flatnonzero(lengths > SHORT)
    spans = (literals[long].tolist(), starts[long].tolist(), limits[long].tolist())
    found[long] = list(map(lines.text.find, *spans))
    return found


def cut_table(templates: Sequence[Template], largest: Sequence[Largest]) -> CutTable:
    """Return how the lines of each template are cut."""
    names = (
        ROOM,
        PEER,
        TYPE,
        STATE,
        CAUSE,
        TABLE,
        ROWS,
        *(one.name for one in largest),
    )
    number_of = {name: number for number, name in enumerate(names)}
    between = [middles(one) for one in templates]
    wanted = [
        [number_of.get(kind, UNWANTED) for kind in _kinds(one, largest)]
        for one in templates
    ]
    widest = max(len(steps) for steps in between)
    literals = np.array([_filled(one, widest + 1, b"") for one in between])
    kinds = np.array([_filled(row, widest + 1, UNWANTED) for row in wanted], np.int64).T
    steps = _numbers(len(steps) for steps in between)
    is_last = np.arange(widest + 1)[:, np.newaxis] == steps
    return CutTable(
        kind_names=names,
        heads=_numbers(len(one.literals[0]) for one in templates),
        tails=_numbers(len(_tail(one)) for one in templates),
        steps=steps,
        literals=literals.T.copy(),
        lengths=strings.str_len(literals.T),
        kinds=kinds.copy(),
        last=np.where(is_last, kinds, UNWANTED),
    )


def _numbers(values: Iterable[int]) -> Numbers:
    return np.array(list(values), np.int64)


def _filled(row: Sequence[_One], width: int, nothing: _One) -> list[_One]:
    return [*row, *[nothing] * (width - len(row))]


def _tail(template: Template) -> bytes:
    closed = not template.open and template.variables
    return template.literals[-1] if closed else b""


def _kinds(template: Template, largest: Sequence[Largest]) -> list[str]:
    """Return the kind of each variable on the line; an empty one is not wanted."""
    variables = template.variables[: template.sure + template.open]
    if template.id == DIAG:
        return [TABLE, ROWS]
    numbers = {
        one.variable: one.name for one in largest if template.id in one.templates
    }
    return [_kind(name, numbers) for name in variables]


def _kind(variable: str, numbers: Mapping[str, str]) -> str:
    groups = ((ROOM, ROOMS), (PEER, PEERS), (STATE, STATES), (CAUSE, TELLING))
    for kind, names in groups:
        if variable in names:
            return kind
    return TYPE if variable == "TYPE" else numbers.get(variable, "")
