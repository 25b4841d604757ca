"""People first: work that nobody waits for stands back while requests are served.

Slack gives three seconds to answer. In a burst of commands the loop is busy; the
looks and drawings that the first commands cause must not delay the answers to the
others. They stand in a line until no request has been served for a moment, and then go
one by one, a breath between them, so that the next request finds the loop free. Whoever
has waited for a bounded time goes all the same, one after another, so that a steady
stream of requests cannot starve them.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

PATIENCE = 1.0
"""Seconds that background work stands back at most; then it goes in turn."""

CALM = 0.01
"""Seconds after the last request until it is quiet: the next one of a stream comes
sooner."""

BREATH = 0.003
"""Seconds between those who go while it is quiet. Each has work for longer than that,
so the line goes hardly more slowly; but when a quiet moment ends, few have begun."""

SPACING = 0.3
"""Seconds between those who go although requests are being served. A look and what is
drawn of it take the loop for 10 to 20 ms, so they take a twentieth of it."""


@dataclass(frozen=True)
class _Turn:
    """Somebody in the line, and when their patience is at its end."""

    granted: asyncio.Future[None]
    until: float


class Foreground:
    """Counts the requests that are being served, and keeps the line."""

    def __init__(self, patience: float = PATIENCE) -> None:
        """Start with none; background work waits at most `patience` seconds."""
        self._patience = patience
        self._serving = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._calm_at = float("-inf")
        self._went_at = float("-inf")
        self._line: deque[_Turn] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Hold background work back while a request is served."""
        self._serving += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._serving -= 1
            if not self._serving:
                self._quiet.set()
            self._calm_at = asyncio.get_running_loop().time() + CALM

    async def quiet(self, since: float | None = None) -> None:
        """Wait until no request is being served, or until patience is at its end.

        `since` is the loop's time from which on it was waited already.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        if not self._line and self._is_calm(now):
            return
        until = (now if since is None else since) + self._patience
        turn = _Turn(loop.create_future(), until)
        self._line.append(turn)
        if self._timer is None:
            self._come_back()
        await turn.granted

    def _is_calm(self, now: float) -> bool:
        return self._quiet.is_set() and now >= self._calm_at

    def _go_on(self) -> None:
        """Let the first in the line go, if it may, and come back for the next."""
        self._timer = None
        while self._line and self._line[0].granted.done():  # cancelled meanwhile
            self._line.popleft()
        if not self._line:
            return
        now = asyncio.get_running_loop().time()
        if self._is_calm(now) or self._is_due(now):
            self._went_at = now
            self._line.popleft().granted.set_result(None)
        self._come_back()

    def _is_due(self, now: float) -> bool:
        return now >= max(self._line[0].until, self._went_at + SPACING)

    def _come_back(self) -> None:
        loop = asyncio.get_running_loop()
        pause = BREATH if self._is_calm(loop.time()) else CALM
        if self._line:
            self._timer = loop.call_later(min(pause, self._patience), self._go_on)
