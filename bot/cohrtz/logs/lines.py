"""Splits a block of whole lines at once, and finds each line's form."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.cohrtz.logs.heads import PADDING, WORD, HeadTable, Mask, Numbers, Spans, Words
from bot.cohrtz.logs.stamps import LONGEST

NEWLINE, RETURN, BRACKET, SPACE, QUOTE = b'\n\r[ "'
FRONT = 8
"""Bytes put before a block, so that a word before its start can be read."""

TRIES = 3
"""Brackets of a line at which its tag may be: captures write some before it."""
FEW = 8
"""Of how many lines one may be looked at singly, before looking at all is faster."""

Piece = bytes | memoryview
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Lines:
    """The lines of one block; positions are those in `text`."""

    text: bytes
    words: Words
    starts: Numbers
    ends: Numbers
    """Without the line end."""
    tags: Numbers
    """Where the tag begins; the line's start if it has none."""
    forms: Numbers
    """The form by number, or -1."""


class Splitter:
    """Splits blocks; keeps what memory that takes from block to block."""

    def __init__(self, table: HeadTable) -> None:
        """Know the forms."""
        self._table = table
        self._is_break: Mask = np.zeros(0, np.bool_)

    def split(self, *pieces: Piece) -> Lines:
        """Split a block, which comes in pieces; its last line may lack its end."""
        text = b"".join((bytes(FRONT), *pieces, bytes(PADDING)))
        size = len(text) - PADDING
        if len(self._is_break) < size:
            self._is_break = np.zeros(2 * size, np.bool_)
        whole = np.frombuffer(text, np.uint8)
        is_break = self._is_break[:size]
        np.equal(whole[:size], NEWLINE, out=is_break)
        is_break[:FRONT] = False
        return _lines(text, whole, np.flatnonzero(is_break), self._table)


def _lines(text: bytes, whole: Bytes, breaks: Numbers, table: HeadTable) -> Lines:
    words: Words = np.ndarray((len(text) - WORD + 1,), "<u8", text, strides=(1,))
    size = len(text) - PADDING
    if size > FRONT and whole[size - 1] != NEWLINE:
        breaks = np.append(breaks, size)
    starts = np.concatenate(([FRONT], breaks[:-1] + 1))
    ends = breaks - ((whole[breaks - 1] == RETURN) & (breaks > starts))
    lines = Lines(
        text, words, starts, ends, starts.copy(), np.full(len(starts), -1, np.int64)
    )
    _find_forms(lines, whole, table)
    return lines


def _find_forms(lines: Lines, whole: Bytes, table: HeadTable) -> None:
    """Look at the start of each line, then at the next brackets of those left."""
    at = np.flatnonzero(whole[lines.starts] == BRACKET)
    lines.forms[at] = table.find(lines.words, Spans(lines.starts[at], lines.ends[at]))
    left = np.flatnonzero((lines.forms < 0) & (lines.ends > lines.starts))
    limits = np.minimum(lines.ends[left], lines.starts[left] + LONGEST)
    begins = lines.starts[left]
    for _ in range(TRIES):
        tags = _next_brackets(lines, whole, begins)
        near = tags < limits
        left, tags, limits = left[near], tags[near], limits[near]
        if not len(left):
            break
        forms = table.find(lines.words, Spans(tags, lines.ends[left]))
        forms[~_after_prefix(whole, tags)] = -1
        found = forms >= 0
        lines.tags[left[found]] = tags[found]
        lines.forms[left[found]] = forms[found]
        left, begins, limits = left[~found], tags[~found] + 1, limits[~found]


def _next_brackets(lines: Lines, whole: Bytes, begins: Numbers) -> Numbers:
    """Return where a bracket follows each of these places; beyond the block if none."""
    if len(begins) * FEW < len(lines.starts):
        found = [lines.text.find(b"[", begin) for begin in begins.tolist()]
        return np.array([one if one >= 0 else len(whole) for one in found], np.int64)
    brackets = np.append(np.flatnonzero(whole == BRACKET), len(whole))
    return brackets[np.searchsorted(brackets, begins)]


def _after_prefix(whole: Bytes, tags: Numbers) -> Mask:
    before = whole[tags - 1]
    after: Mask = (before == SPACE) | (before == QUOTE)
    return after


def texts_at(text: bytes, starts: Numbers, ends: Numbers) -> list[bytes]:
    """Return the pieces of a text that stand there."""
    spans = zip(starts.tolist(), ends.tolist(), strict=True)
    return [text[start:end] for start, end in spans]
