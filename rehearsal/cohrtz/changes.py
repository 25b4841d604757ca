"""Lets tests and servers wait for a change of the simulated world without polling."""

import asyncio
from collections.abc import Callable


class Changes:
    """Wakes whoever waits, each time that something has changed."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._waiting: set[asyncio.Event] = set()

    def tell(self) -> None:
        """Say that something has changed."""
        for event in self._waiting:
            event.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once `holds()` is true; it is asked again at every change."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            while not holds():
                await event.wait()
                event.clear()
        finally:
            self._waiting.discard(event)

    async def once(self) -> None:
        """Return at the next change."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            await event.wait()
        finally:
            self._waiting.discard(event)
