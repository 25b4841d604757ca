"""Errors that nobody caught, which the framework prints without a tag of the app.

`Unhandled Exception: …` stands alone, or behind the engine's own place
(`[ERROR:flutter/runtime/dart_vm_initializer.cc(41)] `), in debug and in release builds;
its stack follows on lines of its own. Source: the app's reported lines; the form of the
engine's place is Flutter's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bot.cohrtz.logs.cutting import CAUSE, Cut
from bot.cohrtz.logs.heads import Numbers
from bot.cohrtz.logs.lines import FEW, Lines, texts_at
from bot.cohrtz.logs.stamps import LONGEST, is_prefix

SAYS = b"Unhandled Exception: "
_PLACE = re.compile(rb"\[ERROR:[\w./-]{1,120}\(\d{1,6}\)\] ?\Z")
_FRAME = re.compile(rb"#\d+ |<asynchronous suspension>")


@dataclass(frozen=True)
class Found:
    """Where such errors stand in a block, and the lines that belong to them."""

    cut: Cut
    """What each says, from its first word on; it belongs to no template."""
    lines: Numbers
    """The lines of the errors and of their stacks, by number in the block."""


class Uncaught:
    """Follows a log block by block."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._column: int | None = None
        """Where the frames of a stack begin that the last block did not end."""

    def find(self, lines: Lines) -> Found:
        """Find them among the lines of a block that have no form; each block once."""
        begun = [] if self._column is None else [*self._stack(lines, 0, self._column)]
        found = [*_errors(lines)]
        numbers = [n for line, at in found for n in self._whole(lines, line, at)]
        at = [line for line, _ in found]
        starts = np.array([start for _, start in found], np.int64)
        nobody = np.full(len(found), -1, np.int64)
        cut = Cut(CAUSE, nobody, starts, lines.ends[np.array(at, np.int64)])
        return Found(cut, np.array([*begun, *numbers], np.int64))

    def _whole(self, lines: Lines, line: int, at: int) -> Iterator[int]:
        yield line
        before = lines.text[int(lines.starts[line]) : at]
        yield from self._stack(lines, line + 1, len(_PLACE.sub(b"", before)))

    def _stack(self, lines: Lines, first: int, column: int) -> Iterator[int]:
        """Yield the lines from the first on that are frames; keep an open end."""
        self._column = None
        for number in range(first, len(lines.starts)):
            begins = int(lines.starts[number]) + column
            if lines.forms[number] >= 0 or not _FRAME.match(lines.text, begins):
                return
            yield number
        self._column = column


def _errors(lines: Lines) -> Iterator[tuple[int, int]]:
    """Yield the line of each error, and where in the text it begins."""
    at = lines.text.find(SAYS) if _possible(lines) else -1
    while at >= 0:
        line = int(np.searchsorted(lines.starts, at, side="right")) - 1
        if line >= 0 and lines.forms[line] < 0 and _begins(lines, line, at):
            yield line, at
        at = lines.text.find(SAYS, at + len(SAYS))


def _possible(lines: Lines) -> bool:
    """Say whether there can be an error: whether a line without a form has the words.

    If such lines are few, looking at them alone is faster than looking everywhere.
    """
    loose = np.flatnonzero(lines.forms < 0)
    if len(loose) * FEW > len(lines.forms):
        return True
    starts = lines.starts[loose]
    ends = np.minimum(lines.ends[loose], starts + LONGEST + len(SAYS))
    return SAYS in b"\n".join(texts_at(lines.text, starts, ends))


def _begins(lines: Lines, line: int, at: int) -> bool:
    """Say whether nothing but what captures and the engine put stands before it."""
    start = int(lines.starts[line])
    if at - start > LONGEST:
        return False
    return is_prefix(_PLACE.sub(b"", lines.text[start:at]))
