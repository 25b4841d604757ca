"""Logs as the app writes them: its lines, in a release or a debug build.

A release prints warnings, errors and what is printed past the logger; no line has a
level or a time. Source: cohrtz_app at 6470ae3 (logging_service.dart and its callers).
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from rehearsal.cohrtz.app_lines import COUNTED, LINES, PEER, ROOM, Line

__all__ = ["LINES", "PEER", "ROOM", "AppLog"]


@dataclass
class AppLog:
    """What one app logs; `text` is what somebody would hand over."""

    debug: bool = False
    said: list[str] = field(default_factory=list)
    room: str = ROOM
    peer: str = PEER
    """The identity that lines about somebody else name."""
    rows: int = 3
    """How many tasks the lines that count them speak of."""

    def add(self, *names: str, times: int = 1) -> "AppLog":
        """Let these lines be logged, in this order, so many times."""
        self.said += [name for _ in range(times) for name in names]
        return self

    def printed(self) -> list[str]:
        """Return the names of the lines that this build prints, in order."""
        hidden = () if self.debug else ("D", "I")
        return [name for name in self.said if LINES[name].level not in hidden]

    def counts(self) -> Counter[str]:
        """Return how often each line was printed."""
        return Counter(self.printed())

    def text(self) -> str:
        """Return the log."""
        head = ["[Main] Initialization complete. Running App."] if self.debug else []
        rows = [row for name in self.printed() for row in _rows(LINES[name])]
        return self._here("\n".join([*head, *rows, ""]))

    def _here(self, text: str) -> str:
        """Put the room and the person of this log where the lines have their own."""
        told = text.replace(ROOM, self.room).replace(PEER, self.peer)
        told = told.replace(COUNTED, COUNTED.replace("3", str(self.rows)))
        return told.replace(_in_file_names(ROOM), _in_file_names(self.room))


def _in_file_names(room: str) -> str:
    """Return a room's name as the app writes it into the names of files."""
    return re.sub(r"[^A-Za-z0-9_]", "_", room)


def _rows(line: Line) -> list[str]:
    tag = f"[{line.tag}] " if line.tag else ""
    rows = f"{tag}{line.text}".split("\n")
    if line.error:
        rows += f"[{line.tag}] Error: {line.error}".split("\n")
    if line.stack:
        rows += [
            f"[{line.tag}] Stack trace:",
            "#0      _main (package:cohrtz/a.dart:1)",
        ]
    return rows
