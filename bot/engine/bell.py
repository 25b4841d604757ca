"""A bell that is rung when an incident changed: nobody has to poll."""

import asyncio


class Waiting:
    """Which incidents wait for something that others hold; each is told once.

    It carries nothing that must not be lost, either.
    """

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._incidents: dict[str, None] = {}

    def add(self, incident: str) -> None:
        """Let an incident wait."""
        self._incidents[incident] = None

    def take(self) -> tuple[str, ...]:
        """Return who waits; they must ask again if it was in vain."""
        waiting = tuple(self._incidents)
        self._incidents.clear()
        return waiting


class Bell:
    """Remembers which incidents changed until one listener takes them.

    It carries nothing that must not be lost: what it says can be found in the store.
    """

    def __init__(self) -> None:
        """Start with nothing to tell."""
        self._changed: dict[str, None] = {}
        self._rung = asyncio.Event()

    def ring(self, incident: str = "") -> None:
        """Tell that an incident changed, or (without one) that there is work."""
        if incident:
            self._changed[incident] = None
        self._rung.set()

    async def wait(self, seconds: float) -> tuple[str, ...]:
        """Wait for a ring, at most so long; return the incidents that changed."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return ()
        self._rung.clear()
        changed = tuple(self._changed)
        self._changed.clear()
        return changed
