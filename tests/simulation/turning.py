"""The clock of the bot's machine goes wrong and is set right again; nobody else's does.

While it is off by more than the bot puts up with, the bot must say so where it says
whether it is ready, and by which way it is off.
"""

import asyncio
from collections.abc import Iterable

import aiohttp

from handlers.clock import OFF
from tests.simulation.clock import Clock
from tests.simulation.keeper import Keeper
from tests.simulation.story import Turned

PATIENCE = aiohttp.ClientTimeout(total=3)
NOT_READY = 503
MINUTE = 60.0
"""Seconds: what is nearer to the limit than that may be told or not."""


class Turning:
    """Turns the clock as a story says, and asks the bot whether it has noticed."""

    def __init__(self, clock: Clock, keeper: Keeper, ready_url: str) -> None:
        self._clock = clock
        self._keeper = keeper
        self._ready_url = ready_url
        self.told = 0
        """How often the bot said that its clock is wrong."""
        self.untold: list[str] = []
        """What it said when it should have said so."""

    async def make(self, turns: Iterable[Turned]) -> None:
        """Let the clock go wrong, one time after the other."""
        for one in turns:
            await asyncio.sleep(one.after)
            self._clock.turn(one.ahead)
            await self._ask(one)
            await asyncio.sleep(one.lasts)
            self._clock.turn(0.0)

    def stop(self) -> None:
        """Let the clock be right from now on."""
        self._clock.turn(0.0)

    async def _ask(self, turned: Turned) -> None:
        """Ask as whoever watches the bot does, unless it is down or dies meanwhile."""
        lives = len(self._keeper.lives)
        if not self._keeper.up or abs(turned.ahead) < OFF.total_seconds() + MINUTE:
            return
        try:
            status, said = await self._readiness()
        except (aiohttp.ClientError, TimeoutError):
            return
        if self._keeper.up and len(self._keeper.lives) == lives:
            self._judge(turned, status, said)

    def _judge(self, turned: Turned, status: int, said: str) -> None:
        way = "ahead of" if turned.ahead > 0 else "behind"
        plainly = "This machine's clock is " in said and f" {way} Slack's" in said
        if status == NOT_READY and plainly:
            self.told += 1
        else:
            self.untold.append(f"{turned.ahead:.0f} s off it said {status} {said}")

    async def _readiness(self) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as http,
            http.get(self._ready_url) as answer,
        ):
            return answer.status, await answer.text()
