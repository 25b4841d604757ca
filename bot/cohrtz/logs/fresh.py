"""Tells values that were seen before from new ones, without making texts of them."""

import numpy as np

from bot.cohrtz.logs.heads import WORD, Mask, Numbers, Words, mixed

MOST = 1 << 14
"""Fingerprints that are kept; what comes later is always new."""

WORDS = 6
"""Words that a fingerprint rests on; a value with more, or less than one, is new."""


class Fresh:
    """Values that were seen, by fingerprints of 64 bits."""

    def __init__(self) -> None:
        """Know none."""
        self._known: Words = np.zeros(1, np.uint64)

    def pick(self, words: Words, starts: Numbers, ends: Numbers) -> Numbers:
        """Return the places of values that are new, those with a fingerprint once.

        `words[n]` are the eight bytes of the text from n on.
        """
        lengths = ends - starts
        odd = (lengths > WORDS * WORD) | (lengths < WORD)
        usual = np.flatnonzero(~odd)
        prints = _fingerprints(words, starts[usual], lengths[usual])
        strange = ~self._knows(prints)
        unique, first = np.unique(prints[strange], return_index=True)
        if len(self._known) + len(unique) <= MOST:
            self._known = np.union1d(self._known, unique)
        return np.concatenate((usual[strange][first], np.flatnonzero(odd)))

    def _knows(self, prints: Words) -> Mask:
        at = np.searchsorted(self._known, prints)
        last = len(self._known) - 1
        known: Mask = self._known[np.minimum(at, last)] == prints
        return known


def _fingerprints(words: Words, starts: Numbers, lengths: Numbers) -> Words:
    """Return fingerprints; the last word of a value may overlap the one before."""
    prints = mixed(lengths.astype(np.uint64), np.uint64(0))
    last = lengths - WORD
    for at in range(0, int(lengths.max(initial=0)), WORD):
        prints = mixed(prints, words[starts + np.minimum(at, last)])
    return prints
