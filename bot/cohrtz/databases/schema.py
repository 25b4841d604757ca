"""What a database's tables tell of the build that made it, which is little.

The app puts no version into its database. `logical_groups` came on 2026-02-22 and
`avatar_blobs` on 2026-02-23; a table or a column that this build does not know makes it
refuse every chunk that holds one.
"""

from collections.abc import Mapping
from enum import StrEnum

from bot.cohrtz.databases.names import COLUMNS, LOCAL_TABLES, TABLES


class Schema(StrEnum):
    """A weak fingerprint; only a person can state the installed build."""

    CURRENT = "current"
    OLDER = "older"
    """Lacks tables that this build makes."""
    NEWER = "newer"
    """Has tables or columns that this build does not know."""
    MIXED = "mixed"
    """Both: of another line of builds, or not of the app."""


_FOREIGN = ("sqlite_", "android_metadata")


def schema(columns: Mapping[str, frozenset[str]]) -> Schema:
    """Compare the columns of each table with those that this build makes."""
    synced = {
        table: names
        for table, names in columns.items()
        if table not in LOCAL_TABLES and not table.startswith(_FOREIGN)
    }
    lacks = any(set(COLUMNS) - synced.get(table, frozenset()) for table in TABLES)
    more = bool(synced.keys() - set(TABLES)) or any(
        names - set(COLUMNS) for names in synced.values()
    )
    if lacks:
        return Schema.MIXED if more else Schema.OLDER
    return Schema.NEWER if more else Schema.CURRENT
