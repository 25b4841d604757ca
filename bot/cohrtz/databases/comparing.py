"""What copies of one room say together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.cohrtz.databases.consistency import leaf
from bot.cohrtz.databases.gaps import Copy, Difference, Version, difference
from bot.cohrtz.databases.hlc import node_of
from bot.cohrtz.databases.rows import Row, group_name, room_names
from bot.core.evidence import Finding, Value, bad, ok, unknown

FACTS = {
    "copies.compared": "how many copies of the room's database were compared",
    "copies.differ": "whether they differ in rows that are not rewritten all the time",
    "copies.tables_differing": "in how many tables they differ",
    "copies.never_arriving": "rows that a copy lacks and no SYNC_REQ can bring it",
    "copies.never_updated": "rows of which a copy keeps an old state for good",
    "copies.of_same_device": "older copies of a device among them, left out",
}
LISTED = 6
"""Names of tables that a sentence can bear."""


@dataclass(frozen=True)
class Holding:
    """One copy, what its rows say the data room's name is, and the group's."""

    copy: Copy
    names: frozenset[str]
    group: str | None = None
    modified: str = ""
    """The largest `modified` of its rows, which ends with the file's own node id;
    empty where rows tell none."""

    def may_be_of(self, room: str | None) -> bool:
        """Say whether nothing speaks against its being of that room."""
        return room is None or not self.names or room in {*self.names, self.group}


def holding(found: Iterable[Row]) -> Holding:
    """Take rows for comparing; a web client's empty value is a native one's NULL."""
    copy, names, group, modified = Copy(), set[str](), None, ""
    for row in found:
        told = leaf(row.id, row.value or None, row.hlc)
        copy.add((row.table, row.id), Version(row.hlc, told))
        names.update(room_names(row))
        group = group_name(row) or group
        modified = max(modified, row.modified or "")
    return Holding(copy, frozenset(names), group, modified)


@dataclass(frozen=True)
class LeftOut:
    """Copies that were handed over and are not compared."""

    damaged: int = 0
    """Those that could not be read."""
    older: int = 0
    """Older ones of a device: that they differ from the newest is its own history."""
    foreign: int = 0
    """Those of another room."""

    @property
    def words(self) -> str:
        """Say it, to end a sentence."""
        words = [
            f"{self.damaged} could not be read" if self.damaged else "",
            f"{self.foreign} are of another room" if self.foreign else "",
            f"{self.older} older of the same device not counted" if self.older else "",
        ]
        told = " and ".join(one for one in words if one)
        return f"; {told}." if told else "."


def compared(
    copies: Sequence[Holding], room: str | None, *, damaged: int, older: int = 0
) -> Finding:
    """Compare copies pair by pair; `damaged` is how many more could not be read.

    Of one device only the newest copy is to be among them (see `newest`); `older` is
    how many others of the same devices there were.
    """
    ours = [one for one in copies if one.may_be_of(room)]
    foreign = len(copies) - len(ours)
    if len(ours) < 2:  # noqa: PLR2004  it takes two
        if not damaged and not foreign:
            return unknown(f"{_ONE_NODE} Hand over a copy of another device.")
        words = f"{damaged} cannot be read and {foreign} are of another room."
        return unknown(f"The copies cannot be compared: {words}")
    if not _may_be_one_room(ours):
        return unknown(
            "The copies are of different rooms: there is nothing to compare."
        )
    pairs = [difference(a.copy, b.copy) for a, b in combinations(ours, 2)]
    return _finding(pairs, len(ours), LeftOut(damaged, older, foreign))


_ONE_NODE = (
    "All copies have the same node id: they are of one device, or of two that were "
    "restored from one backup, which the app does not bear (Duplicate node)."
)


def newest(copies: Iterable[Holding]) -> list[Holding]:
    """Keep one copy of each device, the newest: what it lacked before is over.

    A device is told by the node id of its file; a copy that tells none is kept.
    """
    by_node: dict[str | int, Holding] = {}
    for place, one in enumerate(copies):
        device = node_of(one.modified) or place
        known = by_node.get(device)
        if known is None or one.modified >= known.modified:
            by_node[device] = one
    return list(by_node.values())


def _may_be_one_room(copies: Sequence[Holding]) -> bool:
    named = [one.names for one in copies if one.names]
    return all(one & other for one, other in combinations(named, 2))


def _finding(pairs: Sequence[Difference], compared: int, left_out: LeftOut) -> Finding:
    tables = sorted(frozenset[str]().union(*(pair.tables for pair in pairs)))
    missing = frozenset[tuple[str, str]]().union(
        *(pair.never_arriving for pair in pairs)
    )
    stale = frozenset[tuple[str, str]]().union(*(pair.never_updated for pair in pairs))
    facts: dict[str, Value] = {
        "copies.compared": compared,
        "copies.differ": bool(tables),
        "copies.tables_differing": len(tables),
        "copies.never_arriving": len(missing),
        "copies.never_updated": len(stale),
        "copies.of_same_device": left_out.older,
    }
    if tables:
        words = _difference(tables, len(missing), len(stale))
        return bad(f"{compared} copies differ {words}{left_out.words}", facts)
    words = f"{compared} copies hold the same rows{left_out.words}"
    doubtful = left_out.damaged or left_out.foreign
    return unknown(words, facts) if doubtful else ok(words, facts)


def _difference(tables: Sequence[str], missing: int, stale: int) -> str:
    listed = ", ".join(tables[:LISTED])
    more = f" and {len(tables) - LISTED} more" if len(tables) > LISTED else ""
    words = f"in {listed}{more}"
    if missing or stale:
        return (
            f"{words}; {missing} missing and {stale} outdated rows can never come by "
            "SYNC_REQ, for a newer row of the same writer is there: the item must be "
            "saved again where it is right"
        )
    return f"{words}; Synchronize Now on the one that lacks rows can still bring them"
