"""A bot that dies at its blows, and is started again on the same database."""

import asyncio
from collections.abc import Callable, Iterable
from itertools import chain, repeat

from bot.app import now
from bot.settings import Settings
from bot.store.rows import EventRow
from handlers.pacing import Pace
from handlers.reconcile import Pauses
from handlers.serve import Tempo, serving
from rehearsal.player import Temper
from tests.e2e.life import LIFE, Blow, Life

SPEED = 300.0
"""So many times faster than life run the app's timers and the bot's own."""

HURRIED = Tempo(
    channel=Pace(rate=40, burst=3),
    workspace=Pace(rate=10_000, burst=1_000),
    pauses=Pauses(rest=0.2, first=0.01, longest=0.05, blocked=0.05, late=0.3),
    retry=0.02,
)
TEMPER = Temper(patience=300.0, pause=0.02)
"""The machine may be busy with everything else; nobody waits that long if it is not."""


class MortalBot:
    """Starts lives on one database, the next when one has ended."""

    def __init__(self, settings: Settings, blows: Iterable[Blow]) -> None:
        """Let the first life die at the first blow, the second at the next."""
        self._settings = settings
        self._blows = chain(blows, repeat(None))
        self.ledger: dict[tuple[str, int], EventRow] = {}
        self.reached: Callable[[int], None] = lambda _: None
        self.lives: list[Life] = []
        self._minder: asyncio.Task[None] | None = None

    @property
    def deaths(self) -> int:
        return sum(life.over for life in self.lives)

    async def start(self) -> None:
        self._minder = asyncio.create_task(self._mind())
        await asyncio.sleep(0)
        await self._until_up()

    async def stop(self) -> None:
        if self._minder is not None:
            self._minder.cancel()
            await asyncio.gather(self._minder, return_exceptions=True)

    async def quiet(self) -> None:
        """Wait until Slack shows all that the store says, and everybody is told."""
        async with asyncio.timeout(TEMPER.patience):
            while await self._behind():  # noqa: ASYNC110  the store rings no bell here
                await asyncio.sleep(0.01)

    async def _behind(self) -> bool:
        life = self.lives[-1]
        if life.over or life.loops is None:
            return True
        store = life.loops.bot.store
        return bool(await store.behind(10) or await store.notices(now(), 1))

    async def _until_up(self) -> None:
        """Wait until a life is up; the first may have died before."""
        async with asyncio.timeout(TEMPER.patience):
            while not self.lives[-1].up.is_set():
                up, over = (
                    asyncio.create_task(one.wait())
                    for one in (self.lives[-1].up, self.lives[-1].ended)
                )
                await asyncio.wait({up, over}, return_when=asyncio.FIRST_COMPLETED)
                up.cancel()
                over.cancel()
                await asyncio.sleep(0)

    async def _mind(self) -> None:
        for blow in self._blows:
            life = Life(blow, self.ledger)
            self.lives.append(life)
            await self._lived(life)

    async def _lived(self, life: Life) -> None:
        token = LIFE.set(life)
        living = asyncio.create_task(self._live(life))
        LIFE.reset(token)
        ended = asyncio.create_task(life.ended.wait())
        try:
            await asyncio.wait({living, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not life.over:
                living.result()  # it failed, which no blow explains
        finally:
            living.cancel()
            ended.cancel()
            await life.bury(living, ended)

    async def _live(self, life: Life) -> None:
        async with serving(self._settings, HURRIED) as (loops, port):
            life.loops, life.port = loops, port
            self.reached(port)
            life.up.set()
            await loops.run()
