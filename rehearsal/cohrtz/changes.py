"""Lets tests and servers wait for a change of the simulated world without polling."""

import asyncio
from collections.abc import Callable


class Changes:
    """Wakes whoever waits, each time that something has changed."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._waiting: dict[asyncio.Event, Callable[[], bool]] = {}

    def tell(self) -> None:
        """Say that something has changed; wake those for whom it is enough."""
        for event, holds in self._waiting.items():
            if not event.is_set() and holds():
                event.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once `holds()` is true; it is asked again at every change."""
        event = asyncio.Event()
        self._waiting[event] = holds
        try:
            while not holds():  # it may have ceased to hold since it was told
                event.clear()
                await event.wait()
        finally:
            del self._waiting[event]

    async def once(self) -> None:
        """Return at the next change."""
        event = asyncio.Event()
        self._waiting[event] = lambda: True
        try:
            await event.wait()
        finally:
            del self._waiting[event]
