"""Tells values that were seen before from new ones, without making texts of them."""

import numpy as np

from bot.cohrtz.logs.heads import WORD, Numbers, Words
from bot.cohrtz.logs.prints import Slots, fingerprints

MOST = 1 << 14
"""Fingerprints that are kept; what comes later is always new."""

WORDS = 6
"""Words that a fingerprint rests on; a value with more, or less than one, is new."""


class Fresh:
    """Values that were seen, by fingerprints of 64 bits."""

    def __init__(self) -> None:
        """Know none."""
        self._known: Words = np.zeros(0, np.uint64)
        self._slots = Slots()

    def pick(self, words: Words, starts: Numbers, ends: Numbers) -> Numbers:
        """Return the places of values that are new, those with a fingerprint once.

        `words[n]` are the eight bytes of the text from n on.
        """
        lengths = ends - starts
        odd = (lengths > WORDS * WORD) | (lengths < WORD)
        usual = np.flatnonzero(~odd)
        prints = fingerprints(words, starts[usual], ends[usual])
        strange = self._unknown(prints)
        unique, first = np.unique(prints[strange], return_index=True)
        self._keep(unique)
        return np.concatenate((usual[strange[first]], np.flatnonzero(odd)))

    def _unknown(self, prints: Words) -> Numbers:
        _, missed = self._slots.look_up(prints)
        if not (len(missed) and len(self._known)):
            return missed
        at = np.searchsorted(self._known, prints[missed])
        nearest = self._known[np.minimum(at, len(self._known) - 1)]
        new: Numbers = missed[nearest != prints[missed]]
        return new

    def _keep(self, prints: Words) -> None:
        if len(prints) and len(self._known) + len(prints) <= MOST:
            self._known = np.union1d(self._known, prints)
            self._slots.add(prints, np.zeros(len(prints), np.int64))
