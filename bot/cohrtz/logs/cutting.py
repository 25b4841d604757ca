"""Cuts the values of variables out of many lines, and only those that are wanted.

Only what is safe to tell is ever kept: identities, names of packet types and states,
numbers, and of rooms how many there are. All lines of a block are cut together,
literal by literal, as calling Python for each line alone is too slow.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
    literals: npt.NDArray[np.object_]
    """By step and template."""
    lengths: Numbers
    kinds: Numbers
    """By variable and template: the number of its kind, or that it is not wanted."""

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
            kinds = self.kinds[step][forms]
            done = self.steps[forms] == step
            spans.append(_Spans(kinds, left, starts, limits).only(done & (kinds >= 0)))
            goes_on = np.flatnonzero(~done)
            left, forms, kinds = left[goes_on], forms[goes_on], kinds[goes_on]
            starts, limits = starts[goes_on], limits[goes_on]
            found = _found(lines.text, self.literals[step][forms], starts, limits)
            good = np.flatnonzero(found >= 0)
            if len(good) < len(found):
                missed[left[found < 0]] = True
                left, forms, kinds = left[good], forms[good], kinds[good]
                starts, limits, found = starts[good], limits[good], found[good]
            spans.append(_Spans(kinds, left, starts, found).only(kinds >= 0))
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
        at = np.concatenate([one.lines for one in kept])
        starts = np.concatenate([one.starts for one in kept])
        ends = np.concatenate([one.ends for one in kept])
        for kind, name in enumerate(self.kind_names):
            mine = np.flatnonzero(kinds == kind)
            if len(mine) and name in fresh:
                new = fresh[name].pick(lines.words, starts[mine], ends[mine])
                mine = mine[new]
            if len(mine):
                yield Cut(name, lines.forms[at[mine]], starts[mine], ends[mine])


def _found(
    text: bytes,
    literals: npt.NDArray[np.object_],
    starts: Numbers,
    limits: Numbers,
) -> Numbers:
    spans = (literals.tolist(), starts.tolist(), limits.tolist())
    return np.array(list(map(text.find, *spans)), np.int64)


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
    literals = np.full((len(templates), widest + 1), b"", np.object_)
    for number, steps in enumerate(between):
        literals[number, : len(steps)] = steps
    return CutTable(
        kind_names=names,
        heads=_numbers(len(one.literals[0]) for one in templates),
        tails=_numbers(len(_tail(one)) for one in templates),
        steps=_numbers(len(steps) for steps in between),
        literals=literals.T.copy(),
        lengths=np.array([[len(one) for one in row] for row in literals.T], np.int64),
        kinds=np.array([_filled(row, widest + 1) for row in wanted], np.int64).T.copy(),
    )


def _numbers(values: Iterable[int]) -> Numbers:
    return np.array(list(values), np.int64)


def _filled(row: Sequence[int], width: int) -> list[int]:
    return [*row, *[UNWANTED] * (width - len(row))]


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
