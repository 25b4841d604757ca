"""Finds what the texts of many errors say.

Texts mostly differ in numbers alone. So numbers are taken out, but for those that tell
something, and what is left is read once for all texts that share it.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from bot.cohrtz.logs.signals import Cause

READ = 2048
"""Bytes of an error's text that are worth looking at."""

LATELY = 4096
"""Texts that are known again."""

WORTH_KEEPING = 512
"""Bytes; longer texts are not known again."""

PRIMARY = 0xFF
"""SQLite's primary code is the low byte of an extended one."""

_DIGITS = b"0123456789"
_TO_ZEROS = bytes.maketrans(_DIGITS, b"0" * len(_DIGITS))
_NUMBER = re.compile(rb"\d+")
_SQLITE = re.compile(rb"SqliteException\((\d{1,9})\)")
_SQLITE_START = re.compile(rb"SqliteException\(")
_SQLITE_WORD = b"SqliteException("
_SQLITE_LONGEST = len(_SQLITE_WORD) + 7
"""Bytes that have the code and the bracket after it."""

Causes = tuple[str, ...]


class CauseFinder:
    """Finds the causes of many texts; of those seen lately it knows them already."""

    def __init__(self, causes: Sequence[Cause]) -> None:
        """Know the causes; no text yet."""
        says = [(said.encode(), one.id) for one in causes for said in one.says]
        self._says = tuple(says)
        self._codes = {code: one.id for one in causes for code in one.sqlite}
        numbers = {one for words, _ in says for one in _NUMBER.findall(words)}
        self._triggers = tuple(numbers)
        with_numbers = [words for words, _ in says if _NUMBER.search(words)]
        self._exact = re.compile(b"|".join(map(re.escape, with_numbers)))
        zeros = [words.translate(_TO_ZEROS) for words in with_numbers]
        self._numbered = tuple(
            (re.compile(re.escape(words)), words.index(b"0")) for words in zeros
        )
        self._known: dict[bytes, Causes] = {}

    def count(
        self, owners: Sequence[int], texts: Sequence[bytes]
    ) -> Mapping[tuple[int, str], int]:
        """Count the causes that the texts tell, each under the text's owner.

        A text is one line, and should be no longer than READ.
        """
        if not texts:
            return {}
        counted = Counter(zip(owners, self._shorter(texts), strict=True))
        known = self._find({text for _, text in counted})
        causes: Counter[tuple[int, str]] = Counter()
        for (owner, text), count in counted.items():
            for cause in known[text]:
                causes[owner, cause] += count
        return causes

    def find(self, text: bytes) -> Causes:
        """Return the causes that one text tells, each once."""
        (causes,) = self.find_all([text])
        return causes

    def find_all(self, texts: Sequence[bytes]) -> list[Causes]:
        """Return the causes that each of the texts tells."""
        short = self._shorter(texts)
        known = self._find(set(short))
        return [known[text] for text in short]

    def telling_numbers(self, text: bytes) -> list[int]:
        """Return where numbers stand that may tell a cause, and might tell another."""
        zeros = text.translate(_TO_ZEROS)
        places = {found.end() for found in _SQLITE_START.finditer(zeros)}
        for words, digits in self._numbered:
            places |= {found.start() + digits for found in words.finditer(zeros)}
        return sorted(places)

    def _shorter(self, texts: Sequence[bytes]) -> list[bytes]:
        """Return the texts without their numbers, but for those that tell something.

        All are done as one, with a line for each: faster than each alone.
        """
        joined = b"\n".join(texts)
        bare = joined.translate(None, _DIGITS).split(b"\n")
        ends = list(accumulate(len(text) + 1 for text in texts))
        for words in (_SQLITE_WORD, *self._triggers):
            for number in _with(words, joined, ends):
                bare[number] += self._exact_part(words, texts[number])
        return bare

    def _exact_part(self, words: bytes, text: bytes) -> bytes:
        """Return what the numbers in a text tell."""
        if words == _SQLITE_WORD:
            at = text.find(words)
            return text[at : at + _SQLITE_LONGEST]
        return b" ".join([b"", *(found[0] for found in self._exact.finditer(text))])

    def _find(self, texts: Iterable[bytes]) -> Mapping[bytes, Causes]:
        found = {text: self._known[text] for text in texts if text in self._known}
        new = [text for text in texts if text not in found]
        if new:
            read = dict(zip(new, self._read(new), strict=True))
            self._keep(read)
            found |= read
        return found

    def _keep(self, read: Mapping[bytes, Causes]) -> None:
        if len(self._known) + len(read) > LATELY:
            self._known.clear()
        for text, causes in list(read.items())[:LATELY]:
            if len(text) <= WORTH_KEEPING:
                self._known[text] = causes

    def _read(self, texts: Sequence[bytes]) -> list[Causes]:
        """Look for each word in all texts together: faster than in each alone."""
        joined = b"\n".join(texts)
        ends = list(accumulate(len(text) + 1 for text in texts))
        said: list[dict[str, None]] = [{} for _ in texts]
        for words, cause in self._says:
            for number in _with(words, joined, ends):
                said[number][cause] = None
        for number, text in enumerate(texts):
            code = _SQLITE.search(text) if _SQLITE_WORD in text else None
            primary = int(code[1]) & PRIMARY if code else None
            if primary in self._codes:
                said[number][self._codes[primary]] = None
        return [tuple(one) for one in said]


def _with(words: bytes, joined: bytes, ends: Sequence[int]) -> Iterator[int]:
    """Yield which of the joined texts have the words in them."""
    at = joined.find(words)
    while at >= 0:
        number = bisect_right(ends, at)
        yield number
        at = joined.find(words, ends[number])
