"""Reading a database that another process may have open: nothing is written or locked.

SQLite's write-ahead log lets one read while the bot writes. The reader never
checkpoints, so that it stays clear of what `bot.store.sqlite` says of two writers.
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from bot.errors import StoreError
from bot.store import reads
from bot.store import statements as sql
from bot.store.migrate import migrations, version_of
from bot.store.rows import Drawing, EventRow, LinkRow
from bot.store.sqlite import BUSY_SECONDS, ITERATION_CHUNK, Link


@dataclass(frozen=True, slots=True)
class KeptIncident:
    """An incident's rows; without events there is no such incident."""

    events: tuple[EventRow, ...]
    links: tuple[LinkRow, ...]
    drawings: tuple[Drawing, ...]


class Archive:
    """What can be read of incidents; made by `open_archive`."""

    def __init__(self, reader: Link) -> None:
        """Read through this connection."""
        self._reader = reader

    async def incident(self, incident: str) -> KeptIncident:
        """Give all that is kept of an incident, as of one moment."""
        return await self._reader.run(partial(_read, incident))


@asynccontextmanager
async def open_archive(path: Path) -> AsyncIterator[Archive]:
    """Open the database for reading, beside whoever writes it.

    Raises StoreError if there is none, or if its schema is not this version's.
    """
    link = Link(partial(_open, _found(path)), ITERATION_CHUNK)
    await link.open()
    try:
        await link.run(_must_be_known)
        yield Archive(link)
    finally:
        await link.close()


def _found(path: Path) -> Path:
    if not path.is_file():
        raise StoreError(f"There is no database {path}.")
    return path.resolve()


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{quote(str(path))}?mode=ro",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
    )


def _read(incident: str, connection: sqlite3.Connection) -> KeptIncident:
    connection.execute(sql.BEGIN_READING)
    try:
        return KeptIncident(
            events=tuple(reads.events(incident, 0, connection)),
            links=tuple(reads.links(incident, connection)),
            drawings=tuple(reads.drawings(incident, connection)),
        )
    finally:
        connection.execute(sql.ROLLBACK)


def _must_be_known(connection: sqlite3.Connection) -> None:
    version, newest = version_of(connection), len(migrations())
    if version != newest:
        raise StoreError(
            f"The database has schema {version}, this version of the bot knows "
            f"{newest}. Use the version that the bot runs, or start this one once."
        )
