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
from bot.cohrtz.databases.gaps import as_sqlite
from bot.cohrtz.databases.hlc import DRIFT, Hlc, parse
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


@dataclass
class Times:
    """The clocks of a copy, folded."""

    now: datetime
    oldest: datetime | None = None
    """The oldest clock of any row, whoever wrote it."""
    newest: datetime | None = None
    born: datetime | None = None
    """When this file stored its first row that is still there, by its own clock."""
    last_modified: str = ""
    future: int = 0
    unreadable: int = 0
    by_node: Counter[str] = field(default_factory=Counter)

    def add(self, row: Row) -> None:
        """Take one row's clocks in."""
        clock = parse(row.hlc)
        if clock is None:
            self.unreadable += 1
        else:
            self._saw(clock)
        if row.modified is not None:
            self._stored(row.modified)

    def _saw(self, clock: Hlc) -> None:
        self.by_node[clock.node] += 1
        self.future += clock.at > self.now + DRIFT
        self.oldest = min(self.oldest or clock.at, clock.at)
        self.newest = max(self.newest or clock.at, clock.at)

    def _stored(self, modified: str) -> None:
        if as_sqlite(modified) > as_sqlite(self.last_modified):
            self.last_modified = modified
        clock = parse(modified)
        if clock is not None:
            self.born = min(self.born or clock.at, clock.at)

    @property
    def node(self) -> str | None:
        """The file's own node id: the one in the largest `modified`."""
        clock = parse(self.last_modified)
        return None if clock is None else clock.node


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
        self.times = Times(self.now)

    def add(self, row: Row) -> None:
        """Take one row in."""
        told = leaf(as_sqlite(row.id), row.value, as_sqlite(row.hlc))
        tally = self.tallies.setdefault(row.table, Tally())
        tally.add(told, is_deleted=row.is_deleted)
        self.odd += row.is_odd
        self.times.add(row)
        self.names |= rows.room_names(row)
        self.group = rows.group_name(row) or self.group
        if not row.is_deleted:
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
