"""Counts the causes of many errors at once, by the shapes of their texts.

Two texts have the same shape if they are the same but for their digits. The shape of
each text is a fingerprint made without a loop over texts; what a shape says is looked
up, and found out from the first text that has it. Where a number tells something
(SQLite's codes, 401) its bytes are looked up with the shape.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from bot.cohrtz.logs.causes import READ, CauseFinder, Causes
from bot.cohrtz.logs.heads import WORD, Numbers, Words, mixed
from bot.cohrtz.logs.lines import Lines, texts_at
from bot.cohrtz.logs.prints import LONGEST, Slots, fingerprints

MOST = 1 << 13
"""Shapes that are known again."""

_MANY = 1 << 40
"""More than there are sayings, so that an owner and one of them make one number."""

SINGLY = -1
"""Stands for a shape whose texts must be read one by one."""

_ZERO = np.uint8(ord("0"))
_NINE = np.uint8(9)


Meaning = Callable[[Numbers], Sequence[int]]
"""Returns what texts mean, each as a number, by their places."""


class _Book:
    """What is known by a fingerprint: a number each, bounded."""

    def __init__(self) -> None:
        self._prints: Words = np.zeros(1, np.uint64)
        self._numbers: Numbers = np.full(1, SINGLY, np.int64)
        self._slots = Slots()

    def find(self, prints: Words, meaning: Meaning) -> Numbers:
        """Return the number of each; of new ones ask for it, and keep it.

        Those for which there is no room are SINGLY.
        """
        numbers, missed = self._slots.look_up(prints)
        if len(missed):
            numbers[missed] = self._find_slowly(
                prints[missed], lambda at: meaning(missed[at])
            )
        return numbers

    def _find_slowly(self, prints: Words, meaning: Meaning) -> Numbers:
        numbers, unknown = self._look_up(prints)
        if len(unknown):
            new, first = np.unique(prints[unknown], return_index=True)
            self._learn(new[:MOST], meaning(unknown[first[:MOST]]))
            numbers[unknown], _ = self._look_up(prints[unknown])
        return numbers

    def _look_up(self, prints: Words) -> tuple[Numbers, Numbers]:
        """Return the numbers, SINGLY if unknown, and the places of those."""
        places = np.searchsorted(self._prints, prints)
        places = np.minimum(places, len(self._prints) - 1)
        known = self._prints[places] == prints
        numbers: Numbers = np.where(known, self._numbers[places], SINGLY)
        return numbers, np.flatnonzero(~known)

    def _learn(self, prints: Words, meanings: Sequence[int]) -> None:
        """Keep what they mean; if there are too many, forget the old ones."""
        if len(self._prints) + len(prints) > MOST:
            self._prints, self._numbers = self._prints[:0], self._numbers[:0]
            self._slots = Slots()
        numbers = np.array(meanings, np.int64)
        all_prints = np.concatenate((self._prints, prints))
        all_numbers = np.concatenate((self._numbers, numbers))
        order = np.argsort(all_prints)
        self._prints, self._numbers = all_prints[order], all_numbers[order]
        self._slots.add(prints, numbers)


class Shapes:
    """The shapes that were seen, and what each says."""

    def __init__(self, finder: CauseFinder) -> None:
        """Know none."""
        self._finder = finder
        self._numbers_at = _Book()
        """By shape: where the number stands that must be read too; 0 if none must."""
        self._sayings = _Book()
        """By shape and that number: what is said, as a place in `_said`."""
        self._said: list[Causes] = []
        self._place_of: dict[Causes, int] = {}
        self._causes: Counter[tuple[int, str]] = Counter()
        self._pairs: Counter[int] = Counter()
        """What is not among the causes yet, by owner and place in `_said`."""

    def count(
        self, lines: Lines, owners: Numbers, starts: Numbers, ends: Numbers
    ) -> None:
        """Count the causes that the texts at these places tell, by their owner."""
        lengths = ends - starts
        usual = np.flatnonzero((lengths >= WORD) & (lengths <= LONGEST))
        sayings = np.full(len(owners), SINGLY, np.int64)
        sayings[usual] = self._looked_up(lines, starts[usual], ends[usual])
        alone = np.flatnonzero(sayings == SINGLY)
        limits = np.minimum(ends[alone], starts[alone] + READ)
        texts = texts_at(lines.text, starts[alone], limits)
        self._causes.update(self._finder.count(owners[alone].tolist(), texts))
        told = np.flatnonzero(sayings != SINGLY)
        self._add(owners[told], sayings[told])

    def causes(self) -> Counter[tuple[int, str]]:
        """Return what was counted so far."""
        for key, count in self._pairs.items():
            owner, saying = divmod(key, _MANY)
            for cause in self._said[saying]:
                self._causes[owner, cause] += count
        self._pairs.clear()
        return self._causes.copy()

    def _add(self, owners: Numbers, sayings: Numbers) -> None:
        """Count pairs, which takes less in each block than their causes do."""
        keys, counts = np.unique(owners * _MANY + sayings, return_counts=True)
        self._pairs.update(dict(zip(keys.tolist(), counts.tolist(), strict=True)))
        if len(self._pairs) > MOST:
            self.causes()

    def _looked_up(self, lines: Lines, starts: Numbers, ends: Numbers) -> Numbers:
        """Return what each text says, learning what is new; SINGLY if unclear."""

        def texts(at: Numbers) -> list[bytes]:
            return texts_at(lines.text, starts[at], ends[at])

        prints = fingerprints(lines.words, starts, ends, _without_digits)
        offsets = self._numbers_at.find(
            prints, lambda at: [self._number_in(text) for text in texts(at)]
        )
        deeper = np.flatnonzero(offsets > 0)
        numbers = lines.words[starts[deeper] + offsets[deeper]]
        prints[deeper] = mixed(prints[deeper], numbers)
        clear = np.flatnonzero(offsets >= 0)
        found: Numbers = np.full(len(prints), SINGLY, np.int64)
        found[clear] = self._sayings.find(
            prints[clear],
            lambda at: [
                self._place(one) for one in self._finder.find_all(texts(clear[at]))
            ],
        )
        return found

    def _number_in(self, text: bytes) -> int:
        """Return where the one number stands that must be read, 0 if none must."""
        places = self._finder.telling_numbers(text)
        if not places:
            return 0
        digits = text[places[0] : places[0] + WORD]
        return places[0] if len(places) == 1 and not digits.isdigit() else SINGLY

    def _place(self, causes: Causes) -> int:
        if causes not in self._place_of:
            self._place_of[causes] = len(self._said)
            self._said.append(causes)
        return self._place_of[causes]


def _without_digits(words: Words) -> Words:
    """Return words that differ wherever they differ in more than digits.

    Byte by byte: all digits become 9, and what else there is becomes more.
    """
    shifted = words.view(np.uint8) - _ZERO
    np.maximum(shifted, _NINE, out=shifted)
    return shifted.view(np.uint64)
