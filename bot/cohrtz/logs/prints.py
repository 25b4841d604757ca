"""Fingerprints of 64 bits of many texts at once, and a quick table to know them by."""

from collections.abc import Callable

import numpy as np

from bot.cohrtz.logs.heads import WORD, Mask, Numbers, Words, mixed, words_from

LONGEST = 24 * WORD
"""Bytes of the longest text that has a fingerprint; the shortest has one word."""

NOTHING = -1
"""The number of what is not known."""

_BITS = 13
_SLOTS = 1 << _BITS
_SHIFT = np.uint64(64 - _BITS)

Read = Callable[[Words], Words]
"""Returns words as they count: what they need not tell is taken out."""


def _as_they_are(words: Words) -> Words:
    return words


def fingerprints(
    words: Words, starts: Numbers, ends: Numbers, read: Read = _as_they_are
) -> Words:
    """Return the fingerprint of each text; all have WORD to LONGEST bytes.

    `words[n]` are the eight bytes of the text from n on. The last word of a text may
    overlap the one before. Texts are taken by their length, so that those that have
    one more word are always the rest of an array, which need not be picked.
    """
    order = np.argsort((ends - starts).astype(np.uint8), kind="stable")
    starts, ends = starts[order], ends[order]
    lengths = ends - starts
    depths = range(WORD, int(lengths.max(initial=0)), WORD)
    rows = words_from(words, starts, max(1, len(depths)))
    sorted_prints = mixed(lengths.astype(np.uint64), read(words[ends - WORD]))
    longer = np.searchsorted(lengths, depths, side="right")
    for column, first in enumerate(longer.tolist()):
        rest = read(np.ascontiguousarray(rows[first:, column]))
        sorted_prints[first:] = mixed(sorted_prints[first:], rest)
    prints = np.empty_like(sorted_prints)
    prints[order] = sorted_prints
    return prints


class Slots:
    """Numbers by fingerprint, each at the one slot that it can have.

    A search among sorted fingerprints takes ten times as long. Who comes first to a
    slot stays there; others are not taken, and must be kept elsewhere too.
    """

    def __init__(self) -> None:
        """Know none."""
        self._prints: Words = np.zeros(_SLOTS, np.uint64)
        self._numbers: Numbers = np.full(_SLOTS, NOTHING, np.int64)
        self._taken: Mask = np.zeros(_SLOTS, np.bool_)

    def look_up(self, prints: Words) -> tuple[Numbers, Numbers]:
        """Return the number of each, and the places of those that are not here."""
        slots = _slots(prints)
        missed = np.flatnonzero((self._prints[slots] != prints) | ~self._taken[slots])
        return self._numbers[slots], missed

    def add(self, prints: Words, numbers: Numbers) -> None:
        """Take those whose slot is free."""
        free = np.flatnonzero(~self._taken[_slots(prints)])
        slots = _slots(prints[free])
        self._prints[slots] = prints[free]
        self._numbers[slots] = numbers[free]
        self._taken[slots] = True


def _slots(prints: Words) -> Numbers:
    return (prints >> _SHIFT).view(np.int64)
