"""Counts the causes of many errors at once, by the shapes of their texts.

Two texts have the same shape if they are the same but for their digits. The shape of
each text is a fingerprint made without a loop over texts; what a shape says is looked
up, and found out from the first text that has it. Where digits tell something (SQLite's
codes, 401) texts are read one by one.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from bot.cohrtz.logs.causes import READ, CauseFinder, Causes
from bot.cohrtz.logs.heads import WORD, Numbers, Words, mixed
from bot.cohrtz.logs.lines import Lines, texts_at

MOST = 1 << 13
"""Shapes that are known again."""

LONGEST = 24 * WORD
"""Bytes of a text, beyond which it is read by itself."""

SINGLY = -1
"""Stands for a shape whose texts must be read one by one."""

_ZEROS = np.uint64(0x3030303030303030)
_LOW = np.uint64(0x7F7F7F7F7F7F7F7F)
_BEYOND_NINE = np.uint64(0x7676767676767676)
_HIGH = np.uint64(0x8080808080808080)


class Shapes:
    """The shapes that were seen, and what each says."""

    def __init__(self, finder: CauseFinder) -> None:
        """Know none."""
        self._finder = finder
        self._prints: Words = np.zeros(0, np.uint64)
        self._sayings: Numbers = np.zeros(0, np.int64)
        self._said: list[Causes] = []
        self._number: dict[Causes, int] = {}

    def count(
        self, lines: Lines, owners: Numbers, starts: Numbers, ends: Numbers
    ) -> Counter[tuple[int, str]]:
        """Count the causes that the texts at these places tell, by their owner."""
        lengths = ends - starts
        usual = np.flatnonzero((lengths >= WORD) & (lengths <= LONGEST))
        sayings = np.full(len(owners), SINGLY, np.int64)
        sayings[usual] = self._looked_up(lines, starts[usual], ends[usual])
        alone = np.flatnonzero(sayings == SINGLY)
        limits = np.minimum(ends[alone], starts[alone] + READ)
        texts = texts_at(lines.text, starts[alone], limits)
        counted = Counter(self._finder.count(owners[alone].tolist(), texts))
        told = np.flatnonzero(sayings != SINGLY)
        many = max(1, len(self._said))
        keys, counts = np.unique(
            owners[told] * many + sayings[told], return_counts=True
        )
        for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
            owner, saying = divmod(key, many)
            for cause in self._said[saying]:
                counted[owner, cause] += count
        return counted

    def _looked_up(self, lines: Lines, starts: Numbers, ends: Numbers) -> Numbers:
        """Return what each text says, by number; learn the shapes that are new."""
        prints = _shape_prints(lines.words, starts, ends - starts)
        unknown = np.flatnonzero(~np.isin(prints, self._prints))
        new, first = np.unique(prints[unknown], return_index=True)
        if len(new):
            at = unknown[first]
            texts = texts_at(lines.text, starts[at], ends[at])
            self._learn(new, self._read(texts))
        places = np.searchsorted(self._prints, prints)
        found = self._prints[np.minimum(places, len(self._prints) - 1)] == prints
        looked_up: Numbers = np.full(len(prints), SINGLY, np.int64)
        looked_up[found] = self._sayings[places[found]]
        return looked_up

    def _read(self, texts: Sequence[bytes]) -> list[int]:
        return [
            SINGLY if self._finder.needs_digits(text) else self._numbered(causes)
            for text, causes in zip(texts, self._finder.find_all(texts), strict=True)
        ]

    def _numbered(self, causes: Causes) -> int:
        if causes not in self._number:
            self._number[causes] = len(self._said)
            self._said.append(causes)
        return self._number[causes]

    def _learn(self, prints: Words, sayings: Sequence[int]) -> None:
        """Keep the new shapes; if there are too many, forget the old ones."""
        if len(self._prints) + len(prints) > MOST:
            self._prints, self._sayings = self._prints[:0], self._sayings[:0]
        all_prints = np.concatenate((self._prints, prints[:MOST]))
        all_sayings = np.concatenate(
            (self._sayings, np.array(sayings[:MOST], np.int64))
        )
        order = np.argsort(all_prints)
        self._prints, self._sayings = all_prints[order], all_sayings[order]


def _shape_prints(words: Words, starts: Numbers, lengths: Numbers) -> Words:
    prints = mixed(lengths.astype(np.uint64), np.uint64(0))
    last = starts + lengths - WORD
    at = np.arange(len(starts))
    for depth in range(0, int(lengths.max(initial=0)), WORD):
        at = at[lengths[at] > depth]
        seen = words[np.minimum(starts[at] + depth, last[at])]
        prints[at] = mixed(prints[at], _without_digits(seen))
    return prints


def _without_digits(words: Words) -> Words:
    """Return the words with zero bytes for digits, all eight bytes at once."""
    apart = words ^ _ZEROS
    others = (((apart & _LOW) + _BEYOND_NINE) | apart) & _HIGH
    return words & ((others >> np.uint64(7)) * np.uint64(0xFF))
