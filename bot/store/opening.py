"""What is done to a database before it is used: checked, migrated, unlocked, sealed."""

import sqlite3
from functools import partial
from pathlib import Path

import structlog

from bot.errors import StoreDamaged
from bot.store import first_sealing, writes
from bot.store import statements as sql
from bot.store.keys import KeySource
from bot.store.migrate import migrate, migrations
from bot.store.seals import Seals
from bot.store.sqlite import Link, transaction
from bot.store.unlock import unlock

log = structlog.get_logger(__name__)


async def prepare(link: Link, database: Path, keys: KeySource) -> Seals:
    """Make the database ready for this version and return what seals it.

    Raises StoreError for a database that cannot be used, and SettingsError for keys
    that are not those it is sealed with.
    """
    version = await link.run(_prepare)
    seals = await link.run(partial(unlock, keys))
    await _seal_what_is_not(seals, link)
    log.info(
        "store.opened",
        path=str(database),
        schema=version,
        key=seals.ring.sealing,
        sqlite_version=sqlite3.sqlite_version,
    )
    return seals


def _prepare(connection: sqlite3.Connection) -> int:
    """Migrate; refuse a damaged or unwritable file now rather than in an incident."""
    found = connection.execute(sql.QUICK_CHECK).fetchone()[0]
    if found != "ok":
        raise StoreDamaged(
            "The database is damaged. Stop the bot and restore the last backup. "
            f"(SQLite: {found})"
        )
    version = migrate(migrations(), connection)
    writes.probe(connection)
    return version


async def _seal_what_is_not(seals: Seals, link: Link) -> None:
    """Seal what earlier versions kept in the clear, a batch at a time."""
    if not await link.run(first_sealing.is_due):
        return
    count, sealing = 0, first_sealing.Sealing(seals)
    while (done := await link.run(partial(_seal_some, sealing))) is not None:
        count += done
    await link.run(first_sealing.scrub)
    await link.run(_finish_sealing)
    if count:
        log.warning("store.sealed", values=count)


def _seal_some(
    sealing: first_sealing.Sealing, connection: sqlite3.Connection
) -> int | None:
    with transaction(connection):
        return sealing.some(first_sealing.BATCH, connection)


def _finish_sealing(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        first_sealing.finish(connection)
