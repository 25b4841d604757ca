"""Virtual time: one number, moved by the loop, told to whoever asks for the time.

The wall clock is replaced inside the interpreter (by time-machine), so that it does not
matter how somebody took hold of it. The monotonic clock is replaced by name, since the
machine's own must go on for the interpreter itself.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from unittest.mock import patch

import time_machine

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC).timestamp()
"""Where the wall clock of every simulation begins: a Monday morning."""

BEGIN = 1_000.0
"""What the monotonic clock says then: nothing may rest on its being near zero."""


BILLION = 1_000_000_000
"""Nanoseconds in a second."""


class Clock:
    """The time of one simulation; only the loop moves it, and only forward."""

    def __init__(self) -> None:
        self._now = BEGIN
        self._travel = time_machine.travel(EPOCH, tick=False)
        self._wall: time_machine.Traveller | None = None
        self._shifted = 0
        """Nanoseconds by which the wall clock was moved on so far."""

    def monotonic(self) -> float:
        return self._now

    @property
    def passed(self) -> float:
        """Seconds since the simulation began."""
        return self._now - BEGIN

    def move_to(self, when: float) -> None:
        """Let it be then, by both clocks; what has passed stays passed."""
        if when > self._now:
            self._now = when
            if self._wall is not None:
                self._shift(self._wall)

    def _shift(self, wall: time_machine.Traveller) -> None:
        """Move the wall clock on; to `move_to` a time would cost ten times as much."""
        passed = round(self.passed * BILLION)
        wall.shift((passed - self._shifted) / BILLION)
        self._shifted = passed

    @contextmanager
    def told(self) -> Iterator[None]:
        """Let everybody who asks for the time hear this clock."""
        with patch.object(time, "monotonic", self.monotonic):
            self._wall = self._travel.start()
            try:
                yield
            finally:
                self._travel.stop()
                self._wall = None
