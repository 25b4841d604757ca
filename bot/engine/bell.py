"""A bell that is rung when an incident changed: nobody has to poll."""

import asyncio


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
