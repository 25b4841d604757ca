"""Connections to SQLite, each with a thread of its own, and plain words for its errors.

One connection writes and checkpoints, one reads and cannot write. That is also what
keeps clear of the WAL-reset race of SQLite before 3.51.3, which needs two connections
that write or checkpoint at once.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiosqlite

from bot.errors import StoreBusy, StoreDamaged, StoreError
from bot.store import statements as sql

T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long to wait for somebody else's lock, such as a backup's."""

ITERATION_CHUNK = 64
"""Asked for by aiosqlite; rows are always fetched whole here."""

WRITER_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # Without it REPLACE INTO deletes an event past the trigger that forbids it.
    "PRAGMA recursive_triggers = ON",
    # What was deleted is overwritten: an old seal may be of a key that was lost.
    "PRAGMA secure_delete = ON",
)
READER_PRAGMAS = ("PRAGMA query_only = ON",)

PRIMARY_CODE = 0xFF
"""The bits of an extended result code that hold the primary one."""

PLAIN_WORDS = {
    sqlite3.SQLITE_BUSY: (
        "The database is locked by another program. Close whatever has it open."
    ),
    sqlite3.SQLITE_READONLY: (
        "The database is read-only. Let the bot write to the file and its folder."
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk under the database does not answer as it should. Check the disk."
    ),
    sqlite3.SQLITE_CORRUPT: (
        "The database is damaged. Stop the bot and restore the last backup."
    ),
    sqlite3.SQLITE_FULL: "The disk is full. Free some space; nothing was half saved.",
    sqlite3.SQLITE_CANTOPEN: (
        "The database cannot be opened. Check that its folder exists and is writable."
    ),
    sqlite3.SQLITE_CONSTRAINT: (
        "The row breaks a rule of the database, such as naming an incident that is "
        "not there. Nothing was saved; please report this."
    ),
    sqlite3.SQLITE_NOTADB: (
        "The file is not a database of this bot. Give the bot a file of its own."
    ),
}


DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class Link(aiosqlite.Connection):
    """A connection that runs a whole function in its thread, in one hop.

    Once SQLite has said that the database is damaged it is not touched any more: each
    further call raises the same StoreDamaged, through whichever connection it was that
    SQLite said so.
    """

    _damage: StoreDamaged | None = None
    _partner: "Link | None" = None
    """The connection to the same database that keeps what is known of damage."""

    @property
    def damage(self) -> StoreDamaged | None:
        """Return what SQLite said of damage; None if nothing is known of any."""
        return self._damage if self._partner is None else self._partner.damage

    def share_damage(self, partner: "Link") -> None:
        """Know from now on of damage what another connection knows, and tell it."""
        self._partner = partner

    async def open(self) -> None:
        """Start the thread and open the file. Raises StoreError if it cannot."""
        try:
            await self
        except sqlite3.Error as error:
            self._thread.join()  # aiosqlite has told it to stop, and leaves it at that
            raise plain_error(error) from error

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on the connection, alone: no two functions ever overlap.

        The work goes on to its end even if the caller is cancelled. Raises
        StoreError if the connection is closed and for what SQLite refuses, and
        whatever else `work` raises.
        """
        if self._connection is None:
            raise StoreError("The store is closed. Start the bot again.")
        if self.damage is not None:
            raise StoreDamaged(str(self.damage))
        try:
            answer: T = await self._execute(  # type: ignore[no-untyped-call]  # theirs
                partial(work, self._connection)
            )
        except sqlite3.Error as error:
            raise self._noted(plain_error(error)) from error
        return answer

    def _noted(self, error: StoreError) -> StoreError:
        if isinstance(error, StoreDamaged):
            (self._partner or self)._damage = error  # noqa: SLF001  of its kind
        return error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done within, or roll all of it back if that raises."""
    connection.execute(sql.BEGIN)
    try:
        yield
        connection.execute(sql.COMMIT)
    except BaseException:
        if connection.in_transaction:  # SQLite may have rolled back by itself
            connection.execute(sql.ROLLBACK)
        raise


def plain_error(error: sqlite3.Error) -> StoreError:
    """Say in plain words what SQLite said, and what to do about it."""
    code = primary_code(error)
    told = f"{PLAIN_WORDS.get(code, 'The database refused.')} (SQLite: {error})"
    if code in DAMAGED:
        return StoreDamaged(told)
    return StoreBusy(told) if code in BUSY else StoreError(told)


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code; that of a plain error if it has none."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & PRIMARY_CODE


async def connect_writer(path: Path) -> Link:
    """Open the one connection that writes, making the file if there is none.

    A new file can be read by its owner alone, and so can the files that SQLite puts
    beside it. Raises StoreError if the file cannot be opened or is no database.
    """
    _make_private(path)
    return await _connect(path, WRITER_PRAGMAS)


async def connect_reader(path: Path) -> Link:
    """Open a connection that cannot write; it must be closed before the writer."""
    return await _connect(path, READER_PRAGMAS)


async def _connect(path: Path, pragmas: tuple[str, ...]) -> Link:
    link = Link(partial(_open, path), ITERATION_CHUNK)
    await link.open()
    try:
        await link.run(partial(_set_up, pragmas))
    except BaseException:
        await link.close()
        raise
    return link


def _make_private(path: Path) -> None:
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return
    except OSError as error:
        raise StoreError(
            f"The database {path} cannot be made ({error.strerror}). "
            "Give the bot a folder that exists and that it may write to."
        ) from error


def _open(path: Path) -> sqlite3.Connection:
    # isolation_level=None: the driver must not open transactions of its own accord.
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.text_factory = _text
    return connection


def _text(stored: bytes) -> str:
    """Read a text; a row that holds none must not keep the others from being read."""
    return stored.decode(errors="replace")


def _set_up(pragmas: tuple[str, ...], connection: sqlite3.Connection) -> None:
    for pragma in pragmas:
        connection.execute(pragma).fetchall()
