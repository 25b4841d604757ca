"""A row of a synced table, and what is read of the JSON in its value.

Values are what people wrote. What is taken from them is ids, permission bits, numbers
and the room's own name, and none of it leaves but as a count or a yes or no.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.cohrtz.databases.names import SETTINGS_ROW, TREE_PREFIX
from bot.cohrtz.databases.rights import LogicalGroup, Member, Role

VALUE_LIMIT = 4_000_000
"""Bytes of a value whose JSON is read; a TreeKEM state of 10 000 leaves has 2 MB."""
BITS = 53
"""Permission bits that a JavaScript client can hold; a larger number is none."""


class Row(NamedTuple):
    """One row, as any of the app's forms holds it."""

    table: str
    id: str
    value: bytes | None
    """UTF-8 text."""
    hlc: str
    node: str
    modified: str | None
    """When this copy stored the row, by its own clock; web rows have none."""
    is_deleted: bool
    is_odd: bool = False
    """It holds a type that the app never writes."""


def content(row: Row) -> Mapping[str, Any]:
    """Return the JSON object in the value; empty when there is none."""
    if row.value is None or len(row.value) > VALUE_LIMIT:
        return {}
    try:
        found = json.loads(row.value)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def member(row: Row) -> Member:
    """Read a row of `members`."""
    told = content(row)
    listed = told.get("roleIds")
    roles = listed if isinstance(listed, list) else []
    return Member(
        row.id, frozenset(one for one in roles if isinstance(one, str)), row.node
    )


def role(row: Row) -> Role:
    """Read a row of `roles`; permissions that are no sound number are none."""
    return Role(row.id, _number(row, "permissions", BITS) or 0, row.node)


def logical_group(row: Row) -> LogicalGroup:
    """Read a row of `logical_groups`."""
    return LogicalGroup(row.id, row.node)


def text_of(row: Row, name: str) -> str | None:
    """Return a text in the row's JSON object."""
    found = content(row).get(name)
    return found if isinstance(found, str) and found else None


def room_names(row: Row) -> frozenset[str]:
    """Return what a row says the data room's name is: one, if the copy is sound."""
    if row.table == "cohrtz" and row.id.startswith(TREE_PREFIX):
        return frozenset({row.id.removeprefix(TREE_PREFIX)})
    told = text_of(row, "dataRoomName") if _are_settings(row) else None
    return frozenset() if told is None else frozenset({told})


def group_name(row: Row) -> str | None:
    """Return what a row says that people call the group; many groups share one."""
    return text_of(row, "name") if _are_settings(row) else None


def _are_settings(row: Row) -> bool:
    return row.table == "group_settings" and row.id == SETTINGS_ROW


def leaf_count(row: Row) -> int | None:
    """Return how many leaves the TreeKEM state in a row of `cohrtz` has."""
    return _number(row, "leafCount", 31)


def _number(row: Row, name: str, bits: int) -> int | None:
    found = content(row).get(name)
    if not isinstance(found, int) or isinstance(found, bool):
        return None
    return found if 0 <= found < 1 << bits else None
