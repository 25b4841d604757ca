"""Slack's clock, by which our own is judged: no wall clock of ours is trusted here.

Each answer of Slack carries its time. From there on the monotonic clock counts, which
nobody can turn. So times that are compared with those of Slack's messages, and with
those in its requests, stay right when the machine's clock jumps, and that it is wrong
can be told. Only what Slack answers to our own calls is heard, which TLS vouches for.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import structlog

from bot.errors import BotError

log = structlog.get_logger(__name__)

OFF = timedelta(minutes=4)
"""A clock that is off by more is told of, and the bot is not ready: tokens, LiveKit's
webhooks and the age of what was looked at are judged by the machine's clock."""

REST = 60.0
"""Seconds between two times that Slack is asked for its time: anybody can cause it."""

PATIENCE = 1.0
"""Seconds to wait for that: Slack waits three for the answer to its own request."""


class SlackClock:
    """What time it is at Slack."""

    def __init__(
        self,
        wall: Callable[[], datetime],
        steady: Callable[[], float] | None = None,
    ) -> None:
        """Count from our own time, `wall`, as long as Slack has not answered.

        `steady` counts seconds that nobody can turn; None: the monotonic clock's.
        """
        self._wall = wall
        self._steady = steady or time.monotonic
        self._told: tuple[datetime, float] | None = None
        self._said = False

    def hear(self, date: object) -> None:
        """Take the `Date` of an answer; anything that is none is ignored."""
        at = _read(date)
        if at is None:
            return
        self._told = at, self._steady()
        if bool(self.trouble()) is not self._said:
            self._said = not self._said
            log.warning(
                "clock.off" if self._said else "clock.right", why=self.trouble()
            )

    def now(self) -> datetime:
        """Return Slack's time, as exactly as whole seconds and the wire allow."""
        if self._told is None:
            return self._wall()
        at, since = self._told
        return at + timedelta(seconds=self._steady() - since)

    def earlier(self) -> datetime:
        """Return Slack's time or ours, whichever is earlier.

        What is given up by it had its time, whatever was done to our clock.
        """
        return min(self._wall(), self.now())

    def seconds(self) -> float:
        """Return Slack's time in seconds since 1970."""
        return self.now().timestamp()

    def trouble(self) -> str:
        """Say in plain words that our clock is off, and by how much; empty if not."""
        ahead = self._wall() - self.now()
        if abs(ahead) <= OFF:
            return ""
        way = "ahead of" if ahead > timedelta() else "behind"
        return (
            f"This machine's clock is {_long(abs(ahead))} {way} Slack's. Set it, and "
            "keep it by NTP: tokens and LiveKit's webhooks are judged by it, and what "
            "was looked at has a wrong age."
        )


class Doubt:
    """Has Slack asked for its time, seldom, when a request's is far from it.

    The monotonic clock stands still while a machine sleeps, and goes askew while its
    wall clock is slowly set right; without a call of ours nobody would notice.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[object]],
        steady: Callable[[], float] | None = None,
    ) -> None:
        """Take a call to Slack whose answer is heard by the clock.

        `steady` counts seconds that nobody can turn; None: the monotonic clock's.
        """
        self._ask = ask
        self._steady = steady or time.monotonic
        self._next: float | None = None

    async def __call__(self) -> None:
        """Ask, unless it was asked lately; that Slack does not answer is no matter."""
        now = self._steady()
        if self._next is not None and now < self._next:
            return
        self._next = now + REST
        with suppress(BotError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._ask()


def _read(date: object) -> datetime | None:
    text = date[0] if isinstance(date, list) and date else date
    try:
        at = parsedate_to_datetime(str(text))
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _long(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
