"""SQLite without its threads: each job runs on the loop, a drawn moment later.

The database, its files and its transactions are the true ones; only the hop into a
thread, which comes back whenever it likes, is replaced. What the bot's death leaves is
what was committed.
"""

import asyncio
import random
import sqlite3
from collections.abc import Generator
from functools import partial
from typing import Any

from bot.store.sqlite import Link
from tests.simulation.lives import LIFE
from tests.simulation.network import Network

MOMENT = (0.000_05, 0.002)
"""Seconds that a job waits for the disk: from, to."""


class Dead(sqlite3.OperationalError):
    """The process that asks has died."""


class InlineLink(Link):
    """A connection whose jobs run one after another, each a step of the bot's life."""

    chance: random.Random
    network: Network
    """Told that something is under way; each simulation brings its own."""

    def __init__(self, connector: Any, iter_chunk_size: int) -> None:
        self._running = True
        self._connection: sqlite3.Connection | None = None
        self._connector = connector
        self._life = LIFE.get()
        self._free = asyncio.Lock()

    def __await__(self) -> Generator[Any, None, "InlineLink"]:
        return self._connect().__await__()

    async def _connect(self) -> "InlineLink":
        if self._connection is None:
            self._connection = self._connector()
        return self

    async def _execute(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        if not self._running or self._connection is None:
            raise ValueError("Connection closed")
        # Shielded: a job that was asked for runs to its end, as a thread would.
        return await asyncio.shield(self._do(partial(fn, *args, **kwargs)))

    async def _do(self, job: Any) -> Any:
        self.network.on_its_way += 1
        try:
            async with self._free:
                await asyncio.sleep(self.chance.uniform(*MOMENT))
                return await self._done(job)
        finally:
            self.network.on_its_way -= 1

    async def _done(self, job: Any) -> Any:
        if self._life is None:
            return job()
        if not self._life.step():
            raise Dead("The process has died.")
        answer = job()
        if not self._life.step():
            await asyncio.Future()
        return answer

    def stop(self) -> None:
        self._running = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def close(self) -> None:
        async with self._free:
            self.stop()

    def __del__(self) -> None:
        if self._connection is not None:
            self._connection.close()
