"""One copy of a room's database, added up row by row, without its content."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.cohrtz.databases import rows
from bot.cohrtz.databases.consistency import (
    Consistency,
    Platform,
    Tally,
    consistency,
    leaf,
)
from bot.cohrtz.databases.hlc import DRIFT, Told, instant, node_of, stamp, told
from bot.cohrtz.databases.names import SETTINGS_ROW, TREE_PREFIX
from bot.cohrtz.databases.rights import (
    Audit,
    LogicalGroup,
    Member,
    Role,
    Rows,
    audit,
    nodes_of,
)
from bot.cohrtz.databases.rows import Row

FEW = 3
"""Rows that a device writes by itself on connecting: profile, membership, presence."""


_NAMING = frozenset({"cohrtz", "group_settings"})
_READ = _NAMING | {"members", "roles", "logical_groups", "user_profiles"}


@dataclass
class Times:
    """The clocks of a copy, folded as text: a million of them are to be read."""

    limit: str
    """The stamp after which a row is from the future."""
    least: str | None = None
    """The oldest stamp of any row, whoever wrote it."""
    first_stored: str | None = None
    last_modified: str = ""
    future: int = 0
    unreadable: int = 0
    by_node: Counter[str] = field(default_factory=Counter)

    def add(self, row: Row) -> None:
        """Take one row's clocks in."""
        clock = told(row.hlc)
        if clock is None:
            self.unreadable += 1
        else:
            self._saw(clock)
        if row.modified is not None:
            self._stored(row.modified)

    def _saw(self, clock: Told) -> None:
        at = clock.stamp
        self.by_node[clock.node] += 1
        self.future += at > self.limit
        if self.least is None or at < self.least:
            self.least = at

    def _stored(self, modified: str) -> None:
        self.last_modified = max(self.last_modified, modified)
        if self.first_stored is None or modified < self.first_stored:
            clock = told(modified)
            self.first_stored = self.first_stored if clock is None else clock.stamp

    @property
    def node(self) -> str | None:
        """The file's own node id: the one in the largest `modified`."""
        return node_of(self.last_modified)

    @property
    def oldest(self) -> datetime | None:
        """The oldest clock of any row, if that is a time."""
        return None if self.least is None else instant(self.least)

    @property
    def born(self) -> datetime | None:
        """When the file stored its first row that is still there, by its own clock."""
        return None if self.first_stored is None else instant(self.first_stored)


@dataclass
class Survey:
    """What rows add up to."""

    now: datetime
    tallies: dict[str, Tally] = field(default_factory=dict)
    odd: int = 0
    """Rows with a type that the app never writes."""
    owner: str | None = None
    names: set[str] = field(default_factory=set)
    """What the rows say the data room's name is; secret, never told."""
    group: str | None = None
    """What people call it; never told either."""
    tree_leaves: int | None = None
    profiles: list[tuple[str, str]] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    groups: list[LogicalGroup] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with no clock."""
        self.times = Times(stamp(self.now + DRIFT))

    def add(self, row: Row) -> None:
        """Take one row in."""
        tally = self.tallies.setdefault(row.table, Tally())
        made = leaf(row.id, row.value, row.hlc)
        tally.add(made, is_deleted=row.is_deleted)
        self.odd += row.is_odd
        self.times.add(row)
        if row.table in _NAMING:
            self.names |= rows.room_names(row)
            self.group = rows.group_name(row) or self.group
        if row.table in _READ and not row.is_deleted:
            self._take(row)

    def _take(self, row: Row) -> None:
        match row.table:
            case "members":
                self.members.append(rows.member(row))
            case "roles":
                self.roles.append(rows.role(row))
            case "logical_groups":
                self.groups.append(rows.logical_group(row))
            case "user_profiles":
                self.profiles.append((row.id, row.node))
            case "group_settings" if row.id == SETTINGS_ROW:
                self.owner = rows.text_of(row, "ownerId")
            case "cohrtz" if row.id.startswith(TREE_PREFIX):
                self.tree_leaves = rows.leaf_count(row)

    @property
    def rows(self) -> int:
        """All rows of all tables, tombstones included."""
        return sum(tally.rows for tally in self.tallies.values())

    @property
    def vault_items(self) -> int:
        """Vault items that are not deleted."""
        tally = self.tallies.get("vault_items", Tally())
        return tally.rows - tally.deleted

    def consistency(self, platform: Platform) -> Consistency:
        """Return count and hash as the app computes them."""
        return consistency(self.tallies, platform)

    def audit(self) -> Audit:
        """Weigh who wrote roles, members and logical groups."""
        return audit(
            Rows(
                self.owner,
                nodes_of(self.profiles),
                tuple(self.roles),
                tuple(self.members),
                tuple(self.groups),
            )
        )

    def is_of(self, room: str) -> bool | None:
        """Say whether the rows are of that room; None when they name none."""
        return room in {*self.names, self.group} if self.names else None

    def is_fresh(self) -> bool | None:
        """Say whether the file's node id is new; None when no row tells of it.

        It is when its node wrote no more than what a device writes by itself, and the
        file is younger than the rows in it, or holds nothing else. So is the file of
        somebody who has just joined.
        """
        node, born, oldest = self.times.node, self.times.born, self.times.oldest
        if node is None or born is None or oldest is None:
            return None
        own = self.times.by_node[node]
        return own <= FEW and (own == self.rows or born > oldest + DRIFT)

    def is_born_after(self, since: datetime | None) -> bool | None:
        """Say whether the file was made after that; None when nothing tells."""
        if since is None or self.times.born is None:
            return None
        return self.times.born >= since


def survey(found: Iterable[Row], *, now: datetime) -> Survey:
    """Add rows up."""
    whole = Survey(now)
    for row in found:
        whole.add(row)
    return whole
