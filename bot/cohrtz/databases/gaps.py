"""Two copies of a room: where they differ, and what SYNC_REQ can never bring.

A client asks for what is newer than the newest clock that it has *of each node*. A row
that was dropped on its way, older than a later one of the same node, is therefore never
sent again, except in the six tables that are always sent whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.cohrtz.databases.hlc import node_of
from bot.cohrtz.databases.names import ALWAYS_RESENT, is_volatile

Key = tuple[str, str]
"""A row: its table and its id."""


@dataclass(frozen=True)
class Version:
    """Which state of a row a copy has."""

    hlc: str
    leaf: bytes


@dataclass
class Copy:
    """What one copy has, without content."""

    rows: dict[Key, Version] = field(default_factory=dict)
    clock: dict[str, str] = field(default_factory=dict)
    """The newest clock of each node, as text, over all tables."""

    def add(self, key: Key, version: Version) -> None:
        """Take one row in."""
        self.rows[key] = version
        saw(self.clock, version.hlc)


@dataclass(frozen=True)
class Difference:
    """How two copies differ, and the rows that stay so."""

    tables: frozenset[str]
    """Tables that differ, in rows that are not rewritten all the time."""
    never_arriving: frozenset[Key]
    """Rows that one copy lacks and that a SYNC_REQ cannot bring it."""
    never_updated: frozenset[Key]
    """Rows that one copy has in an old state, whose newer one cannot come."""


# Python orders text by code points, and so do SQLite's UTF-8 bytes.
def saw(clock: dict[str, str], hlc: str) -> None:
    """Move a vector clock on; a clock that cannot be read moves nothing."""
    node = node_of(hlc)
    if node is not None and hlc > clock.get(node, ""):
        clock[node] = hlc


def difference(first: Copy, second: Copy) -> Difference:
    """Compare two copies of a room."""
    tables = frozenset(
        key[0]
        for key in first.rows.keys() | second.rows.keys()
        if not is_volatile(*key) and first.rows.get(key) != second.rows.get(key)
    )
    lost = _gaps(first, second), _gaps(second, first)
    missing = {key for gaps in lost for key, had in gaps.items() if not had}
    stale = {key for gaps in lost for key, had in gaps.items() if had}
    return Difference(tables, frozenset(missing), frozenset(stale))


def _gaps(holder: Copy, asker: Copy) -> Mapping[Key, bool]:
    """Return what the asker will not get, and whether it has an older state of it."""
    return {
        key: key in asker.rows
        for key, version in holder.rows.items()
        if _wanted(key, version, asker) and _passed_over(version.hlc, asker.clock)
    }


def _wanted(key: Key, version: Version, asker: Copy) -> bool:
    if key[0] in ALWAYS_RESENT or is_volatile(*key):
        return False
    had = asker.rows.get(key)
    return had is None or had.hlc < version.hlc


def _passed_over(hlc: str, clock: Mapping[str, str]) -> bool:
    node = node_of(hlc)
    newest = None if node is None else clock.get(node)
    return newest is not None and hlc <= newest
