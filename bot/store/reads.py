"""What is read, each in one hop to the reader's thread.

Every function takes the connection last and fetches all its rows before it returns,
so that no statement left open keeps the write-ahead log from being truncated.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.store import codec
from bot.store import statements as sql
from bot.store.rows import (
    BatchRow,
    Drawing,
    EventRow,
    Head,
    LinkRow,
    Notice,
    TransitionRow,
)


@dataclass(frozen=True, slots=True)
class HeadQuery:
    """Which heads are asked for; None does not restrict."""

    statuses: tuple[str, ...] | None
    channel: str | None
    room: str | None
    limit: int

    def parameters(self) -> codec.Parameters:
        """Name the parameters of the three queries for heads."""
        return {
            "statuses": None if self.statuses is None else json.dumps(self.statuses),
            "channel": self.channel,
            "room": self.room,
            "limit": self.limit,
        }

    def statement(self) -> str:
        """Choose the query whose index fits what is asked."""
        if self.channel is not None:
            return sql.HEADS_OF_CHANNEL
        return sql.HEADS if self.room is None else sql.HEADS_OF_ROOM


@dataclass(frozen=True, slots=True)
class TransitionQuery:
    """Which transitions are asked for; `identity` None means everybody's."""

    room: str
    identity: str | None
    since: datetime
    limit: int

    def parameters(self) -> codec.Parameters:
        """Name the parameters of the query for transitions."""
        return {
            "room": self.room,
            "identity": self.identity,
            "since": codec.micros(self.since),
            "limit": self.limit,
        }


def events(incident: str, after: int, connection: sqlite3.Connection) -> list[EventRow]:
    """Read the events of an incident after a sequence number, in order."""
    parameters = {"incident": incident, "after": after}
    return [codec.event(row) for row in connection.execute(sql.EVENTS, parameters)]


def links(incident: str, connection: sqlite3.Connection) -> list[LinkRow]:
    """Read the links of an incident's trail, in order."""
    rows = connection.execute(sql.LINKS, {"incident": incident})
    return [codec.link(row) for row in rows]


def last_link(incident: str, connection: sqlite3.Connection) -> LinkRow | None:
    """Read the last link of an incident's trail; None if it has none."""
    row = connection.execute(sql.LAST_LINK, {"incident": incident}).fetchone()
    return None if row is None else codec.link(row)


def unlinked(connection: sqlite3.Connection) -> list[str]:
    """Read which incidents have events that the trail lacks, the oldest first."""
    return _firsts(sql.UNLINKED, {}, connection)


def head(incident: str, connection: sqlite3.Connection) -> Head | None:
    """Read where an incident stands; None if there is no such incident."""
    row = connection.execute(sql.HEAD, {"incident": incident}).fetchone()
    return None if row is None else codec.head(row)


def heads(query: HeadQuery, connection: sqlite3.Connection) -> list[Head]:
    """Read where incidents stand, the newest first."""
    rows = connection.execute(query.statement(), query.parameters())
    return [codec.head(row) for row in rows]


def count(statuses: tuple[str, ...], connection: sqlite3.Connection) -> int:
    """Count the incidents that have one of the statuses."""
    parameters = {"statuses": json.dumps(statuses)}
    return int(connection.execute(sql.COUNT_HEADS, parameters).fetchone()[0])


def behind(limit: int, connection: sqlite3.Connection) -> list[str]:
    """Read the incidents that moved since they were drawn, longest waiting first."""
    return _firsts(sql.BEHIND, {"limit": limit}, connection)


def due(now: datetime, limit: int, connection: sqlite3.Connection) -> list[str]:
    """Read the incidents with a wake at or before now, the oldest wake first."""
    parameters: codec.Parameters = {"now": codec.micros(now), "limit": limit}
    return _firsts(sql.DUE, parameters, connection)


def next_due(connection: sqlite3.Connection) -> datetime | None:
    """Read when the next wake is; None if there is none."""
    at = connection.execute(sql.NEXT_DUE).fetchone()[0]
    return None if at is None else codec.instant(at)


def drawings(incident: str, connection: sqlite3.Connection) -> list[Drawing]:
    """Read what Slack shows of an incident, by part."""
    rows = connection.execute(sql.DRAWINGS, {"incident": incident})
    return [codec.drawing(row) for row in rows]


def notices(now: datetime, limit: int, connection: sqlite3.Connection) -> list[Notice]:
    """Read the notices that have not expired, the oldest first."""
    parameters = {"now": codec.micros(now), "limit": limit}
    return [codec.notice(row) for row in connection.execute(sql.NOTICES, parameters)]


def transitions(
    query: TransitionQuery, connection: sqlite3.Connection
) -> list[TransitionRow]:
    """Read the latest transitions of a room, the oldest of them first."""
    rows = connection.execute(sql.TRANSITIONS, query.parameters()).fetchall()
    return [codec.transition(row) for row in reversed(rows)]


def batches(
    room: str, since: datetime, connection: sqlite3.Connection
) -> list[BatchRow]:
    """Read a room's batches of diagnostics that came since then, oldest first."""
    parameters: codec.Parameters = {"room": room, "since": codec.micros(since)}
    return [codec.batch(row) for row in connection.execute(sql.BATCHES, parameters)]


def newest_by_room(connection: sqlite3.Connection) -> dict[str, datetime]:
    """Read when each room's last transition was."""
    rows = connection.execute(sql.NEWEST_BY_ROOM)
    return {room: codec.instant(at) for room, at in rows}


def seen(receipt: str, connection: sqlite3.Connection) -> bool:
    """Tell whether a receipt is known."""
    row = connection.execute(sql.RECEIPT, {"receipt": receipt}).fetchone()
    return row is not None


def probe(connection: sqlite3.Connection) -> None:
    """Read one row, to learn whether that works."""
    connection.execute(sql.PROBE_READ).fetchone()


def _firsts(
    query: str, parameters: codec.Parameters, connection: sqlite3.Connection
) -> list[str]:
    return [row[0] for row in connection.execute(query, parameters)]
