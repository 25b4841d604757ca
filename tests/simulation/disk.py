"""SQLite without its threads: each job runs on the loop, a drawn moment later.

The database, its files and its transactions are the true ones; only the hop into a
thread, which comes back whenever it likes, is replaced. What the bot's death leaves is
what was committed.
"""

import asyncio
import random
import sqlite3
from collections import deque
from collections.abc import Callable, Generator
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from bot.store.sqlite import Link
from tests.simulation.lives import LIFE
from tests.simulation.network import Network

MOMENT = (0.000_05, 0.002)
"""Seconds that a job waits for the disk: from, to."""


FULL = "PRAGMA max_page_count = 1"
"""The file may not grow: SQLite takes the pages that it has for the limit."""
READ_ONLY = "PRAGMA query_only = ON"
WELL = ("PRAGMA max_page_count = 4294967294", "PRAGMA query_only = OFF")
WRITES = "PRAGMA query_only"
"""Asks for 0 of the connection that writes: readers are set up so that they cannot."""


@dataclass(frozen=True)
class Trouble:
    """What the disk does not let the bot do, told by SQLite itself."""

    pragma: str


class Dead(sqlite3.OperationalError):
    """The process that asks has died."""


class Job(NamedTuple):
    """What somebody asked the disk for, and where its answer goes."""

    work: Callable[[], Any]
    answer: asyncio.Future[Any]
    context: Context


class InlineLink(Link):
    """A connection whose jobs run one after another, each a step of the bot's life.

    A job that was asked for runs to its end even if nobody waits for it any more, as
    it would in a thread.
    """

    chance: random.Random
    network: Network
    """Told that something is under way; each simulation brings its own."""
    trouble: Trouble | None = None
    """What befell the disk while the bot was running. Whoever starts it anew makes the
    disk well first, for it will not start on one that cannot be written to."""

    def __init__(self, connector: Any, iter_chunk_size: int) -> None:
        self._running = True
        self._connection: sqlite3.Connection | None = None
        self._connector = connector
        self._life = LIFE.get()
        self._jobs: deque[Job] = deque()
        self._born_in = InlineLink.trouble
        self._met: Trouble | None = None

    def __await__(self) -> Generator[Any, None, "InlineLink"]:
        return self._connect().__await__()

    async def _connect(self) -> "InlineLink":
        if self._connection is None:
            self._connection = self._connector()
        return self

    async def _execute(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        if not self._running or self._connection is None:
            raise ValueError("Connection closed")
        answer = asyncio.get_running_loop().create_future()
        self.network.on_its_way += 1
        self._jobs.append(Job(partial(fn, *args, **kwargs), answer, copy_context()))
        if len(self._jobs) == 1:
            self._begin(self._jobs[0])
        return await answer

    def _begin(self, job: Job) -> None:
        loop, moment = job.answer.get_loop(), self.chance.uniform(*MOMENT)
        loop.call_later(moment, self._do, job, context=job.context)

    def _do(self, job: Job) -> None:
        try:
            self._answer(job)
        except Exception as error:  # noqa: BLE001  it is the caller's
            if not job.answer.done():
                job.answer.set_exception(error)
        self.network.on_its_way -= 1
        self._jobs.popleft()
        if self._jobs:
            self._begin(self._jobs[0])

    def _answer(self, job: Job) -> None:
        """Do the job and tell its answer, unless the process dies of it."""
        if self._life is not None and not self._life.step():
            raise Dead("The process has died.")
        self._meet_trouble()
        answer = job.work()
        lives_on = self._life is None or self._life.step()
        if lives_on and not job.answer.done():
            job.answer.set_result(answer)

    def _meet_trouble(self) -> None:
        """Let the connection that writes be as the disk is now."""
        trouble, connection = InlineLink.trouble, self._connection
        if trouble is self._born_in:
            trouble = None
        if trouble is self._met or connection is None or self._life is None:
            return
        if self._met is None and connection.execute(WRITES).fetchone()[0]:
            return
        self._met = trouble
        for pragma in (trouble.pragma,) if trouble else WELL:
            connection.execute(pragma).fetchall()

    def stop(self) -> None:
        self._running = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def close(self) -> None:
        """Close it once all jobs are done; no time is skipped until then."""
        self.network.on_its_way += 1
        try:
            while self._jobs:  # noqa: ASYNC110  nobody tells of the last job
                await asyncio.sleep(MOMENT[1])
        finally:
            self.network.on_its_way -= 1
        self.stop()

    def __del__(self) -> None:
        if self._connection is not None:
            self._connection.close()
