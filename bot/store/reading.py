"""What is asked of the store: one connection that cannot write, a hop for each answer.

A row that does not open is left out of heads and notices, which are many incidents' and
people's, and refused by whatever is of one incident or room alone.
"""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from bot.store import first_sealing, reads
from bot.store.broken import BrokenRows, Opened, RowBroken
from bot.store.lookup import Column
from bot.store.rows import (
    ActRow,
    BatchRow,
    Drawing,
    EventRow,
    Head,
    HeldRow,
    LinkRow,
    Notice,
    TransitionRow,
)
from bot.store.seals import Seals
from bot.store.sqlite import Link

T = TypeVar("T")


class Reading:
    """The half of the store that reads; each method raises StoreError."""

    def __init__(self, reader: Link, seals: Seals) -> None:
        """Read through this connection what these seals open."""
        self._reader = reader
        self._seals = seals
        self._broken = BrokenRows()
        self._newest: dict[str, datetime] = {}
        """When each room's last transition was: most rooms need not be read."""

    async def events(self, incident: str, after: int = 0) -> list[EventRow]:
        """Give the events of an incident after a sequence number, in order."""
        read = partial(reads.events, incident, after, self._seals)
        return await self._read(read)

    async def links(self, incident: str, after: int = 0) -> list[LinkRow]:
        """Give the links of an incident's trail after a sequence number, in order."""
        reading = partial(reads.links, incident, after, self._seals)
        return await self._read(reading)

    async def last_link(self, incident: str) -> LinkRow | None:
        """Give the last link of an incident's trail; None if it has none."""
        return await self._read(partial(reads.last_link, incident, self._seals))

    async def unlinked(self) -> list[str]:
        """Give the incidents with events that the trail lacks, the oldest first."""
        return await self._read(reads.unlinked)

    async def head(self, incident: str) -> Head | None:
        """Tell where an incident stands; None if there is no such incident."""
        return await self._read(partial(reads.head, incident, self._seals))

    async def heads(
        self,
        *,
        statuses: tuple[str, ...] | None = None,
        channel: str | None = None,
        room: str | None = None,
        limit: int = 50,
    ) -> list[Head]:
        """Give up to `limit` heads, the newest incident first; None restricts not."""
        room_mac = None if room is None else self._seals.mac(Column.HEAD_ROOM, room)
        query = reads.HeadQuery(statuses, channel, room_mac, limit)
        return await self._several(partial(reads.heads, query, self._seals))

    async def newest(
        self, channel: str, statuses: tuple[str, ...] | None = None
    ) -> Head | None:
        """Give the head of a channel's newest incident; None if it has none."""
        query = reads.HeadQuery(statuses, channel, room_mac=None, limit=1)
        return await self._read(partial(reads.newest, query, self._seals))

    async def count(self, statuses: tuple[str, ...]) -> int:
        """Count the incidents that have one of the statuses."""
        return await self._read(partial(reads.count, statuses))

    async def holder(self, act: ActRow) -> HeldRow | None:
        """Tell which other incident holds what the act would touch; None: none does."""
        return await self._read(partial(reads.holder, act, self._seals))

    async def begun(self, act: ActRow) -> list[datetime]:
        """Tell when acts of its reach began in its room within the hour before it."""
        return await self._read(partial(reads.begun, act, self._seals))

    async def seen(self, receipt: str) -> bool:
        """Tell whether a delivery was taken within the last day."""
        return await self._read(partial(reads.seen, receipt, self._seals))

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Give the incidents with a wake at or before now, the oldest wake first."""
        return await self._read(partial(reads.due, now, limit))

    async def next_due(self) -> datetime | None:
        """Tell when the next wake is; None if none waits."""
        found = await self._several(partial(reads.next_due, self._seals))
        return found[0] if found else None

    async def behind(self, limit: int) -> list[str]:
        """Give the incidents that moved since drawn, the longest waiting first."""
        return await self._read(partial(reads.behind, limit))

    async def drawings(self, incident: str) -> list[Drawing]:
        """Give what Slack shows of an incident, by part."""
        return await self._read(partial(reads.drawings, incident, self._seals))

    async def incident_at(self, channel: str, ts: str) -> str | None:
        """Tell which incident's card is the message at `ts`; None if none is."""
        return await self._read(partial(reads.incident_at, channel, ts))

    async def card_under_way(self, channel: str) -> bool:
        """Tell whether a card is being posted there, so that its place is not known."""
        return await self._read(partial(reads.card_under_way, channel))

    async def notices(self, now: datetime, limit: int) -> list[Notice]:
        """Give the messages still worth delivering, the oldest first."""
        read = partial(reads.notices, now, limit, self._seals)
        return await self._several(read)

    async def transitions(
        self,
        room: str,
        *,
        since: datetime,
        identity: str | None = None,
        limit: int = 200,
    ) -> list[TransitionRow]:
        """Give the latest `limit` transitions at or after `since`, oldest first."""
        room_mac = self._seals.mac(Column.TRANSITION_ROOM, room)
        newest = self._newest.get(room_mac)
        if newest is None or newest < since:
            return []
        who = identity and self._seals.mac(Column.TRANSITION_IDENTITY, identity)
        query = reads.TransitionQuery(room_mac, who, since, limit)
        return await self._read(partial(reads.transitions, query, self._seals))

    async def batches(self, room: str, since: datetime) -> list[BatchRow]:
        """Give a room's batches since then, oldest first; a body is None if broken."""
        read = partial(reads.batches, room, since, self._seals)
        return await self._several(read)

    async def recall(self) -> None:
        """Read what is known of rooms' last transitions; called once, when opened.

        And tell of what nobody would meet until it is too late.
        """
        self._newest = await self._read(reads.newest_by_room)
        self._broken.tell(await self._read(first_sealing.left))
        self._broken.tell(await self._read(reads.lost_heads))

    async def _read(self, read: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await self._reader.run(read)
        except RowBroken as error:
            self._broken.tell([error.row])
            raise

    async def _several(
        self, read: Callable[[sqlite3.Connection], Opened[T]]
    ) -> list[T]:
        opened = await self._reader.run(read)
        self._broken.tell(opened.broken)
        return opened.rows
