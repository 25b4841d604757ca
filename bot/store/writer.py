"""The one writer: jobs that wait together share one transaction and one fsync.

A group runs as it is first, since hardly a job ever fails. If one does, the group is
rolled back and runs again, each job in a savepoint of its own (which costs a quarter
more), so that the failed one is rolled back alone. The callers are answered after the
COMMIT: whoever is told "done" has it on the disk. A job is never given up half way; a
caller that is cancelled merely does not hear of it.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from bot.errors import StoreError
from bot.store import statements as sql
from bot.store.broken import RowBroken
from bot.store.sqlite import DAMAGED, Link, plain_error, primary_code

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]
Settle = Callable[[], None]
Told = Callable[[T], None]
Attempt = Callable[[sqlite3.Connection], Settle]

LARGEST_GROUP = 256
"""Jobs in one transaction; bounds how long the first of them waits for the last."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A job with its caller: how to run it, and how to say that it failed."""

    attempt: Attempt
    refuse: Callable[[Exception], None]


class Writer:
    """Collects jobs while the writer's thread is busy, and runs them as one group."""

    def __init__(self, link: Link) -> None:
        """Take the connection over; nobody else may write through it."""
        self._link = link
        self._waiting: list[_Waiting] = []
        self._draining: asyncio.Task[None] | None = None
        self._closed = False

    async def submit(self, job: Job[T], told: Told[T] | None = None) -> T:
        """Run `job` in a transaction; return its answer once it is on the disk.

        `told` is called with the answer before, also if the caller is cancelled and
        does not hear of it.

        The job runs in the writer's thread, perhaps twice with the first time rolled
        back, so it changes nothing but the database; it must not begin or end a
        transaction. If it raises, it alone is rolled back, and this raises the same;
        what SQLite refuses is a StoreError. Raises StoreError too if the group could
        not be committed: then nothing of it was saved.
        """
        if self._closed:
            raise StoreError("The store is closed. Start the bot again.")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(
            _Waiting(partial(_attempt, job, future, told), partial(_refuse, future))
        )
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain())
        return await future

    async def close(self) -> None:
        """Take no more jobs, and wait until those that were taken are settled."""
        self._closed = True
        if self._draining is not None:
            await asyncio.wait({self._draining})

    async def _drain(self) -> None:
        try:
            while self._waiting:
                group = self._waiting[:LARGEST_GROUP]
                del self._waiting[:LARGEST_GROUP]
                await self._run(group)
        finally:
            self._draining = None
            _refuse_all(self._waiting, StoreError("The bot is stopping."))
            self._waiting.clear()

    async def _run(self, group: list[_Waiting]) -> None:
        try:
            settles = await self._link.run(partial(run_group, group))
        except asyncio.CancelledError:
            lost = "The bot is stopping; whether this was saved shows after a restart."
            _refuse_all(group, StoreError(lost))
            raise
        # Also a bug must reach every caller, or they would wait for ever.
        except Exception as error:  # noqa: BLE001
            _refuse_all(group, error)
        else:
            for settle in settles:
                settle()


def run_group(group: list[_Waiting], connection: sqlite3.Connection) -> list[Settle]:
    """Run the jobs in one transaction; return how to tell each caller its answer.

    Raises sqlite3.Error if the transaction failed; then nothing was saved.
    """
    connection.execute(sql.BEGIN)
    try:
        settles = _run_jobs(group, connection)
        connection.execute(sql.COMMIT)
    except BaseException:
        _roll_back(connection)
        raise
    return settles


def _run_jobs(group: list[_Waiting], connection: sqlite3.Connection) -> list[Settle]:
    try:
        return [waiting.attempt(connection) for waiting in group]
    # Which job failed, and how, is told by the second run.
    except Exception:  # noqa: BLE001
        _roll_back(connection)
        connection.execute(sql.BEGIN)
        return [_run_apart(waiting, connection) for waiting in group]


def _run_apart(waiting: _Waiting, connection: sqlite3.Connection) -> Settle:
    connection.execute(sql.SAVEPOINT)
    try:
        settle = waiting.attempt(connection)
    # Whatever a job raises is its own caller's, not that of its neighbours.
    except Exception as error:
        if not connection.in_transaction or _is_damage(error):
            raise  # the whole group is given up
        connection.execute(sql.ROLLBACK_JOB)
        settle = partial(waiting.refuse, error)
    connection.execute(sql.RELEASE)
    return settle


def _is_damage(error: Exception) -> bool:
    return isinstance(error, sqlite3.Error) and primary_code(error) in DAMAGED


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # SQLite may have rolled back by itself
        connection.execute(sql.ROLLBACK)


def _attempt(
    job: Job[T],
    future: asyncio.Future[T],
    told: Told[T] | None,
    connection: sqlite3.Connection,
) -> Settle:
    return partial(_answer, future, told, job(connection))


def _answer(future: asyncio.Future[T], told: Told[T] | None, answer: T) -> None:
    try:
        if told is not None:
            told(answer)
    except Exception as error:  # noqa: BLE001  a bug is its caller's, not the others'
        _refuse(future, error)
    else:
        if not future.done():  # else its caller was cancelled
            future.set_result(answer)


def _refuse(future: asyncio.Future[T], error: Exception) -> None:
    if not future.done():
        future.set_exception(_own_error(error))


def _refuse_all(group: list[_Waiting], error: Exception) -> None:
    for waiting in group:
        waiting.refuse(error)


def _own_error(error: Exception) -> Exception:
    """Give each caller an exception of its own, in plain words where there are any."""
    if isinstance(error, sqlite3.Error):
        return plain_error(error)
    if isinstance(error, RowBroken):
        return RowBroken(error.row)
    if isinstance(error, UnicodeEncodeError):
        return StoreError(
            "A text holds half a character (a lone surrogate) and cannot be stored. "
            "Nothing was saved; send it again without that character."
        )
    return type(error)(str(error)) if isinstance(error, StoreError) else error
