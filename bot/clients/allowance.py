"""How often each of many may do something: a bucket each, kept only while it counts."""

import math
from collections.abc import Callable
from dataclasses import dataclass

MOST = 10_000
"""Buckets that are kept at a time."""


@dataclass(frozen=True)
class Rate:
    """What may be done at once, and in the long run; both are counts."""

    burst: float
    per_second: float

    @classmethod
    def per_minute(cls, count: float) -> "Rate":
        """Return the rate of so many a minute, all of which may come at once."""
        return cls(count, count / 60)


@dataclass(frozen=True)
class Bucket:
    """What is left, as of a time in seconds."""

    left: float
    at: float


class Allowance:
    """Counts what each one took; a full bucket is as good as none and is forgotten."""

    def __init__(
        self, rate: Rate, clock: Callable[[], float], most: int = MOST
    ) -> None:
        """Take the rate of each one; `clock` is in seconds and may jump."""
        self._rate = rate
        self._clock = clock
        self._most = most
        self._buckets: dict[str, Bucket] = {}

    def __len__(self) -> int:
        """Count the buckets that are kept."""
        return len(self._buckets)

    def take(self, name: str, cost: float = 1.0) -> int:
        """Take `cost` and return 0, or take nothing and return the seconds to wait."""
        now = self._clock()
        left = self._left(name, now)
        if left < cost:
            return max(1, math.ceil((cost - left) / self._rate.per_second))
        self._forget_full(name, now)
        self._buckets[name] = Bucket(left - cost, now)
        return 0

    def _left(self, name: str, now: float) -> float:
        known = self._buckets.get(name)
        if known is None:
            return self._rate.burst
        gained = max(0.0, now - known.at) * self._rate.per_second
        return min(self._rate.burst, known.left + gained)

    def _forget_full(self, name: str, now: float) -> None:
        """Make room: forget those who may do all again; the oldest if none may."""
        if name in self._buckets or len(self._buckets) < self._most:
            return
        full = [
            one for one in self._buckets if self._left(one, now) >= self._rate.burst
        ]
        for one in full or [min(self._buckets, key=lambda one: self._buckets[one].at)]:
            del self._buckets[one]
