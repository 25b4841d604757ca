"""The store: guarded batches of events, and what is derived from them or waits.

Whoever is told that something was written has it on the disk. All writes go through
one queue (`bot.store.writer`), all reads through one connection that cannot write; a
read begun after a write was answered sees it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.errors import StoreError
from bot.store import reads, writes
from bot.store.broken import RowBroken
from bot.store.keys import KeySource, key_file_of
from bot.store.lock import hold_lock
from bot.store.lookup import Column
from bot.store.opening import prepare
from bot.store.reading import Reading
from bot.store.room import LogRoom
from bot.store.rotation import KeyRotation
from bot.store.rows import (
    BatchRow,
    Change,
    Commit,
    Drawing,
    LinkRow,
    Notice,
    TransitionRow,
)
from bot.store.seals import Seals
from bot.store.sqlite import Link, connect_reader, connect_writer
from bot.store.writer import Writer

READY_SECONDS = 2.0
"""How long `ready` waits for the database."""


class Store(Reading):
    """The database of one process; made by `open_store`.

    Every method raises StoreError if the database cannot be used or refuses a row,
    and then nothing of that call was saved. A caller that is cancelled does not hear
    what became of its write, which is whole or not there at all. A row that does not
    open is left out of heads and notices, and refused by whatever is of it alone, as
    SealBroken; it is told in the log, and by `ready`.
    """

    def __init__(self, writer: Link, reader: Link, seals: Seals) -> None:
        """Take over two connections to the same, migrated and unlocked database."""
        super().__init__(reader, seals)
        reader.share_damage(writer)
        self._link = writer
        self._writer = Writer(writer)
        self.rotation = KeyRotation(self._writer, reader, seals)
        self.room = LogRoom(writer)

    async def commit(
        self, change: Change, told: Callable[[Commit], None] | None = None
    ) -> Commit:
        """Write a guarded batch; anything but DONE changed nothing.

        `told` hears what became of it before, even if the caller is cancelled.
        """
        job = partial(writes.commit, change, self._seals)
        try:
            kept = await self._writer.submit(job, told)
        except RowBroken as error:
            self._broken.tell([error.row])
            raise
        if kept is Commit.DONE:
            self._broken.forget("heads", (change.head.incident,))  # it is a new one
        return kept

    async def add_links(self, links: tuple[LinkRow, ...]) -> None:
        """Keep the links of events that are stored and have none."""
        await self._writer.submit(partial(writes.add_links, links, self._seals))

    async def wake(self, incident: str, at: datetime) -> None:
        """Ask for an incident to be looked at, at or after `at`; twice is once."""
        await self._writer.submit(partial(writes.wake, incident, at))

    async def woken(self, incident: str, upto: datetime) -> None:
        """Delete the wakes of an incident at or before `upto`: they were taken."""
        await self._writer.submit(partial(writes.woken, incident, upto))

    async def drawn(self, incident: str, seq: int) -> None:
        """Note that Slack shows an incident as of event `seq`.

        It never goes back, and a number past the last event is ignored.
        """
        await self._writer.submit(partial(writes.drawn, incident, seq))

    async def keep_drawing(self, drawing: Drawing) -> None:
        """Write what Slack shows of one part, in place of what was known."""
        await self._writer.submit(partial(writes.keep_drawing, drawing, self._seals))

    async def forget_drawing(self, incident: str, part: str) -> None:
        """Forget what Slack shows of one part; harmless if nothing is known."""
        await self._writer.submit(partial(writes.forget_drawing, incident, part))

    async def add_notice(self, notice: Notice) -> None:
        """Keep a message to be delivered; its `id` is not used, the store gives one."""
        await self._writer.submit(partial(writes.add_notice, notice, self._seals))

    async def drop_notice(self, number: int) -> None:
        """Delete a message: it was delivered, or cannot be."""
        await self._writer.submit(partial(writes.drop_notice, number))

    async def add_transitions(self, rows: Iterable[TransitionRow]) -> int:
        """Keep the transitions whose id is new; return how many were."""
        kept = tuple(rows)
        write = partial(writes.add_transitions, kept, self._seals)
        new = await self._writer.submit(write)
        for row in kept:
            room = self._seals.mac(Column.TRANSITION_ROOM, row.room)
            self._newest[room] = max(row.at, self._newest.get(room, row.at))
        return new

    async def add_batch(self, row: BatchRow) -> bool:
        """Keep a batch of diagnostics in its room's ring; False if it came before.

        `row.batch` must be unlike that of every other batch, of whatever room.
        """
        return await self._writer.submit(partial(writes.add_batch, row, self._seals))

    async def prune(self, now: datetime) -> None:
        """Delete what is old: after 24 h, transitions after 7 days."""
        while await self._writer.submit(partial(writes.prune_some, now)):
            pass
        for table in writes.PRUNED:
            self._broken.forget(table)

    async def check_point(self) -> None:
        """Move the write-ahead log into the database file, and empty it.

        What another program still reads, such as a backup, stays for the next time.
        """
        await self._link.run(writes.check_point)

    async def ready(self) -> str | None:
        """Tell why the database cannot be read and written; None if it can.

        Damage that was found once is told until somebody restores a backup, and so
        are rows that do not open, unless they are written anew or too old to be kept.
        """
        if self._link.damage is not None:
            return str(self._link.damage)
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._writer.submit(writes.probe)
                await self._read(reads.probe)
        except TimeoutError:
            return f"The database did not answer within {READY_SECONDS:g} s."
        except StoreError as error:
            return str(error)
        return self._broken.trouble()

    async def close(self) -> None:
        """Finish what was taken, then close the reader and after it the writer."""
        await self._writer.close()
        try:
            await self._reader.close()
        finally:
            await self._link.close()


@asynccontextmanager
async def open_store(path: Path, keys: KeySource | None = None) -> AsyncIterator[Store]:
    """Open the database at `path`, made or migrated as needed, for this process alone.

    Its content is sealed with `keys`; None: with those of a file beside it, which is
    made with the database. Raises SettingsError if a key is missing, and StoreError in
    plain words if another process has the database (naming it), if it is newer than
    this version, damaged, read-only or another program's, or if the disk is full.
    """
    database = _resolved(path)
    with hold_lock(database):
        store = await _open(database, keys or key_file_of(database))
        try:
            yield store
        finally:
            await store.close()


def _resolved(path: Path) -> Path:
    """Follow links, so that one database has one lock file by whatever name."""
    return path.resolve()


async def _open(database: Path, keys: KeySource) -> Store:
    link = await connect_writer(database)
    try:
        seals = await prepare(link, database, keys)
        store = Store(link, await connect_reader(database), seals)
        await store.recall()
    except BaseException:
        await link.close()
        raise
    return store
