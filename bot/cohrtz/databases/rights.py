"""Who may change roles, members and logical groups, and which rows say otherwise.

The app's own guard is never called (cohrtz_app at 6470ae3: `mergeDataChunk`), so a
row is accepted from anybody and no log tells of it. What is left is to look at the
rows: who wrote each last, and did they have the right?
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.cohrtz.databases.hlc import is_web_node
from bot.cohrtz.databases.identities import canonical

ADMINISTRATOR = 1
MANAGE_GROUP = 2
MANAGE_ROLES = 4
MANAGE_MEMBERS = 8
MANAGE_INVITES = 1 << 26
MANAGING = ADMINISTRATOR | MANAGE_GROUP | MANAGE_ROLES | MANAGE_MEMBERS
NEEDS = {
    "roles": MANAGE_ROLES,
    "members": MANAGE_ROLES,
    "logical_groups": MANAGE_ROLES | MANAGE_MEMBERS,
}
"""The permission bits that a row of each table needs of its writer."""
REPAIRED_ROLES = frozenset({"role:owner", "role:member"})
"""Rows that a host's device writes again by itself when they are missing."""


@dataclass(frozen=True)
class Role:
    """A row of `roles`."""

    id: str
    permissions: int
    writer: str
    """The node that wrote the row last."""


@dataclass(frozen=True)
class Member:
    """A row of `members`."""

    id: str
    roles: frozenset[str]
    writer: str


@dataclass(frozen=True)
class LogicalGroup:
    """A row of `logical_groups`."""

    id: str
    writer: str


@dataclass(frozen=True)
class Rows:
    """The rows that tell of rights; none of them deleted."""

    owner: str | None
    """The identity that owns the group: it may do everything."""
    profiles: Mapping[str, str]
    """Which node wrote the profile of which identity: node to identity."""
    roles: tuple[Role, ...] = ()
    members: tuple[Member, ...] = ()
    groups: tuple[LogicalGroup, ...] = ()


@dataclass(frozen=True)
class Audit:
    """How many rows of the three tables were last written by whom."""

    suspects: int
    """By somebody without the right, and not as the app does by itself."""
    expected: int
    """By somebody without the right, as joining, inviting and repairing do."""
    self_granted: int
    """By somebody who has the right only by a row that they wrote themselves."""
    unattributed: int
    """By a node whose person no profile tells."""


class _Rights:
    """The permission bits of identities, by all rows or without their own word."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._roles = {role.id: role for role in rows.roles}
        self._members = {canonical(member.id): member for member in rows.members}
        self._owner = None if rows.owner is None else canonical(rows.owner)

    def writer(self, node: str) -> str | None:
        """Return the canonical identity behind a node."""
        identity = self._rows.profiles.get(node)
        if identity is None and is_web_node(node):
            identity = node.replace("_", ":", 1)
        return None if identity is None else canonical(identity)

    def bits(self, identity: str, *, own_word: bool) -> int:
        """Return the permissions; without own word, not those given to oneself."""
        if identity == self._owner:
            return -1
        member = self._members.get(identity)
        if member is None or not (own_word or self.writer(member.writer) != identity):
            return 0
        held = 0
        for role in map(self._roles.get, member.roles):
            if role and (own_word or self.writer(role.writer) != identity):
                held |= role.permissions
        return -1 if held & ADMINISTRATOR else held


def audit(rows: Rows) -> Audit:
    """Weigh the last writer of each row of the three tables."""
    rights = _Rights(rows)
    words = [
        *(_weigh(role, "roles", rights) for role in rows.roles),
        *(_weigh(member, "members", rights) for member in rows.members),
        *(_weigh(group, "logical_groups", rights) for group in rows.groups),
    ]
    return Audit(
        suspects=words.count("suspect"),
        expected=words.count("expected"),
        self_granted=words.count("self-granted"),
        unattributed=words.count("unattributed"),
    )


def _weigh(row: Role | Member | LogicalGroup, table: str, rights: _Rights) -> str:
    writer = rights.writer(row.writer)
    needed = NEEDS[table]
    if writer is None:
        return "unattributed"
    if rights.bits(writer, own_word=False) & needed == needed:
        return "right"
    if rights.bits(writer, own_word=True) & needed == needed:
        return "self-granted"
    return "expected" if _is_expected(row, writer, rights) else "suspect"


def _is_expected(
    row: Role | Member | LogicalGroup, writer: str, rights: _Rights
) -> bool:
    """Say whether the app writes such a row by itself without having the right."""
    if isinstance(row, Role):
        repaired = row.id in REPAIRED_ROLES
        return repaired and (row.id == "role:owner" or not row.permissions & MANAGING)
    if isinstance(row, Member):
        invites = rights.bits(writer, own_word=False) & MANAGE_INVITES
        return canonical(row.id) == writer or bool(invites)
    return False


def nodes_of(profiles: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return node to identity, of rows (identity, node) of `user_profiles`.

    A node that wrote several profiles tells nobody's: it is left out, for each device
    writes its own and no other.
    """
    told: dict[str, str | None] = {}
    for identity, node in profiles:
        told[node] = identity if told.get(node, identity) == identity else None
    return {node: identity for node, identity in told.items() if identity is not None}
