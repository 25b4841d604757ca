"""Takes up a changed keyring while the bot runs, and seals anew what is older.

A key file is read every few seconds: when a new key stands before the others it seals
from then on, and what older keys sealed is sealed anew beside everything else, a small
batch at a time. When nothing of a key is left the log says that it may go.
"""

import asyncio

import structlog

from bot.engine.foreground import Foreground
from bot.errors import SettingsError
from bot.store.keys import KeySource
from bot.store.rotation import KeyRotation

log = structlog.get_logger(__name__)

EVERY = 5.0
"""Seconds between two looks at where the keys are kept."""


class KeyWatch:
    """Keeps the database sealed with the first key of where the keys are kept."""

    def __init__(
        self, rotation: KeyRotation, source: KeySource, foreground: Foreground
    ) -> None:
        """Make a watch; `run` looks until cancelled."""
        self._rotation = rotation
        self._source = source
        self._foreground = foreground
        self._told: str | None = None
        """The trouble that was told last: once is enough."""

    async def run(self) -> None:
        """Look, and seal anew, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Take up what has changed, and seal anew what has to be."""
        await self._take_up()
        if await self._rotation.outdated():
            await self._rotate()

    async def _take_up(self) -> None:
        try:
            ring = await asyncio.to_thread(self._source.read)
            if ring is None:
                self._tell(f"{self._source.where} is gone")
                return
            if ring.keys != self._rotation.ring.keys:
                await self._rotation.take(ring, self._source.where)
                log.warning("keys.taken", sealing=ring.sealing, keys=ring.names)
        except SettingsError as error:
            self._tell(str(error))
        else:
            self._told = None

    def _tell(self, trouble: str) -> None:
        if trouble != self._told:
            log.error("keys.refused", why=trouble, sealing=self._rotation.ring.sealing)
            self._told = trouble

    async def _rotate(self) -> None:
        done = broken = 0
        while (step := await self._rotation.step()) is not None:
            done, broken = done + step.done, broken + step.broken
            await self._foreground.quiet()
        may_go = await self._rotation.retire()
        if done or broken:
            log.warning("keys.rotated", values=done, broken=broken, may_go=may_go)
