"""Looks at a database that another process has open: by which keys it is sealed."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.errors import StoreError
from bot.store import statements as sql
from bot.store.sqlite import BUSY_SECONDS, plain_error
from bot.store.unlock import sealed_by


@dataclass(frozen=True, slots=True)
class SealedBy:
    """Which keys the database knows, and how many values each of them sealed."""

    keys: frozenset[str]
    counts: Counter[str]


def peek(database: Path) -> SealedBy:
    """Read how far sealing is; nothing is changed. Raises StoreError."""
    try:
        address = f"{database.resolve().as_uri()}?mode=ro"
        with closing(
            sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)
        ) as connection:
            names = connection.execute(sql.KEYS).fetchall()
            return SealedBy(frozenset(n for n, _ in names), sealed_by(connection))
    except sqlite3.Error as error:
        raise _plain(error) from error


def _plain(error: sqlite3.Error) -> StoreError:
    if "no such table" in str(error):
        return StoreError(
            "The database is of an earlier version of the bot, which sealed little. "
            "Restart the bot that has it open with this version first."
        )
    return plain_error(error)
