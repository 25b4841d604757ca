"""Seals anew what an older key sealed, a small batch a transaction.

A batch is whole or not there at all, and what is left to do is told by the rows' own
`key`: so it can be killed anywhere and goes on from there, beside all other writes.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from bot.store import statements as sql
from bot.store.seal import Keyring, SealBroken
from bot.store.seals import Seals, row_of
from bot.store.sqlite import Link
from bot.store.unlock import BROKEN, admit, sealed_by
from bot.store.writer import Writer

BATCH = 200
"""Rows of a batch: some two milliseconds, for which other writes wait."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a batch did: rows sealed anew, and rows that no key opens."""

    done: int
    broken: int


class KeyRotation:
    """Changes the key of an open database; each method raises StoreError too."""

    def __init__(self, writer: Writer, reader: Link, seals: Seals) -> None:
        """Take the database's two ways in, and what seals it."""
        self._writer = writer
        self._reader = reader
        self._seals = seals

    @property
    def ring(self) -> Keyring:
        """Return the keys that are in use."""
        return self._seals.ring

    async def take(self, ring: Keyring, where: str) -> None:
        """Seal with another keyring's first key from now on.

        Raises SettingsError if it lacks a key that something is sealed with; then the
        keys stay as they were.
        """
        self._seals.become(await self._writer.submit(partial(admit, ring, where)))

    async def outdated(self) -> tuple[str, ...]:
        """Name the older keys that may still have sealed something."""
        return await self._reader.run(partial(outdated, self._seals))

    async def step(self, limit: int = BATCH) -> Rotated | None:
        """Seal some rows anew, in one transaction; None if nothing is left to do."""
        return await self._writer.submit(partial(reseal_some, self._seals, limit))

    async def retire(self) -> tuple[str, ...]:
        """Forget the keys that seal nothing any more; return their names."""
        return await self._writer.submit(partial(retire, self._seals))

    async def counts(self) -> Mapping[str, int]:
        """Count the values that each key sealed."""
        return await self._reader.run(sealed_by)


def outdated(seals: Seals, connection: sqlite3.Connection) -> tuple[str, ...]:
    """Name the keys, other than the one that seals, that may have sealed something."""
    names = [name for name, _ in connection.execute(sql.KEYS).fetchall()]
    return tuple(name for name in names if name != seals.ring.sealing)


def reseal_some(
    seals: Seals, limit: int, connection: sqlite3.Connection
) -> Rotated | None:
    """Seal up to `limit` rows of one table anew; None if nothing is left to do.

    A row that does not open keeps its seal, and is marked as broken.
    """
    for old in outdated(seals, connection):
        for table in sql.RESEAL:
            rotated = _reseal(table, old, (seals, limit), connection)
            if rotated is not None:
                return rotated
    return None


def retire(seals: Seals, connection: sqlite3.Connection) -> tuple[str, ...]:
    """Forget the keys that seal nothing any more, and name them: they may go."""
    in_use = {name for name, _ in connection.execute(sql.SEALED_BY).fetchall()}
    gone = tuple(n for n in outdated(seals, connection) if n not in in_use)
    for name in gone:
        connection.execute(sql.DELETE_KEY, {"name": name})
    return gone


def _reseal(
    table: str, old: str, how: tuple[Seals, int], connection: sqlite3.Connection
) -> Rotated | None:
    seals, limit = how
    some, put = sql.RESEAL[table]
    rows = connection.execute(some, {"old": old, "limit": limit}).fetchall()
    broken = 0
    for *named, sealed in rows:
        key, fresh = _anew(table, row_of(*named), sealed, seals)
        broken += key == BROKEN
        connection.execute(put, (key, fresh, *named))
    return Rotated(len(rows) - broken, broken) if rows else None


def _anew(table: str, row: str, sealed: bytes, seals: Seals) -> tuple[str, bytes]:
    try:
        plain = seals.open(table, row, sealed)
    except SealBroken:
        return BROKEN, sealed
    return seals.seal(table, row, plain)
