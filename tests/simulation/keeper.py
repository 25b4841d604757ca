"""Keeps the bot running as a supervisor would: each life ends as the story says."""

import asyncio
from collections.abc import Sequence

from bot.errors import StoreError
from bot.settings import Settings
from handlers import serve
from tests.simulation.lives import LIFE, Life
from tests.simulation.story import Fate

LOOK = 1.0
"""Seconds between two looks whether the bot is up."""


class Keeper:
    """Starts one life after the other on the same database."""

    def __init__(self, settings: Settings, fates: Sequence[Fate]) -> None:
        self._settings = settings
        self._fates = list(fates)
        self._over = asyncio.Event()
        self._minding: asyncio.Task[None] | None = None
        self.lives: list[Life] = []
        self.codes: list[int] = []
        """The exit codes of the lives that ended by themselves or when asked."""
        self.unstarted: list[str] = []
        """Why it could not start, as when the disk is bad just then."""

    @property
    def killed(self) -> int:
        return sum(life.over for life in self.lives)

    @property
    def up(self) -> bool:
        """Whether it serves, and will go on."""
        last = self.lives[-1] if self.lives else None
        return last is not None and last.up.is_set() and not last.asked

    def start(self) -> None:
        self._minding = asyncio.create_task(self._mind(), name="keeper")

    async def until_up(self) -> None:
        """Wait until it serves; raise whatever ended the bot by itself."""
        while not self.up:
            await asyncio.sleep(LOOK)
            self._must_go_on()

    def let_be(self) -> None:
        """End nothing more: the life that is under way, or comes next, is the last."""
        self._fates.clear()
        if self.lives:
            self.lives[-1].fate = None

    async def stop(self) -> None:
        """Ask the last life to end, and wait until it has."""
        self._over.set()
        if self._minding is not None:
            await self._minding

    def _must_go_on(self) -> None:
        if self._minding is not None and self._minding.done():
            self._minding.result()

    async def _mind(self) -> None:
        while not self._over.is_set():
            life = Life(self._fates.pop(0) if self._fates else None)
            down = life.fate.down if life.fate else LOOK
            self.lives.append(life)
            await self._lived(life)
            life.up.clear()
            if not self._over.is_set():
                await asyncio.sleep(down)

    async def _lived(self, life: Life) -> None:
        stop = asyncio.Event()
        token = LIFE.set(life)
        living = asyncio.create_task(
            serve._live(self._settings, stop, life.up), name="bot"
        )
        LIFE.reset(token)
        ended = asyncio.create_task(life.ended.wait(), name="keeper/ended")
        asking = asyncio.create_task(self._ask(life, stop), name="keeper/ask")
        await asyncio.wait({living, ended}, return_when=asyncio.FIRST_COMPLETED)
        if life.over:
            living.cancel()
        else:
            self._note_the_end(living, life)
        for task in (ended, asking):
            task.cancel()
        await life.bury(living, ended, asking)

    def _note_the_end(self, living: asyncio.Task[int], life: Life) -> None:
        """Keep how it ended by itself; raise what no supervisor would try again."""
        try:
            self.codes.append(living.result())
        except StoreError as error:
            if life.up.is_set():
                raise
            self.unstarted.append(str(error))

    async def _ask(self, life: Life, stop: asyncio.Event) -> None:
        """Ask it to stop once its time has come, or when all is over."""
        seconds = life.fate.seconds if life.fate else None
        try:
            async with asyncio.timeout(seconds):
                await self._over.wait()
        except TimeoutError:
            if life.fate is None:  # it was let be meanwhile
                await self._over.wait()
        life.asked = True
        stop.set()
