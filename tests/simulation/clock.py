"""Virtual time: one number, moved by the loop, told to whoever asks for the time.

The wall clock is replaced inside the interpreter (by time-machine), so that it does not
matter how somebody took hold of it. The monotonic clock is replaced by name, since the
machine's own must go on for the interpreter itself.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from unittest.mock import patch

import time_machine

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC).timestamp()
"""Where the wall clock of every simulation begins: a Monday morning."""

BEGIN = 1_000.0
"""What the monotonic clock says then: nothing may rest on its being near zero."""

BILLION = 1_000_000_000
"""Nanoseconds in a second."""

ORIGIN = round(EPOCH) * BILLION
"""`EPOCH` in nanoseconds: floats of seconds are not fine enough for microseconds."""


class Clock:
    """The time of one simulation; only the loop moves it, and only forward."""

    def __init__(self) -> None:
        self._now, self._wall = [BEGIN], [ORIGIN]
        self.monotonic: Callable[[], float] = partial(self._now.__getitem__, 0)
        """Says the seconds of the clock that only goes on: asked at every turn."""

    @property
    def passed(self) -> float:
        """Seconds since the simulation began."""
        return self._now[0] - BEGIN

    def move_to(self, when: float) -> None:
        """Let it be then, by both clocks; what has passed stays passed."""
        if when > self._now[0]:
            self._now[0] = when
            self._wall[0] = ORIGIN + round((when - BEGIN) * BILLION)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Let everybody who asks for the time hear this clock."""
        with (
            patch.object(time, "monotonic", self.monotonic),
            time_machine.travel(EPOCH, tick=False) as wall,
        ):
            # To `shift` it at every step would cost more than all who ask.
            wall.time_ns = partial(self._wall.__getitem__, 0)  # type: ignore[method-assign]
            yield
