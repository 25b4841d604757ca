"""A bell that is rung when an incident changed: nobody has to poll."""

import asyncio


class Waiting:
    """Which incidents wait for something that others hold in a room; each is told once.

    It carries nothing that must not be lost, either.
    """

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._rooms: dict[str, str] = {}
        """Where each incident waits."""
        self._acting: dict[str, str] = {}
        """Where each incident acts that began to since this process did."""

    def add(self, incident: str, room: str) -> None:
        """Let an incident wait for what is held in a room."""
        self._rooms[incident] = room

    def leave(self, incident: str) -> None:
        """Forget an incident that waits no more."""
        self._rooms.pop(incident, None)

    def taken(self, incident: str, room: str) -> tuple[str, ...]:
        """Return who waits where an incident began to act.

        They must ask again if it was in vain.
        """
        self._acting[incident] = room
        return self._told(room)

    def let_go(self, incident: str) -> tuple[str, ...]:
        """Return who waits where an incident has acted; everybody if that is unknown.

        They must ask again if it was in vain.
        """
        return self._told(self._acting.pop(incident, None))

    def _told(self, room: str | None) -> tuple[str, ...]:
        told = tuple(
            one for one, where in self._rooms.items() if room is None or where == room
        )
        for one in told:
            del self._rooms[one]
        return told


class Tally:
    """Counts: whoever finds the same count as before has missed nothing."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.count = 0

    def add(self) -> None:
        """Count one more."""
        self.count += 1


class Alarm:
    """Wakes one sleeper, sooner than it would wake by itself if need be.

    A ring for later than that is not heard, so that it costs nothing.
    """

    def __init__(self) -> None:
        """Start with nobody asleep."""
        self._rung = asyncio.Event()
        self._wakes: float | None = None
        """When the sleeper wakes by itself (the loop's time); None: it is awake."""

    def ring(self, seconds: float = 0.0) -> None:
        """Tell that there is work in so many seconds."""
        at = asyncio.get_running_loop().time() + seconds
        if self._wakes is None or at < self._wakes:
            self._rung.set()

    async def sleep(self, seconds: float) -> None:
        """Wait at most so long; whoever was awake when it rang wakes at once."""
        self._wakes = asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return
        finally:
            self._wakes = None
            self._rung.clear()


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
