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
from bot.store import first_sealing, reads
from bot.store import statements as sql
from bot.store.keys import KeySource, key_file_of
from bot.store.migrate import migrations, version_of
from bot.store.rows import Drawing, EventRow, LinkRow
from bot.store.sqlite import BUSY_SECONDS, ITERATION_CHUNK, Link
from bot.store.unlock import look


@dataclass(frozen=True, slots=True)
class KeptIncident:
    """An incident's rows; without events there is no such incident."""

    events: tuple[EventRow, ...]
    links: tuple[LinkRow, ...]
    drawings: tuple[Drawing, ...]


class Archive:
    """What can be read of incidents; made by `open_archive`."""

    def __init__(self, reader: Link, keys: KeySource) -> None:
        """Read through this connection, with these keys."""
        self._reader = reader
        self._keys = keys

    async def incident(self, incident: str) -> KeptIncident:
        """Give all that is kept of an incident, as of one moment.

        Raises SettingsError if the keys lack one that the database is sealed with, and
        SealBroken for a row that was changed.
        """
        return await self._reader.run(partial(_read, incident, self._keys))


@asynccontextmanager
async def open_archive(
    path: Path, keys: KeySource | None = None
) -> AsyncIterator[Archive]:
    """Open the database for reading, beside whoever writes it.

    `keys` None: those of the file beside it. Raises StoreError if there is no database,
    or if its schema is not this version's.
    """
    database = _found(path)
    link = Link(partial(_open, database), ITERATION_CHUNK)
    await link.open()
    try:
        await link.run(_must_be_known)
        yield Archive(link, keys or key_file_of(database))
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


def _read(
    incident: str, keys: KeySource, connection: sqlite3.Connection
) -> KeptIncident:
    """Open seals with the keys of that moment: a running bot may change the key."""
    connection.execute(sql.BEGIN_READING)
    try:
        seals = look(keys, connection)
        return KeptIncident(
            events=tuple(reads.events(incident, 0, seals, connection)),
            links=tuple(reads.links(incident, 0, seals, connection)),
            drawings=tuple(reads.drawings(incident, seals, connection)),
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
    if first_sealing.is_due(connection):
        raise StoreError(
            "The database is of an earlier version, which sealed little: start the bot "
            "of this version, and wait until it has sealed the content."
        )
