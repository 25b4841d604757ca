"""The app's and the server's own timers, made faster for a rehearsal."""

import asyncio


class Pace:
    """Divides every duration of the simulated world by one factor."""

    def __init__(self, speed: float) -> None:
        """Make a pace; `speed` 10 lets thirty seconds pass in three."""
        self._speed = speed

    def seconds(self, simulated: float) -> float:
        """Return how many real seconds that many simulated ones take."""
        return simulated / self._speed

    async def sleep(self, simulated: float) -> None:
        """Sleep for so many simulated seconds."""
        await asyncio.sleep(self.seconds(simulated))
