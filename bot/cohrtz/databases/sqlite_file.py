"""What the bytes of an SQLite file tell without opening it."""

import re
from enum import StrEnum

HEADER = b"SQLite format 3\0"
JOURNAL = bytes.fromhex("d9d505f920a163d7")
"""How a rollback journal with a transaction under way begins."""
WALS = (bytes.fromhex("377f0682"), bytes.fromhex("377f0683"))
PAGE = 512
"""Bytes of the smallest page: the size of any database is a multiple of it."""

CANNOT_TELL = "encrypted or corrupt cannot be told apart without the header"
"""The one honest thing to say of a file without the header."""

_TABLE = re.compile(
    rb"CREATE TABLE (?:IF NOT EXISTS )?[\"'`\[]?([A-Za-z_]{1,40})\b", re.IGNORECASE
)


class Database(StrEnum):
    """Which of the app's databases a file is."""

    CRDT = "crdt"
    PACKET_STORE = "packet-store"
    SECURE_STORE = "secure-store"
    OTHER = "other"
    """An SQLite database that the app does not make."""


_MARKS = {
    Database.SECURE_STORE: frozenset({"secure_blobs"}),
    Database.PACKET_STORE: frozenset({"packets"}),
    Database.CRDT: frozenset({"tasks", "calendar_events", "vault_items", "cohrtz"}),
}


def database(tables: frozenset[str]) -> Database:
    """Tell which database has these tables; the first that has one of its marks."""
    for kind, marks in _MARKS.items():
        if tables & marks:
            return kind
    return Database.OTHER


def tables_in(pages: bytes) -> frozenset[str]:
    """Return the names of tables whose `CREATE TABLE` stands in the bytes.

    For a file whose schema SQLite cannot read any more.
    """
    return frozenset(found[1].decode() for found in _TABLE.finditer(pages))
