"""What is read, each in one hop to the reader's thread.

Every function takes the connection last and fetches all its rows before it returns,
so that no statement left open keeps the write-ahead log from being truncated. Rows are
opened after that. One that was changed or moved raises RowBroken where the others tell
nothing without it, and is left out and named where they do.
"""

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from bot.store import clear, codec, decode
from bot.store import statements as sql
from bot.store.broken import BrokenRow, Opened, Row, Rows, lost_head
from bot.store.lookup import Column
from bot.store.rows import (
    ACTS_COUNTED,
    STATUSES,
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

RESOLVED = "resolved"
"""The status that leaves the index of what is still to be resolved or drawn."""

EVENTS = Rows("events", 2, decode.event)
LINKS = Rows("links", 2, decode.link)
HEADS = Rows("heads", 1, decode.head)
DRAWINGS = Rows("drawings", 2, decode.drawing)
NOTICES = Rows("notices", 1, decode.notice)
TRANSITIONS = Rows("transitions", 1, decode.transition)
WAKES = Rows("wakes", 2, decode.wake)
HOLDERS = Rows("acts", 2, decode.held)
ACTS_BEGUN = Rows("acts", 2, decode.began)


@dataclass(frozen=True, slots=True)
class HeadQuery:
    """Which heads are asked for; None does not restrict.

    One whose status is no word of the list is always among them: it does not open, and
    whoever does not ask for it would never be told.
    """

    statuses: tuple[str, ...] | None
    channel: str | None
    room_mac: str | None
    limit: int

    def parameters(self) -> codec.Parameters:
        """Name the parameters of the queries for heads."""
        asked = STATUSES if self.statuses is None else self.statuses
        others = [one for one in STATUSES if one not in asked]
        return {
            "others": json.dumps(others),
            "channel": self.channel,
            "room_mac": self.room_mac,
            "limit": self.limit,
        }

    def statement(self) -> str:
        """Choose the query whose index fits what is asked."""
        if self.channel is not None:
            return sql.HEADS_OF_CHANNEL
        if self.statuses is None or RESOLVED in self.statuses:
            return sql.HEADS
        return sql.LIVE_HEADS if self.room_mac is None else sql.LIVE_HEADS_OF_ROOM


@dataclass(frozen=True, slots=True)
class TransitionQuery:
    """Which transitions are asked for; `identity_mac` None means everybody's."""

    room_mac: str
    identity_mac: str | None
    since: datetime
    limit: int

    def parameters(self) -> codec.Parameters:
        """Name the parameters of the query for transitions."""
        return {
            "room_mac": self.room_mac,
            "identity_mac": self.identity_mac,
            "since": codec.micros(self.since),
            "limit": self.limit,
        }


def events(
    incident: str, after: int, seals: Seals, connection: sqlite3.Connection
) -> list[EventRow]:
    """Read the events of an incident after a sequence number, in order."""
    parameters = {"incident": incident, "after": after}
    rows = connection.execute(sql.EVENTS, parameters).fetchall()
    return EVENTS.all(rows, seals)


def links(
    incident: str, after: int, seals: Seals, connection: sqlite3.Connection
) -> list[LinkRow]:
    """Read the links of an incident's trail after a sequence number, in order."""
    parameters = {"incident": incident, "after": after}
    rows = connection.execute(sql.LINKS, parameters).fetchall()
    return LINKS.all(rows, seals)


def last_link(
    incident: str, seals: Seals, connection: sqlite3.Connection
) -> LinkRow | None:
    """Read the last link of an incident's trail; None if it has none."""
    row = connection.execute(sql.LAST_LINK, {"incident": incident}).fetchone()
    return None if row is None else LINKS.one(row, seals)


def unlinked(connection: sqlite3.Connection) -> list[str]:
    """Read which incidents have events that the trail lacks, the oldest first."""
    return _firsts(sql.UNLINKED, {}, connection)


def lost_heads(connection: sqlite3.Connection) -> list[BrokenRow]:
    """Name the incidents that can be read and, unless somebody is told, never change.

    It asks for the last event of each incident, which is a step into one index.
    """
    return [lost_head(incident) for incident in _firsts(sql.LOST_HEADS, {}, connection)]


def head(incident: str, seals: Seals, connection: sqlite3.Connection) -> Head | None:
    """Read where an incident stands; None if there is no such incident."""
    row = connection.execute(sql.HEAD, {"incident": incident}).fetchone()
    return None if row is None else HEADS.one(row, seals)


def heads(
    query: HeadQuery, seals: Seals, connection: sqlite3.Connection
) -> Opened[Head]:
    """Read where incidents stand, the newest first."""

    def fetch(limit: int) -> list[Row]:
        asked = replace(query, limit=limit)
        return connection.execute(asked.statement(), asked.parameters()).fetchall()

    return HEADS.first(query.limit, fetch, seals)


def newest(
    query: HeadQuery, seals: Seals, connection: sqlite3.Connection
) -> Head | None:
    """Read where the newest of the incidents stands; None if there is none."""
    row = connection.execute(query.statement(), query.parameters()).fetchone()
    return None if row is None else HEADS.one(row, seals)


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


def next_due(seals: Seals, connection: sqlite3.Connection) -> Opened[datetime]:
    """Read when the next wake is, at most one."""

    def fetch(limit: int) -> list[Row]:
        return connection.execute(sql.NEXT_DUE, {"limit": limit}).fetchall()

    return WAKES.first(1, fetch, seals)


def drawings(
    incident: str, seals: Seals, connection: sqlite3.Connection
) -> list[Drawing]:
    """Read what Slack shows of an incident, by part."""
    rows = connection.execute(sql.DRAWINGS, {"incident": incident}).fetchall()
    return DRAWINGS.all(rows, seals)


def incident_at(channel: str, ts: str, connection: sqlite3.Connection) -> str | None:
    """Read whose card stands there; None if no incident's does."""
    parameters: codec.Parameters = {"channel": channel, "ts": ts, "part": "card"}
    row = connection.execute(sql.INCIDENT_AT, parameters).fetchone()
    return None if row is None else str(row[0])


def card_under_way(channel: str, connection: sqlite3.Connection) -> bool:
    """Read whether a card is being posted there."""
    parameters: codec.Parameters = {"channel": channel, "part": "card"}
    row = connection.execute(sql.CARD_UNDER_WAY, parameters).fetchone()
    return row is not None


def notices(
    now: datetime, limit: int, seals: Seals, connection: sqlite3.Connection
) -> Opened[Notice]:
    """Read the notices that have not expired, the oldest first."""

    def fetch(limit: int) -> list[Row]:
        parameters: codec.Parameters = {"now": codec.micros(now), "limit": limit}
        return connection.execute(sql.NOTICES, parameters).fetchall()

    return NOTICES.first(limit, fetch, seals)


def transitions(
    query: TransitionQuery, seals: Seals, connection: sqlite3.Connection
) -> list[TransitionRow]:
    """Read the latest transitions of a room, the oldest of them first."""
    rows = connection.execute(sql.TRANSITIONS, query.parameters()).fetchall()
    return TRANSITIONS.all(reversed(rows), seals)


def batches(
    room: str, since: datetime, seals: Seals, connection: sqlite3.Connection
) -> Opened[BatchRow]:
    """Read a room's batches of diagnostics that came since then, oldest first.

    One that does not open is there without its body.
    """
    parameters: codec.Parameters = {
        "room_mac": seals.mac(Column.BATCH_ROOM, room),
        "since": codec.micros(since),
    }
    rows = connection.execute(sql.BATCHES, parameters).fetchall()
    bodies = Rows("diagnostics", 1, partial(decode.batch_body, room)).each(rows, seals)
    batches = Rows("diagnostics", 1, partial(decode.batch, room)).each(rows, seals)
    found = [
        one if isinstance(body, BrokenRow) else replace(one, body=body)
        for one, body in zip(batches, bodies, strict=True)
        if isinstance(one, BatchRow)
    ]
    broken = [one for one in (*batches, *bodies) if isinstance(one, BrokenRow)]
    return Opened(found, broken)


def holder(act: ActRow, seals: Seals, connection: sqlite3.Connection) -> HeldRow | None:
    """Read who else holds what the act would touch; None if nobody does."""
    target = codec.target_parameters(act, seals)
    row = connection.execute(sql.HOLDERS, target).fetchone()
    return None if row is None else HOLDERS.one(row, seals)


def begun(act: ActRow, seals: Seals, connection: sqlite3.Connection) -> list[datetime]:
    """Read when acts of its reach began in its room within the hour, oldest first."""
    since = codec.micros(act.at - ACTS_COUNTED)
    parameters = {**codec.target_parameters(act, seals), "since": since}
    rows = connection.execute(sql.ACTS_SINCE, parameters).fetchall()
    return ACTS_BEGUN.all(rows, seals)


def newest_by_room(connection: sqlite3.Connection) -> dict[str, datetime]:
    """Read when each room's last transition was, by the room's look-up.

    A time that is none counts as the last there is: whoever asks for the room meets it.
    """
    rows = connection.execute(sql.NEWEST_BY_ROOM)
    last = clear.END - 1
    return {room_mac: clear.time(max(0, min(at, last))) for room_mac, at in rows}


def seen(receipt: str, seals: Seals, connection: sqlite3.Connection) -> bool:
    """Tell whether a receipt is known."""
    parameters = {"receipt_mac": seals.mac(Column.RECEIPT, receipt)}
    return connection.execute(sql.RECEIPT, parameters).fetchone() is not None


def probe(connection: sqlite3.Connection) -> None:
    """Read one row, to learn whether that works."""
    connection.execute(sql.PROBE_READ).fetchone()


def _firsts(
    query: str, parameters: codec.Parameters, connection: sqlite3.Connection
) -> list[str]:
    return [row[0] for row in connection.execute(query, parameters)]
