"""Seals anew what an older key sealed, a small batch a transaction.

A batch is whole or not there at all, and what is left to do is told by the rows' own
`key`: so it can be killed anywhere and goes on from there, beside all other writes.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from bot.store import statements as sql
from bot.store.reseal_statements import RESEAL, Name
from bot.store.seal import Keyring, SealBroken
from bot.store.seals import Seals, row_of
from bot.store.sqlite import Link
from bot.store.unlock import BROKEN, NOT_KEYS, admit, sealed_by
from bot.store.writer import Writer

BATCH = 200
"""Rows that are looked at in one go: some two milliseconds, for which other writes
wait."""

TABLES = tuple(RESEAL)
"""The tables in the order in which they are gone through."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a batch did: rows sealed anew, and rows that no key opens."""

    done: int
    broken: int


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the tables have been gone through: the last row that was looked at."""

    table: int
    name: Name

    @classmethod
    def before(cls, table: int) -> "Reached":
        """Return the place before the first row of a table."""
        return cls(table, RESEAL[TABLES[table]].start)

    def then(self, last: Name | None) -> "Reached | None":
        """Return the place after some rows; None if that was the last table."""
        if last is not None:
            return Reached(self.table, last)
        following = self.table + 1
        return Reached.before(following) if following < len(TABLES) else None


BEGINNING = Reached.before(0)


class KeyRotation:
    """Changes the key of an open database; each method raises StoreError too."""

    def __init__(self, writer: Writer, reader: Link, seals: Seals) -> None:
        """Take the database's two ways in, and what seals it."""
        self._writer = writer
        self._reader = reader
        self._seals = seals
        self._reached: Reached | None = BEGINNING
        """None: to the end."""

    @property
    def ring(self) -> Keyring:
        """Return the keys that are in use."""
        return self._seals.ring

    async def take(self, ring: Keyring, where: str) -> None:
        """Seal with another keyring's first key from now on.

        Raises SettingsError if it lacks a key that something is sealed with, or the
        one that seals now; then the keys stay as they were.
        """
        # What is written meanwhile is sealed with the key that seals now.
        used = {self.ring.sealing: 0, **await self.counts()}
        admitted = partial(admit, ring, where, used)
        self._seals.become(await self._writer.submit(admitted))
        self._reached = BEGINNING

    async def outdated(self) -> tuple[str, ...]:
        """Name the older keys that may still have sealed something."""
        return await self._reader.run(partial(outdated, self._seals))

    async def step(self, limit: int = BATCH) -> Rotated | None:
        """Look at some rows, and seal anew those that an older key sealed.

        One transaction. None: nothing is left to do, and the next step begins anew.
        """
        at = self._reached
        if at is None:
            self._reached = BEGINNING
            return None
        some = partial(reseal_some, self._seals, at, limit)
        resealed = await self._writer.submit(some)
        if resealed is None:
            return None
        rotated, after = resealed
        if self._reached is at:  # else the keys have changed meanwhile
            self._reached = after
        return rotated

    async def retire(self) -> tuple[str, ...]:
        """Forget the keys that seal nothing any more; return their names."""
        # Older keys seal nothing new, so what is counted before still holds after.
        used = frozenset(await self.counts())
        return await self._writer.submit(partial(retire, self._seals, used))

    async def counts(self) -> Mapping[str, int]:
        """Count the values that each key sealed."""
        return await self._reader.run(sealed_by)


def outdated(seals: Seals, connection: sqlite3.Connection) -> tuple[str, ...]:
    """Name the keys, other than the one that seals, that may have sealed something."""
    names = [name for name, _ in connection.execute(sql.KEYS).fetchall()]
    return tuple(name for name in names if name != seals.ring.sealing)


def reseal_some(
    seals: Seals, at: Reached, limit: int, connection: sqlite3.Connection
) -> tuple[Rotated, Reached | None] | None:
    """Look at up to `limit` rows of one table, and seal anew what older keys sealed.

    Returns also how far that leads (None: to the end), and None for both if there is
    no older key. A row that does not open keeps its seal, and is marked as broken.
    """
    if not outdated(seals, connection):
        return None
    table = TABLES[at.table]
    resealed = RESEAL[table]
    rows = connection.execute(resealed.rows, (*at.name, limit)).fetchall()
    broken = done = 0
    for *named, key, sealed in rows:
        if key not in {seals.ring.sealing, None, *NOT_KEYS}:
            new, fresh = _anew(table, tuple(named), sealed, seals)
            connection.execute(resealed.put, (new, fresh, *named))
            done, broken = done + (new != BROKEN), broken + (new == BROKEN)
    last = tuple(rows[-1][:-2]) if len(rows) == limit else None
    return Rotated(done, broken), at.then(last)


def retire(
    seals: Seals, used: frozenset[str], connection: sqlite3.Connection
) -> tuple[str, ...]:
    """Forget the keys that seal nothing any more, and name them: they may go."""
    gone = tuple(name for name in outdated(seals, connection) if name not in used)
    for name in gone:
        connection.execute(sql.DELETE_KEY, {"name": name})
    return gone


def _anew(table: str, name: Name, sealed: bytes, seals: Seals) -> tuple[str, bytes]:
    row, bound = row_of(*name), RESEAL[table].before
    before = None if bound is None else row_of(*name[:bound])
    try:
        plain = seals.open(table, row, sealed, before)
    except SealBroken:
        return BROKEN, sealed
    return seals.seal(table, row, plain)
