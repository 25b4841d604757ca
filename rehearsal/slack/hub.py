"""Tells whoever looks that something changed: browser pages and waiting tests."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

POLL = 0.05  # seconds; a predicate may look at things that no hub tells of


@dataclass(frozen=True)
class Delta:
    """One change as the browser page reads it; `audience` None is everybody."""

    body: Json
    audience: frozenset[str] | None = None

    def concerns(self, user: str) -> bool:
        """Tell whether this person may see the change."""
        return self.audience is None or user in self.audience


Subscriber = Callable[[Delta], None]


class Hub:
    """Passes changes to subscribers at once and wakes those who wait."""

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self._subscribers: list[Subscriber] = []
        self._waiting: set[asyncio.Event] = set()

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Add a subscriber; the result takes it away again."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def publish(self, delta: Delta) -> None:
        """Pass a change on."""
        for subscriber in tuple(self._subscribers):
            subscriber(delta)
        self.touch()

    def touch(self) -> None:
        """Wake everybody who waits for some condition."""
        for event in self._waiting:
            event.set()

    async def wait_for(self, predicate: Callable[[], object], timeout: float) -> None:  # noqa: ASYNC109 -- the caller's patience is part of the question
        """Wait until the predicate holds; TimeoutError after `timeout` seconds."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(timeout):
                while not predicate():
                    await self._next(event)
        finally:
            self._waiting.discard(event)

    @staticmethod
    async def _next(event: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(POLL):
                await event.wait()
        except TimeoutError:
            return
        event.clear()
