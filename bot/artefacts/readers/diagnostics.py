"""Does a file of diagnostic events say that sync requests are answered?

The events are JSON Lines, or the text of the app's panel as somebody copied it.
"""

import heapq
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from bot.artefacts.shape import Asked
from bot.cohrtz.diagnostics import (
    LINE_LIMIT,
    DiagnosticEvent,
    LineRefused,
    SyncEvent,
    read_line,
    reduced,
)
from bot.cohrtz.panel_text import Shown, events_of, read_shown
from bot.cohrtz.sync_story import FACTS as STORY
from bot.cohrtz.sync_story import tell
from bot.core.artefact import Kind, Reading
from bot.core.evidence import Finding, Verdict, unknown

KIND = Kind.DIAGNOSTICS
FACTS = {
    **STORY,
    "diagnostics.refused_lines": "lines of the file that are no diagnostic events",
    "diagnostics.other_rooms": "events of other rooms than the one asked about",
}
MOST = 20_000
"""Events that are looked at, the newest; a device's ring holds 500."""

SOMEBODY = "the device whose panel it is"
PANEL = (
    " It is the panel's text: to the second, of an unknown day, and no more than the "
    "panel showed."
)
FIRST_LINES = 20
"""Lines by which a file is recognised: its very first may be cut off."""

Kept = tuple[datetime, int, SyncEvent]


def recognises(head: bytes, path: Path) -> bool:  # noqa: ARG001  a Reader's shape
    """Say whether one of the first lines is a diagnostic event."""
    lines = (line for line in head.splitlines() if line.strip())
    return any(_is_event(line) for line in islice(lines, FIRST_LINES))


def _is_event(line: bytes) -> bool:
    if _shown(line) is not None:
        return True
    try:
        read_line(line.removeprefix(BOM_UTF8))
    except LineRefused:
        return False
    return True


def _shown(line: bytes) -> Shown | None:
    return read_shown(line.decode("utf-8", "replace"))


def read(path: Path, asked: Asked) -> Reading:
    """Read the events of the room and of the participant asked about."""
    tally = _Tally(asked.room)
    with path.open("rb") as file:
        for line in _lines(file):
            tally.take(line)
    return Reading(finding=tally.finding(asked.participant))


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Give the lines, of one that is too long only its beginning."""
    whole = True
    while piece := file.readline(LINE_LIMIT + 2):
        if whole:
            yield piece.removeprefix(BOM_UTF8)
        whole = piece.endswith(b"\n")


class _Tally:
    """Holds the newest events while the file goes by."""

    def __init__(self, room: str | None) -> None:
        self._room = room
        self._newest: list[Kept] = []
        self._shown: deque[Shown] = deque(maxlen=MOST)
        self._taken = self._refused = self._elsewhere = 0

    def take(self, line: bytes) -> None:
        if not line.strip():
            return
        shown = _shown(line)
        if shown is not None:
            self._shown.append(shown)
            return
        try:
            self._keep(read_line(line.rstrip(b"\r\n")))
        except LineRefused:
            self._refused += 1

    def _keep(self, event: DiagnosticEvent) -> None:
        if self._room and event.room_name not in (None, self._room):
            self._elsewhere += 1
            return
        self._taken += 1
        one = reduced(event)
        item = (one.at, self._taken, one)
        if len(self._newest) < MOST:
            heapq.heappush(self._newest, item)
        else:
            heapq.heappushpop(self._newest, item)

    def finding(self, participant: str | None) -> Finding:
        told = tell(self._events(participant), participant)
        facts = {
            **told.facts,
            "diagnostics.refused_lines": self._refused,
            "diagnostics.other_rooms": self._elsewhere,
        }
        if self._taken == 0 and self._elsewhere and not self._shown:
            return unknown("All events of the file are of other rooms.", facts)
        return Finding(
            verdict=self._verdict(told.verdict),
            headline=f"{told.headline}{self._reservations()}",
            facts=facts,
        )

    def _events(self, participant: str | None) -> list[SyncEvent]:
        """Return the newest events; the panel is taken for the participant's own."""
        written = [one for *_, one in self._newest]
        return [*written, *events_of(tuple(self._shown), participant or SOMEBODY)]

    def _verdict(self, told: Verdict) -> Verdict:
        """Say *unknown* for *ok* when a part of the file could not be read."""
        damaged = self._refused and told is Verdict.OK
        return Verdict.UNKNOWN if damaged else told

    def _reservations(self) -> str:
        words = PANEL if self._shown else ""
        if self._refused:
            words += f" {self._refused} lines are no diagnostic events."
        if self._taken > MOST:
            words += f" Only the newest {MOST} of {self._taken} events were looked at."
        return words
