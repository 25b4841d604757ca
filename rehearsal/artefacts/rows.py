"""Rows of a room as the app stores them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

TABLES = (
    "tasks",
    "calendar_events",
    "vault_items",
    "chat_messages",
    "chat_threads",
    "user_profiles",
    "avatar_blobs",
    "members",
    "roles",
    "group_settings",
    "dashboard_widgets",
    "logical_groups",
    "notes",
    "polls",
    "cohrtz",
    "groupman",
)
"""All tables that the app makes when it opens a room."""
START = datetime(2026, 2, 27, 10, 0, tzinfo=UTC)
EVERYTHING = 1
PLAIN_MEMBER = 1 << 10


@dataclass(frozen=True)
class StoredRow:
    """One row; `modified` is the clock of the copy that stored it."""

    table: str
    id: str
    value: str | None
    hlc: str
    node: str
    modified: str = ""
    is_deleted: bool = False

    def stored_at(self, at: datetime, node: str) -> "StoredRow":
        """Return it as another copy stores it at that time."""
        return replace(self, modified=hlc(at, node))


@dataclass(frozen=True)
class Person:
    """Somebody in the room: an identity, and the node id of their database."""

    identity: str
    node: str
    is_owner: bool = False


def hlc(at: datetime, node: str, counter: int = 0) -> str:
    """Return a clock as the app writes it, to the millisecond or the microsecond."""
    detail = "microseconds" if at.microsecond % 1000 else "milliseconds"
    stamp = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=detail)
    return f"{stamp}Z-{counter:04X}-{node}"


def row(
    table: str, row_id: str, value: Mapping[str, Any] | None, at: datetime, node: str
) -> StoredRow:
    """Return a row as its writer's own database holds it."""
    clock = hlc(at, node)
    text = None if value is None else json.dumps(value, separators=(",", ":"))
    return StoredRow(table, row_id, text, clock, node, clock)


def tombstone(of: StoredRow, at: datetime) -> StoredRow:
    """Return the row deleted: emptied, then marked."""
    clock = hlc(at, of.node)
    return replace(of, value="", hlc=clock, modified=clock, is_deleted=True)


def room_rows(
    room: str, people: Iterable[Person], *, tasks: int = 6, start: datetime = START
) -> list[StoredRow]:
    """Return a small living room: settings, roles, members, profiles, content.

    Every person writes `tasks` tasks, their profile and their presence; the owner wrote
    the rest.
    """
    folk = list(people)
    owner = next((one for one in folk if one.is_owner), folk[0])
    rows = _foundation(room, owner, start)
    for place, person in enumerate(folk):
        at = start + timedelta(minutes=5 + place)
        rows += _of_person(person, owner, at)
        rows += [
            row(
                "tasks",
                f"task:{person.node}:{number}",
                {"title": "Water the plants", "done": False},
                at + timedelta(minutes=10, seconds=number),
                person.node,
            )
            for number in range(tasks)
        ]
    return rows


def _foundation(room: str, owner: Person, start: datetime) -> list[StoredRow]:
    settings = {
        "name": "Family",
        "dataRoomName": room,
        "ownerId": owner.identity,
        "invites": [{"code": "KITE-4821", "isSingleUse": True}],
    }
    state = {"leafCount": 2, "nodes": [{"publicKey": "cHVi", "isBlank": False}]}
    made: list[tuple[str, str, Mapping[str, Any]]] = [
        ("group_settings", "group_settings", settings),
        ("roles", "role:owner", {"name": "Owner", "permissions": EVERYTHING}),
        ("roles", "role:member", {"name": "Member", "permissions": PLAIN_MEMBER}),
        ("logical_groups", "group:all", {"name": "All", "memberIds": []}),
        ("vault_items", "secret:1", {"label": "Wi-Fi", "encryptedValue": "b3BhcXVl"}),
        ("cohrtz", f"treekem_state:{room}", state),
    ]
    return [
        row(table, row_id, value, start + timedelta(seconds=place), owner.node)
        for place, (table, row_id, value) in enumerate(made)
    ]


def _of_person(person: Person, owner: Person, at: datetime) -> list[StoredRow]:
    role = "role:owner" if person.is_owner or person is owner else "role:member"
    member = {"id": person.identity, "roleIds": [role]}
    return [
        row("members", person.identity, member, at, owner.node),
        row("user_profiles", person.identity, {"displayName": "A."}, at, person.node),
        row("notes", f"presence:{person.identity}", {"at": 1}, at, person.node),
    ]


def as_held_by(
    holder: Person, rows: Iterable[StoredRow], *, since: datetime | None = None
) -> list[StoredRow]:
    """Return the rows as one device's database holds them.

    Each was stored at its own time, or at `since` when the database is younger, as one
    that was made anew and filled by peers.
    """
    held = []
    for one in rows:
        at = datetime.fromisoformat(one.hlc[: one.hlc.index("Z") + 1])
        held.append(one.stored_at(at if since is None else max(at, since), holder.node))
    return held
