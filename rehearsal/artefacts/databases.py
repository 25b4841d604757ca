"""The four database files of the app, made after its true layout."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rehearsal.artefacts.rows import TABLES, StoredRow

LATER_TABLES = frozenset({"avatar_blobs", "logical_groups"})
"""What builds from before 2026-02-22 lack."""
_SYNCED = """CREATE TABLE {table} (
  id TEXT NOT NULL PRIMARY KEY,
  value TEXT, is_deleted INTEGER DEFAULT 0,
  hlc TEXT NOT NULL, node_id TEXT NOT NULL, modified TEXT NOT NULL
)"""
_PACKETS = """CREATE TABLE packets (
  id INTEGER PRIMARY KEY AUTOINCREMENT, requestId TEXT, senderId TEXT,
  timestamp INTEGER, payload BLOB, packetType INTEGER
)"""
_BLOBS = """CREATE TABLE secure_blobs (
  key TEXT PRIMARY KEY, value BLOB NOT NULL, updated_at INTEGER NOT NULL
)"""
_DATA_CHUNK = 2
ENVELOPE = 29
"""Bytes around a value: version, nonce and tag."""


@dataclass(frozen=True)
class Heard:
    """A data chunk that was received, verified and decrypted."""

    sender: str
    at: datetime
    request: str
    packet_type: int = _DATA_CHUNK


@dataclass(frozen=True)
class Secret:
    """An entry of the secure store: how long its text is, and when it was written."""

    length: int
    at: datetime
    version: int = 1


def crdt_database(
    path: Path, rows: Iterable[StoredRow] = (), *, without: Iterable[str] = ()
) -> Path:
    """Write a room's database; `without` names tables that an older build lacks."""
    left_out = frozenset(without)
    with _new(path) as file:
        for table in TABLES:
            if table not in left_out:
                file.execute(_SYNCED.format(table=table))
        for one in rows:
            file.execute(
                f"INSERT INTO {one.table} VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608  ours
                (one.id, one.value, one.is_deleted, one.hlc, one.node, one.modified),
            )
        file.execute("PRAGMA user_version = 1")
    return path


def packet_store(path: Path, heard: Iterable[Heard]) -> Path:
    """Write a packet store; the payloads are clear text, as in life."""
    with _new(path) as file:
        file.execute(_PACKETS)
        file.executemany(
            "INSERT INTO packets (requestId, senderId, timestamp, payload, packetType) "
            "VALUES (?, ?, ?, ?, ?)",
            [
                (one.request, one.sender, _ms(one.at), b'{"tasks":[]}', one.packet_type)
                for one in heard
            ],
        )
    return path


def secure_store(path: Path, secrets: Mapping[str, Secret]) -> Path:
    """Write a secure store; the values are noise of the right form and length."""
    with _new(path) as file:
        file.execute(_BLOBS)
        file.executemany(
            "INSERT INTO secure_blobs VALUES (?, ?, ?)",
            [
                (key, envelope(secret), _ms(secret.at))
                for key, secret in secrets.items()
            ],
        )
    return path


def envelope(secret: Secret) -> bytes:
    """Return bytes with an envelope's version and length."""
    length = secret.length + ENVELOPE - 1
    return bytes([secret.version]) + bytes(place % 251 for place in range(length))


def room_secrets(
    room: str, at: datetime, *, vault_key: bool = True, vault_marker: bool = True
) -> dict[str, Secret]:
    """Return what a device of a healthy room has, the vault in any of four cases."""
    secrets = {
        f"cohrtz_key_seed_{room}": Secret(44, at),
        f"cohrtz_encryption_key_seed_{room}": Secret(44, at),
        f"treekem_private_{room}": Secret(900, at),
        f"treekem_epoch_{room}": Secret(1, at),
        f"gsk_{room}": Secret(44, at),
        f"token_{room}": Secret(420, at),
        "last_group_is_host": Secret(len("true"), at),
        "device_db_key": Secret(44, at),
        "known_groups": Secret(300, at),
    }
    if vault_key:
        secrets[f"key_{room}"] = Secret(44, at)
    if vault_marker:
        secrets[f"vault_key_initialized_{room}"] = Secret(len("true"), at)
    return secrets


@contextmanager
def _new(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file to be written in one go; nobody needs it after a crash."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA synchronous = OFF")
        file.execute("BEGIN")
        yield file
        file.execute("COMMIT")


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
