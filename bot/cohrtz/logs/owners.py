"""Says to which line the untagged and the error lines of a log belong.

An error and a stack trace belong to the line before of the same tag. A line without a
tag belongs to the nearest tagged line before it if that is an error, a stack trace or
has text that runs on; in a capture that marks its lines, only if it has the same mark.
"""

from dataclasses import dataclass, replace

import numpy as np

from bot.cohrtz.logs.forms import Forms
from bot.cohrtz.logs.heads import WORD, Mask, Numbers, Words
from bot.cohrtz.logs.lines import Lines
from bot.cohrtz.logs.template import Follows

FARTHEST = 400
"""Lines that can continue one line; a stack trace has fewer."""


@dataclass(frozen=True)
class _Last:
    """The last tagged line of the blocks before."""

    open: bool = False
    column: int = 0
    """How many bytes stood before its tag."""
    mark: int = 0
    """The last eight of them."""
    ago: int = FARTHEST


class Owners:
    """Follows a log block by block."""

    def __init__(self, forms: Forms) -> None:
        """Know the forms; nothing was read yet."""
        count = len(forms.templates)
        self._first_error = forms.errors
        self._tag_of = np.array(forms.tag_numbers(), np.int64)
        opens = np.ones(len(forms.forms), np.bool_)
        opens[:count] = [one.open for one in forms.templates]
        self._opens: Mask = opens
        followed = [one.follows is not Follows.NOTHING for one in forms.templates]
        # One more, for -1: the line that belongs to none.
        self._followed: Mask = np.array([*followed, False], np.bool_)
        self._by_tag = np.full(len(forms.tags), -1, np.int64)
        self._last = _Last()

    def of_errors(self, forms: Numbers) -> Numbers:
        """Return the template of each line that is an error or a stack trace.

        Of other lines and of those that belong to none it is -1. `forms` are those of
        a block's lines, in order; each block must be given once.
        """
        owners = np.full(len(forms), -1, np.int64)
        tagged = np.flatnonzero(forms >= 0)
        told = forms[tagged]
        tags = self._tag_of[told]
        is_template = told < self._first_error
        errors = np.flatnonzero(~is_template)
        mine = self._nearest(told, tags, is_template, errors)
        owners[tagged[errors]] = np.where(self._followed[mine], mine, -1)
        self._by_tag[tags[is_template]] = told[is_template]
        return owners

    def _nearest(
        self, told: Numbers, tags: Numbers, is_template: Mask, errors: Numbers
    ) -> Numbers:
        """Return the last template before each of these lines that has its tag, or -1.

        Mostly it is the last template of any tag, so that is looked at first.
        """
        numbers = np.where(is_template, np.arange(len(told)), -1)
        before = np.maximum.accumulate(numbers)[errors]
        here = (before >= 0) & (tags[before] == tags[errors])
        if here.all():
            return told[before]
        order = np.argsort(tags.astype(np.int16), kind="stable")
        nearest = np.maximum.accumulate(
            np.where(is_template[order], np.arange(len(told)), -1)
        )
        here = (nearest >= 0) & (tags[order[nearest]] == tags[order])
        found = np.empty_like(told)
        found[order] = np.where(here, told[order[nearest]], self._by_tag[tags[order]])
        return found[errors]

    def continuations(self, lines: Lines) -> Numbers:
        """Return which lines without a form continue another; each block once."""
        count = len(lines.forms)
        tagged = np.flatnonzero(lines.forms >= 0)
        loose = np.flatnonzero(lines.forms < 0)
        if not (len(tagged) or self._last.open):
            self._last = replace(self._last, ago=min(FARTHEST, self._last.ago + count))
            return loose[:0]
        # One more, behind the last line: what it sees is where the next block begins.
        numbers = np.append(loose, count)
        place = np.searchsorted(tagged, numbers, side="right")
        last = place - 1
        before = np.append(-self._last.ago, tagged)[place]
        at = tagged[last] if len(tagged) else np.zeros_like(last)
        known = last >= 0
        columns = np.where(known, lines.tags[at] - lines.starts[at], self._last.column)
        mark = np.uint64(self._last.mark)
        marks = np.where(known, lines.words[lines.tags[at] - WORD], mark)
        opens = np.where(known, self._opens[lines.forms[at]], self._last.open)
        strange = np.append(_begins_a_tag(lines, loose, columns[:-1]), False)
        closed = np.maximum.accumulate(np.where(strange, numbers, -FARTHEST - 1))
        opens &= closed < before
        self._last = _Last(
            bool(opens[-1]),
            int(columns[-1]),
            int(marks[-1]),
            min(FARTHEST, count - int(before[-1])),
        )
        continues = opens[:-1] & (loose - before[:-1] <= FARTHEST)
        marked = columns[:-1] >= WORD
        continues &= ~marked | _same_mark(lines, loose, columns[:-1], marks[:-1])
        found: Numbers = loose[continues]
        return found


def _begins_a_tag(lines: Lines, loose: Numbers, columns: Numbers) -> Mask:
    """Say which lines have what looks like a tag, but of no form that is known."""
    at = np.minimum(lines.starts[loose] + columns, lines.ends[loose])
    words = lines.words[at]
    second = (words >> np.uint64(8)) & np.uint64(0xFF)
    letter = (second | np.uint64(0x20)) - np.uint64(ord("a")) < 26  # noqa: PLR2004  letters
    bracket = (words & np.uint64(0xFF)) == ord("[")
    begins: Mask = bracket & (letter | (second == ord("[")))
    return begins


def _same_mark(lines: Lines, at: Numbers, columns: Numbers, marks: Words) -> Mask:
    here = lines.starts[at] + columns
    long_enough = here <= lines.ends[at]
    same: Mask = long_enough & (
        lines.words[np.minimum(here, lines.ends[at]) - WORD] == marks
    )
    return same
