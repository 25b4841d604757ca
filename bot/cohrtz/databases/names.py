"""How the app names its files, its tables and its keys (cohrtz_app at 6470ae3).

A room's name cannot be told from its file's name: sanitising loses what it replaces.
"""

import string

SECURE_FILE = "cohrtz_secure.db"
"""Matches `cohrtz_*.db` and is the secure store, not a room."""
DEFAULT_FILE = "cohrtz_default.db"
"""Matches `cohrtz_*.db` and is the boot database, not a room."""
INSTALL_ID = "cohrtz_secure_install_id"
KDF_SALT = "cohrtz_secure_kdf_salt"
"""Two preferences, in clear, from which the secure store's key is made."""
WEB_PREFIX = "secure_blob_"
"""How a key of the secure store begins in a browser's storage."""
PLUGIN_PREFIX = "flutter."
"""What the preferences' plugin puts before every name."""

CONSISTENCY_TABLES = (
    "tasks",
    "calendar_events",
    "vault_items",
    "chat_messages",
    "user_profiles",
    "avatar_blobs",
    "group_settings",
    "dashboard_widgets",
    "notes",
    "polls",
    "cohrtz",
    "groupman",
)
"""Over exactly these a native client makes its count and hash."""
TABLES = (*CONSISTENCY_TABLES, "chat_threads", "members", "roles", "logical_groups")
"""All that the app makes when it opens a room."""
LOCAL_TABLES = frozenset({"avatar_blob_cache"})
"""May be there as well, and is never synced."""
COLUMNS = ("id", "value", "is_deleted", "hlc", "node_id", "modified")
ALWAYS_RESENT = frozenset(
    {
        "group_settings",
        "roles",
        "members",
        "user_profiles",
        "dashboard_widgets",
        "avatar_blobs",
    }
)
"""Sent whole in every answer to a SYNC_REQ, whatever the vector clock says."""
SETTINGS_ROW = "group_settings"
TREE_PREFIX = "treekem_state:"
PRESENCE_PREFIX = "presence:"

_KEPT = frozenset((string.ascii_letters + string.digits + "_").encode("utf-16-le")[::2])


def sanitised(name: str) -> str:
    """Return the name as the app puts it into a file's name.

    Every UTF-16 code unit outside `[A-Za-z0-9_]` becomes `_`, so a character beyond
    the basic plane gives two. Different rooms may share a name then.
    """
    units = name.encode("utf-16-le", "surrogatepass")
    pairs = zip(units[::2], units[1::2], strict=True)
    return "".join(
        chr(low) if not high and low in _KEPT else "_" for low, high in pairs
    )


def database_file(room: str) -> str:
    """Return the file name of a data room's CRDT database."""
    return f"cohrtz_{sanitised(room)}.db"


def packet_store_file(room: str) -> str:
    """Return the file name of a room's packet store."""
    return f"packet_store_{sanitised(room)}.db"


def is_volatile(table: str, row_id: str) -> bool:
    """Say whether a row is rewritten all the time, so that copies differ in it at rest.

    These are people's presence in `notes`, and the table `cohrtz` with the TreeKEM
    state.
    """
    return table == "cohrtz" or (
        table == "notes" and row_id.startswith(PRESENCE_PREFIX)
    )
