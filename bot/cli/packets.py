"""`triage packets FILE`: whether each packet's signature holds, and what all tell.

Exit code 1: a signature fails, or something is no packet. An unsigned packet, or one
that there is no key for, is told and is not called bad.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, NamedTuple

from bot.artefacts.captures import Line, pieces
from bot.cli.shape import tell
from bot.cohrtz.packets import (
    NOTHING_SEEN,
    Judged,
    Malformed,
    Sighting,
    State,
    Trust,
    finding,
    observe_all,
    rows,
)
from bot.cohrtz.packets.capture import Unreadable
from bot.cohrtz.packets.folding import short
from bot.cohrtz.plain import name as plain_name
from bot.errors import UsageError

STANDARD_INPUT = "-"
BAD = frozenset({Trust.INVALID, Trust.MALFORMED})
IN_MEMORY = 8 * 1024 * 1024
"""Bytes of the answer that are kept in memory; beyond, it waits in a file."""


class Told(NamedTuple):
    """What is printed of one packet."""

    line: int
    type: str | None
    sender: str | None
    verdict: Trust
    reason: str

    def __str__(self) -> str:
        """Return it as a person reads it."""
        who = "no sender" if not self.sender else plain_name(self.sender)
        kind = self.type or "no packet"
        return f"{self.line}: {kind} of {who}: {self.verdict}: {self.reason}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a capture: a JSON object with `wire_base64` a line, or `-`."""
    parser.add_argument("file", help="JSON Lines with wire_base64; - reads from stdin")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    """Print a line for each packet; nothing at all if a line is not JSON."""
    # Nobody knows before the end whether all lines are JSON, so what is told waits.
    with (
        _opened(options.file) as file,
        SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8") as answer,
    ):
        answer_in = _Answer(answer, as_json=options.json)
        for piece in pieces(file):
            _refuse_what_is_no_json(piece, options.file)
            answer_in.add(piece)
        answer_in.print()
    return 1 if answer_in.is_bad else 0


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115  closed below
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}") from error
    with file:
        yield file


def _refuse_what_is_no_json(piece: Sequence[Line], name: str) -> None:
    for number, entry in piece:
        if isinstance(entry, Unreadable) and not entry.is_json:
            raise UsageError(
                f"{name}: line {number}: {entry.reason}. Each line must be a JSON "
                "object with wire_base64."
            )


class _Answer:
    """What is going to be printed, and whether it is bad."""

    def __init__(self, file: IO[str], *, as_json: bool) -> None:
        self.is_bad = False
        self._file = file
        self._as_json = as_json
        self._state = NOTHING_SEEN
        self._between = "["

    def add(self, piece: Sequence[Line]) -> None:
        for told in self._told(piece):
            self.is_bad = self.is_bad or told.verdict in BAD
            self._file.write(self._written(told))

    def print(self) -> None:
        self._file.seek(0)
        while text := self._file.read(IN_MEMORY):
            sys.stdout.write(text)
        if self._as_json:
            tell("[]" if self._between == "[" else "]")
            return
        _tell_of_all(self._state)

    def _told(self, piece: Sequence[Line]) -> Iterator[Told]:
        seen = [one.entry for one in piece if isinstance(one.entry, Sighting)]
        self._state, verdicts = observe_all(self._state, seen)
        judged = iter(verdicts)
        for number, entry in piece:
            if isinstance(entry, Unreadable):
                yield Told(number, None, None, Trust.MALFORMED, entry.reason)
            else:
                yield _told(number, entry, next(judged))

    def _written(self, told: Told) -> str:
        if not self._as_json:
            return f"{told}\n"
        before, self._between = self._between, ", "
        return f"{before}{json.dumps(told._asdict())}"


def _told(number: int, sighting: Sighting, judged: Judged) -> Told:
    packet = sighting.packet
    if isinstance(packet, Malformed):
        return Told(number, None, None, judged.trust, judged.reason)
    return Told(
        number, packet.kind, short(packet.sender_id), judged.trust, judged.reason
    )


def _tell_of_all(state: State) -> None:
    tell(finding(state).headline)
    for row in rows(state):
        tell(f"  {row}")
