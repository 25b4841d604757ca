"""How fast to write to Slack: a bucket for each channel, people's presses first.

Slack allows about one message per second and channel, and short bursts; of updates and
of searches about 50 a minute in the whole workspace (tier 3). A 429 says that a burst
was too large: the bucket is closed for as long as Slack asks, and its burst is halved;
it grows back by one a minute.
"""

import asyncio
import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

RATE = 1.0
"""Tokens per second."""

BURST = 4
"""Slack's own burst is not documented; a small one has been seen to be fine."""

SEARCHES = frozenset({"conversations.history", "conversations.replies"})
"""Looking for what may have been posted unheard."""

TIER_3 = SEARCHES | {"chat.update"}
"""Slack counts these in the whole workspace, each by itself."""

EVERYWHERE = ""

REGROW = 60.0
"""Seconds without a 429 after which the burst grows by one."""


class Urgency(IntEnum):
    """Who is served first when a bucket is empty."""

    PRESS = 0
    NEW = 1
    REFRESH = 2


@dataclass(frozen=True)
class Pace:
    """How fast a bucket fills, and how much it holds."""

    rate: float = RATE
    burst: int = BURST


WIDE = Pace(rate=50 / 60, burst=40)
"""Slack says 50 a minute and more; some is left for what else calls."""


class Bucket:
    """Hands out leave to call, at a pace, the most urgent first."""

    def __init__(self, pace: Pace) -> None:
        """Start full."""
        loop = asyncio.get_running_loop()
        self._pace = pace
        self._burst = float(pace.burst)
        self._tokens = float(pace.burst)
        self._at = loop.time()
        self._closed_until = 0.0
        self._grown_at = loop.time()
        self._order = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._timer: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> bool:
        """Say whether the bucket is as if new and nobody waits: forget it then."""
        self._fill()
        whole = self._tokens >= self._burst >= self._pace.burst
        return whole and not self._waiting and not self._closed()

    async def take(self, urgency: Urgency) -> None:
        """Wait for leave to make one call."""
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, next(self._order), turn))
        self._serve()
        try:
            await turn
        except asyncio.CancelledError:
            self._leave_line(turn)
            raise

    def close(self, seconds: float) -> None:
        """Let nobody call for so long, and allow smaller bursts from then on."""
        now = asyncio.get_running_loop().time()
        self._closed_until = max(self._closed_until, now + seconds)
        self._burst = max(1.0, self._burst // 2)
        self._tokens = min(self._tokens, 1.0)
        self._grown_at = now
        self._at = self._closed_until
        self._serve()

    def _leave_line(self, turn: asyncio.Future[None]) -> None:
        """Forget who was cancelled; what was granted meanwhile is for the others."""
        if turn.done() and not turn.cancelled():
            self._tokens = min(self._burst, self._tokens + 1)
        self._waiting = [one for one in self._waiting if one[2] is not turn]
        heapq.heapify(self._waiting)
        self._serve()

    def _serve(self) -> None:
        self._fill()
        while self._waiting and self._tokens >= 1 and not self._closed():
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():  # else its task was cancelled and has not run yet
                self._tokens -= 1
                turn.set_result(None)
        self._come_back()

    def _come_back(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._waiting:
            return
        loop = asyncio.get_running_loop()
        closed = max(0.0, self._closed_until - loop.time())
        lacking = max(0.0, 1 - self._tokens) / self._pace.rate
        self._timer = loop.call_later(max(closed, lacking, 0.001), self._serve)

    def _closed(self) -> bool:
        return asyncio.get_running_loop().time() < self._closed_until

    def _fill(self) -> None:
        now = asyncio.get_running_loop().time()
        self._regrow(now)
        if now > self._at:
            gained = (now - self._at) * self._pace.rate
            self._tokens = min(self._burst, self._tokens + gained)
            self._at = now

    def _regrow(self, now: float) -> None:
        """Allow one more at once for each quiet minute, be it looked at or not."""
        grown = (now - self._grown_at) // REGROW
        if grown >= 1:
            self._burst = min(float(self._pace.burst), self._burst + grown)
            self._grown_at += grown * REGROW


class Pacing:
    """The buckets: for each channel its posts and its updates; for all, by method."""

    def __init__(self, pace: Pace | None = None, wide: Pace = WIDE) -> None:
        """Use `pace` in each channel, and `wide` where the workspace has a limit."""
        self._pace = pace or Pace()
        self._wide = wide
        self._buckets: dict[tuple[str, str], Bucket] = {}

    async def take(self, method: str, channel: str, urgency: Urgency) -> None:
        """Wait for leave to call the method in the channel."""
        for bucket in self._of(method, channel):
            await bucket.take(urgency)

    def close(self, method: str, channel: str, seconds: float) -> None:
        """Take Slack's 429 to heart."""
        for bucket in self._of(method, channel):
            bucket.close(seconds)

    def _of(self, method: str, channel: str) -> Iterator[Bucket]:
        if method not in SEARCHES:
            yield self._bucket((method, channel), self._pace)
        if method in TIER_3:
            yield self._bucket((method, EVERYWHERE), self._wide)

    def _bucket(self, key: tuple[str, str], pace: Pace) -> Bucket:
        if key not in self._buckets:
            self._forget_idle()
            self._buckets[key] = Bucket(pace)
        return self._buckets[key]

    def _forget_idle(self) -> None:
        if len(self._buckets) < _MANY:
            return
        for key in [key for key, bucket in self._buckets.items() if bucket.idle]:
            del self._buckets[key]


_MANY = 1_000
