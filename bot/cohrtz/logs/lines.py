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


def split(block: bytes, table: HeadTable) -> Lines:
    """Split the block; what follows its last newline is a line, if it is not empty."""
    text = b"".join((bytes(FRONT), block, bytes(PADDING)))
    whole = np.frombuffer(text, np.uint8)
    words: Words = np.ndarray((len(text) - WORD + 1,), "<u8", text, strides=(1,))
    size = FRONT + len(block)
    breaks = np.flatnonzero(whole[:size] == NEWLINE)
    if not block.endswith(b"\n"):
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
