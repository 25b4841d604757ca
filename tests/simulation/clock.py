"""Virtual time: one number, moved by the loop, told to whoever asks for the time.

The clock of the bot's machine may be wrong, for the bot alone: Slack's and Cohrtz's
go right, and so does the monotonic one.

The wall clock is replaced inside the interpreter (by time-machine), so that it does not
matter how somebody took hold of it. The monotonic clock is replaced by name, since the
machine's own must go on for the interpreter itself.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from unittest.mock import patch

import time_machine

from tests.simulation.lives import LIFE

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC).timestamp()
"""Where the wall clock of every simulation begins: a Monday morning."""

BEGIN = 1_000.0
"""What the monotonic clock says then: nothing may rest on its being near zero."""

BILLION = 1_000_000_000
"""Nanoseconds in a second."""

ORIGIN = round(EPOCH) * BILLION
"""`EPOCH` in nanoseconds: floats of seconds are not fine enough for microseconds."""


FINE = 0.001
"""Seconds: times are kept in microseconds here and in floats there."""


class Clock:
    """The time of one simulation; only the loop moves it, and only forward."""

    def __init__(self) -> None:
        self._now, self._wall = [BEGIN], [ORIGIN]
        self.monotonic: Callable[[], float] = partial(self._now.__getitem__, 0)
        """Says the seconds of the clock that only goes on: asked at every turn."""
        self._ahead = 0
        """Nanoseconds by which the bot's clock is ahead of all others."""
        self._turned = [(EPOCH, 0.0)]
        """From which true time on the bot's clock was so many seconds ahead."""
        self._traveller: time_machine.Traveller | None = None

    @property
    def passed(self) -> float:
        """Seconds since the simulation began."""
        return self._now[0] - BEGIN

    def move_to(self, when: float) -> None:
        """Let it be then, by both clocks; what has passed stays passed."""
        if when > self._now[0]:
            self._now[0] = when
            self._wall[0] = ORIGIN + round((when - BEGIN) * BILLION)

    def turn(self, ahead: float) -> None:
        """Let the bot's clock be so many seconds ahead of the true time from now on."""
        if self._ahead != round(ahead * BILLION):
            self._ahead = round(ahead * BILLION)
            self._turned.append((self._wall[0] / BILLION, ahead))
            self._tell()

    def may_have_said(self, at: float, since: float, until: float) -> bool:
        """Say whether the bot's clock may have shown `at` between two true moments."""
        ends = [begun for begun, _ in self._turned[1:]] + [math.inf]
        return any(
            max(begun - FINE, since) <= at - ahead <= min(end + FINE, until)
            for (begun, ahead), end in zip(self._turned, ends, strict=True)
        )

    def _tell(self) -> None:
        """Have the time told at the least cost: it is asked for all the time."""
        right = partial(self._wall.__getitem__, 0)
        if self._traveller is not None:
            told = self._as_who_asks_sees_it if self._ahead else right
            self._traveller.time_ns = told  # type: ignore[method-assign]

    def _as_who_asks_sees_it(self) -> int:
        return self._wall[0] + (0 if LIFE.get() is None else self._ahead)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Let everybody who asks for the time hear this clock."""
        with (
            patch.object(time, "monotonic", self.monotonic),
            time_machine.travel(EPOCH, tick=False) as self._traveller,
        ):
            # To `shift` it at every step would cost more than all who ask.
            self._tell()
            yield
