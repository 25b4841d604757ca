"""Tells in plain words what happens, as it happens."""

import sys
import time
from collections.abc import Callable


class Narrator:
    """Writes a line at a time, with the seconds since the start before it."""

    def __init__(self, write: Callable[[str], object] | None = None) -> None:
        """Write to standard output unless told otherwise."""
        self._write = write or _line
        self._began = time.monotonic()

    def say(self, who: str, what: str) -> None:
        """Tell that somebody did or said something."""
        seconds = time.monotonic() - self._began
        self._write(f"{seconds:6.1f} s  {who:<12} {what}")

    def note(self, what: str = "") -> None:
        """Tell something that nobody did."""
        self._write(what)


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
