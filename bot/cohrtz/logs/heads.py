"""Finds the form of many lines at once, by their first bytes, without a loop over them.

Lines are looked up eight bytes at a time. The first one to six words of every head are
a key in a table of hashes; the longest key that a line begins with names the group of
forms that it can have. Then head and tail are compared word by word, for all lines of
all forms together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.cohrtz.logs.forms import Form

Numbers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]

WORD = 8
DEEPEST = 6
"""Words of the longest key."""

PADDING = 256
"""Bytes that must follow a block, so that a word at its end can be read."""

SLOTS = range(8, 20)
"""Bits of a hash that choose its slot: as few as keep the keys apart.

They may stand anywhere in it: a table that is small stays near to the processor.
"""

_FACTOR = 0x9E3779B97F4A7C15
_MULTIPLIER = np.uint64(_FACTOR)
_FOLD = np.uint64(29)
_ANY = (1 << 63) - 1
_ROUND = 0xFFFFFFFFFFFFFFFF


@dataclass(frozen=True)
class Spans:
    """Where lines stand in a block: the tag's first byte, and the end."""

    tags: Numbers
    ends: Numbers


@dataclass(frozen=True)
class _Level:
    """The keys of one length, by the slot that their hash chooses."""

    shift: np.uint64
    mask: np.uint64
    """What of a hash chooses the slot, after the shift."""
    hashes: Words
    """Of an empty slot, one that would choose another slot."""
    groups: Numbers


@dataclass(frozen=True)
class _Ends:
    """Literals of all forms as words, with masks for the last, by word and form."""

    words: Words
    masks: Words
    lengths: Numbers

    def equal(self, forms: Numbers, depth: int, seen: Words) -> Mask:
        """Say which of the words seen are those of their form."""
        same: Mask = (seen & self.masks[depth][forms]) == self.words[depth][forms]
        return same


@dataclass(frozen=True)
class HeadTable:
    """The forms, ready to be looked up."""

    levels: tuple[_Level, ...]
    candidates: Numbers
    """Of each group its forms, the most specific first, then -1: by place, group."""
    heads: _Ends
    closing: Words
    """By form: the last eight bytes of its head."""
    tails: _Ends
    shortest: Numbers
    """By form: the bytes of head and tail."""
    spare: Words
    """By form: the bytes that may stand between them."""

    def find(self, words: Words, spans: Spans) -> Numbers:
        """Return the form of each line, or -1.

        `words[n]` are the eight bytes from n on, little end first.
        """
        found = np.full(len(spans.tags), -1, np.int64)
        groups = self._groups(words, spans.tags)
        left = np.flatnonzero(groups >= 0)
        for candidates in self.candidates:
            forms = candidates[groups[left]]
            left, forms = _only(forms >= 0, left, forms)
            if not len(left):
                break
            fits = self._fits(words, Spans(spans.tags[left], spans.ends[left]), forms)
            found[left] = np.where(fits, forms, -1)
            left = left[np.flatnonzero(~fits)]
        return found

    def _groups(self, words: Words, tags: Numbers) -> Numbers:
        groups = np.full(len(tags), -1, np.int64)
        hashes = np.zeros(len(tags), np.uint64)
        rows = words_from(words, tags, len(self.levels))
        for depth, level in enumerate(self.levels):
            hashes = mixed(hashes, rows[:, depth])
            slots = ((hashes >> level.shift) & level.mask).view(np.int64)
            hit = np.flatnonzero(level.hashes[slots] == hashes)
            groups[hit] = level.groups[slots[hit]]
        return groups

    def _fits(self, words: Words, spans: Spans, forms: Numbers) -> Mask:
        """Say of each line whether it is of its form; its key is known to be there."""
        spare = spans.ends - spans.tags - self.shortest[forms]
        # What is below zero is more than any, taken as a number without a sign.
        fits: Mask = spare.view(np.uint64) <= self.spare[forms]
        closing = spans.tags + (self.heads.lengths - WORD)[forms]
        fits &= words[closing] == self.closing[forms]
        self._compare_heads(fits, words, spans, forms)
        self._compare_tails(fits, words, spans, forms)
        return fits

    def _compare_heads(
        self, fits: Mask, words: Words, spans: Spans, forms: Numbers
    ) -> None:
        """Compare the words that stand between the longest key and the last one."""
        lengths = self.heads.lengths
        at = np.flatnonzero(fits & (lengths > (DEEPEST + 1) * WORD)[forms])
        for depth in range(DEEPEST, len(self.heads.words)):
            at = at[lengths[forms[at]] > depth * WORD]
            if not len(at):
                return
            seen = words[spans.tags[at] + depth * WORD]
            fits[at] &= self.heads.equal(forms[at], depth, seen)

    def _compare_tails(
        self, fits: Mask, words: Words, spans: Spans, forms: Numbers
    ) -> None:
        lengths = self.tails.lengths
        at = np.flatnonzero(fits & (lengths > 0)[forms])
        for depth in range(len(self.tails.words)):
            at = at[lengths[forms[at]] > depth * WORD]
            if not len(at):
                return
            seen = words[spans.ends[at] - (depth + 1) * WORD]
            fits[at] &= self.tails.equal(forms[at], depth, seen)


def _only(those: Mask, left: Numbers, forms: Numbers) -> tuple[Numbers, Numbers]:
    """Return only those; mostly they are all, and nothing need be copied."""
    if those.all():
        return left, forms
    at = np.flatnonzero(those)
    return left[at], forms[at]


def mixed(hashes: Words, words: Words | np.uint64) -> Words:
    """Return hashes that words were mixed into."""
    product: Words = hashes ^ words
    product *= _MULTIPLIER
    product ^= product >> _FOLD
    return product


def words_from(words: Words, at: Numbers, count: int) -> Words:
    """Return so many words in a row from each place on: by place and word.

    `words` must be what reads a text's every byte on. Taking a row as one piece takes
    no longer than taking one word.
    """
    width = count * WORD
    text = np.ndarray(
        (len(words) + WORD - width,), f"V{width}", words.base, strides=(1,)
    )
    return text[at].view("<u8").reshape(len(at), count)


def head_table(forms: Sequence[Form]) -> HeadTable:
    """Build the table; raise ValueError if a head is shorter than a word."""
    if any(len(form.head) < WORD for form in forms):
        raise ValueError("A line's head must have at least eight bytes.")
    keys = sorted({_key(form) for form in forms})
    groups = [_candidates(key, forms) for key in keys]
    widest = max(len(group) for group in groups)
    return HeadTable(
        levels=tuple(_level(keys, depth) for depth in range(1, DEEPEST + 1)),
        candidates=np.array(
            [[*group, *[-1] * (widest - len(group))] for group in groups], np.int64
        ).T.copy(),
        heads=_ends([form.head for form in forms], from_end=False),
        closing=np.array(
            [int.from_bytes(form.head[-WORD:], "little") for form in forms], np.uint64
        ),
        tails=_ends([form.tail for form in forms], from_end=True),
        shortest=np.array([len(f.head) + len(f.tail) for f in forms], np.int64),
        spare=np.array([0 if form.exact else _ANY for form in forms], np.uint64),
    )


def _key(form: Form) -> bytes:
    return form.head[: min(len(form.head) // WORD, DEEPEST) * WORD]


def _candidates(key: bytes, forms: Sequence[Form]) -> list[int]:
    """Return the forms that a line with this key can have.

    Those with a shorter key too: a variable's text may look like another's head.
    """
    able = [n for n, form in enumerate(forms) if key.startswith(_key(form))]
    return sorted(able, key=lambda number: forms[number].weight, reverse=True)


def _level(keys: Sequence[bytes], depth: int) -> _Level:
    mine = [(n, key) for n, key in enumerate(keys) if len(key) == depth * WORD]
    hashes = [_hash(key) for _, key in mine]
    bits, shift = next(
        (bits, shift)
        for bits in SLOTS
        for shift in range(65 - bits)
        if _apart(hashes, bits, shift)
    )
    mask = (1 << bits) - 1
    stored = [(~slot & mask) << shift for slot in range(1 << bits)]
    groups = np.zeros(len(stored), np.int64)
    for (number, _), value in zip(mine, hashes, strict=True):
        stored[value >> shift & mask] = value
        groups[value >> shift & mask] = number
    return _Level(
        np.uint64(shift), np.uint64(mask), np.array(stored, np.uint64), groups
    )


def _apart(hashes: Sequence[int], bits: int, shift: int) -> bool:
    mask = (1 << bits) - 1
    return len({value >> shift & mask for value in hashes}) == len(hashes)


def _hash(key: bytes) -> int:
    """Return what `mixed` makes of the key's words."""
    value = 0
    for start in range(0, len(key), WORD):
        word = int.from_bytes(key[start : start + WORD], "little")
        product = ((value ^ word) * _FACTOR) & _ROUND
        value = product ^ (product >> 29)
    return value


def _ends(literals: Sequence[bytes], *, from_end: bool) -> _Ends:
    count = max(1, *(-(-len(one) // WORD) for one in literals))
    words = np.zeros((len(literals), count), np.uint64)
    masks = np.zeros((len(literals), count), np.uint64)
    for row, literal in enumerate(literals):
        for column in range(-(-len(literal) // WORD)):
            part, mask = _word(literal, column, from_end=from_end)
            words[row, column] = part
            masks[row, column] = mask
    lengths = np.array([len(one) for one in literals], np.int64)
    return _Ends(words.T.copy(), masks.T.copy(), lengths)


def _word(literal: bytes, column: int, *, from_end: bool) -> tuple[int, int]:
    if from_end:
        end = len(literal) - column * WORD
        part = literal[max(0, end - WORD) : end]
        shift = 8 * (WORD - len(part))
    else:
        part = literal[column * WORD : (column + 1) * WORD]
        shift = 0
    mask = (1 << (8 * len(part))) - 1
    return int.from_bytes(part, "little") << shift, mask << shift
