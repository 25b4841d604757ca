"""Keeps the values of variables that are safe and useful, each kind bounded."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from bot.cohrtz.logs.cutting import CAUSE, PEER, ROOM, ROWS, STATE, TABLE, TYPE, Cut
from bot.cohrtz.logs.lines import Lines, texts_at

MOST_ROOMS = MOST_PEERS = 4096
MOST_TABLES = 64
"""How many are kept of each; a log that has more is marked as full."""

ROOM_LENGTH = 256
"""Bytes of a room's name that tell it from others."""

PACKET_TYPES = frozenset(
    b"SYNC_REQ SYNC_CLAIM DATA_CHUNK HANDSHAKE CONSISTENCY_CHECK INVITE_REQ INVITE_ACK"
    b" INVITE_NACK UNICAST_REQ UNICAST_ACK".split()
)
STATES = {
    f"ConnectionState.{name}".encode(): name
    for name in ("connected", "connecting", "reconnecting", "disconnected")
}
OTHER = "other"

_PEER = re.compile(
    rb"user:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_TABLE = re.compile(rb"[a-z][a-z_]{0,39}")
_NUMBER = re.compile(rb"\d{1,12}")


class Values:
    """What was cut out of the lines so far."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.rooms: set[bytes] = set()
        self.peers: set[bytes] = set()
        self.types: Counter[str] = Counter()
        self.states: Counter[str] = Counter()
        self.largest: dict[str, int] = {}
        self.table_rows: dict[str, int] = {}
        self.full = False
        self._strangers: set[bytes] = set()

    def take(self, lines: Lines, cuts: Iterable[Cut]) -> None:
        """Keep what lines of one block say; of a table's rows the last is kept."""
        by_kind = {
            cut.kind: texts_at(lines.text, cut.starts, cut.ends)
            for cut in cuts
            if cut.kind != CAUSE
        }
        self._add_rooms(by_kind.pop(ROOM, ()))
        self._add_peers(by_kind.pop(PEER, ()))
        self.types.update(_counted_types(by_kind.pop(TYPE, ())))
        self.states.update(_counted_states(by_kind.pop(STATE, ())))
        self._add_tables(by_kind.pop(TABLE, ()), by_kind.pop(ROWS, ()))
        for name, numbers in by_kind.items():
            self._enlarge(name, numbers)

    def _add_rooms(self, names: Iterable[bytes]) -> None:
        new = set(names) - self.rooms
        space = MOST_ROOMS - len(self.rooms)
        self.full |= len(new) > space
        self.rooms.update(name[:ROOM_LENGTH] for name in _first(new, space))

    def _add_peers(self, names: Iterable[bytes]) -> None:
        new = set(names) - self.peers - self._strangers
        peers = {name for name in new if _PEER.fullmatch(name)}
        space = MOST_PEERS - len(self.peers)
        self.full |= len(peers) > space
        self.peers.update(_first(peers, space))
        if len(self._strangers) < MOST_PEERS:
            self._strangers.update(
                name
                for name in _first(new - peers, MOST_PEERS)
                if len(name) <= ROOM_LENGTH
            )

    def _enlarge(self, name: str, numbers: Iterable[bytes]) -> None:
        read = [int(one) for one in set(numbers) if _NUMBER.fullmatch(one)]
        if read:
            self.largest[name] = max(self.largest.get(name, 0), *read)

    def _add_tables(self, tables: Iterable[bytes], counts: Iterable[bytes]) -> None:
        for table, count in dict(zip(tables, counts, strict=True)).items():
            if not (_TABLE.fullmatch(table) and _NUMBER.fullmatch(count)):
                continue
            name = table.decode()
            if name in self.table_rows or len(self.table_rows) < MOST_TABLES:
                self.table_rows[name] = int(count)
            else:
                self.full = True


def _first(names: set[bytes], count: int) -> Iterable[bytes]:
    return sorted(names)[: max(count, 0)] if len(names) > count else names


def _counted_types(names: Iterable[bytes]) -> Mapping[str, int]:
    counted: Counter[str] = Counter()
    for name, count in Counter(names).items():
        counted[name.decode() if name in PACKET_TYPES else OTHER] += count
    return counted


def _counted_states(names: Iterable[bytes]) -> Mapping[str, int]:
    counted: Counter[str] = Counter()
    for name, count in Counter(names).items():
        counted[STATES.get(name, OTHER)] += count
    return counted
