"""Reads a log of any size in blocks of whole lines, in bounded memory.

A line of any length is read, but of a very long one only the start and the end are
kept. UTF-16 with its mark is turned into UTF-8; other bytes are taken as they are.
"""

import codecs
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import BinaryIO

from bot.artefacts.log_tables import log_signals, log_templates
from bot.cohrtz.logs.lines import Piece
from bot.cohrtz.logs.scan import Classifier
from bot.cohrtz.logs.tally import Tally

BLOCK = 1 << 20
"""Bytes that are read at once."""

LONG = 1 << 18
"""Bytes of one line, from which on only its ends are kept."""

KEPT_HEAD = 1 << 16
KEPT_TAIL = 1 << 12

_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@lru_cache(maxsize=1)
def log_classifier() -> Classifier:
    """Return what reads logs, made once."""
    return Classifier(log_templates(), log_signals())


def count_log(stream: BinaryIO) -> Tally:
    """Read the whole stream and count what the app printed."""
    scan = log_classifier().scan()
    for block in line_blocks(_as_utf8(_read(stream))):
        scan.feed(*block)
    return scan.tally()


def _read(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(BLOCK):
        yield chunk


def _as_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    first = b""
    for chunk in chunks:
        first += chunk
        if len(first) >= len(codecs.BOM_UTF8):
            break
    encoding = _MARKS.get(first[:2])
    if encoding is None:
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chain([first[2:]], chunks):
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def line_blocks(chunks: Iterable[bytes]) -> Iterator[tuple[Piece, ...]]:
    """Cut what is read at line ends; only the last block may lack one.

    A block comes in pieces, so that it need not be copied to be given.
    """
    rest = b""
    for chunk in chunks:
        end = chunk.rfind(b"\n") + 1
        if end:
            yield rest, memoryview(chunk)[:end]
            rest = chunk[end:]
        else:
            rest = _shortened(rest + chunk)
    if rest:
        yield (rest,)


def _shortened(line: bytes) -> bytes:
    return line[:KEPT_HEAD] + line[-KEPT_TAIL:] if len(line) > LONG else line
