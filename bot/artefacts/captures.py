"""Reads a capture from a file as it goes by: one line in memory at a time.

A file that is one JSON list of the same objects is read too, whole, up to a limit.
"""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple

from pydantic_core import from_json

from bot.cohrtz.packets.capture import (
    LONGEST_LINE,
    Unreadable,
    read_entry,
    read_line,
)
from bot.cohrtz.packets.folding import Sighting

LONGEST_LIST = 32 * 1024 * 1024
"""Bytes of a capture that is one JSON list; a longer one is to be written in lines."""
TOO_LONG = "the list is too long; write an object a line"
TOGETHER = 256
"""Packets that are verified and counted at once."""


class Line(NamedTuple):
    """What stands in a line; of a list, the place in it; both begin at 1."""

    number: int
    entry: Sighting | Unreadable


def pieces(file: BinaryIO) -> Iterator[tuple[Line, ...]]:
    """Give the lines of a capture, some hundred at a time, blank ones left out."""
    lines = read_lines(file)
    while piece := tuple(islice(lines, TOGETHER)):
        yield piece


def read_lines(file: BinaryIO) -> Iterator[Line]:
    """Give the lines of a capture, blank ones left out."""
    for number, raw in enumerate(_raw_lines(file), start=1):
        line = raw.removeprefix(BOM_UTF8) if number == 1 else raw
        text = line.strip()
        if text.startswith(b"[") and number == 1:
            yield from _list(line + file.read(LONGEST_LIST + 1))
            return
        if text:
            yield Line(number, read_line(text))


def _raw_lines(file: BinaryIO) -> Iterator[bytes]:
    """Give the lines; of one that is too long, enough to see that it is."""
    whole = True
    while piece := file.readline(LONGEST_LINE + 2):
        if whole:
            yield piece
        whole = piece.endswith(b"\n")


def _list(document: bytes) -> Iterator[Line]:
    for number, entry in enumerate(_entries(document), start=1):
        yield Line(number, entry)


def _entries(document: bytes) -> Iterable[Sighting | Unreadable]:
    if len(document) > LONGEST_LIST:
        return (Unreadable(TOO_LONG, is_json=False),)
    try:
        said: object = from_json(document)
    except ValueError:
        return (Unreadable("the list is not JSON", is_json=False),)
    entries = said if isinstance(said, list) else []
    return (read_entry(one) for one in entries)
