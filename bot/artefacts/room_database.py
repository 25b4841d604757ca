"""The rows of a room's database copy, whichever form the copy has."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.artefacts.sqlite import Copy, Damaged, Trouble, opened
from bot.cohrtz.databases.names import COLUMNS, TABLES
from bot.cohrtz.databases.rows import Row
from bot.cohrtz.databases.sqlite_file import (
    HEADER,
    JOURNAL,
    Database,
    database,
    tables_in,
)

MAX_ROWS = 300_000
"""Rows of a copy that are read; a year of a busy room has some ten thousand."""
SCANNED = 4_000_000
"""Bytes in which the schema is looked for when SQLite cannot read it."""

_READ = (
    "SELECT id, value, hlc, is_deleted, node_id, modified, "
    "typeof(id) || typeof(value) || typeof(hlc) FROM {table}"
)
_TYPES = frozenset({b"texttexttext", b"textnulltext"})


def which(path: Path) -> Database | None:
    """Tell from its tables which database a file is; None without the header.

    One whose tables cannot be read, or that has none, passes as a CRDT database: there
    is nothing that speaks for another.
    """
    if not has_header(path):
        return None
    tables = _tables(path)
    return database(tables) if tables else Database.CRDT


def _tables(path: Path) -> frozenset[str]:
    try:
        with opened(path) as copy:
            return frozenset(copy.columns())
    except Damaged:
        return tables_in(start_of(path, SCANNED))


def has_header(path: Path) -> bool:
    """Say whether the file begins as every plain SQLite database does."""
    return start_of(path, len(HEADER)) == HEADER


def start_of(path: Path, size: int) -> bytes:
    """Return the first bytes; none of what cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""


def has_hot_journal(path: Path) -> bool:
    """Say whether a journal of an unfinished write was handed over with the copy."""
    beside = path.with_name(f"{path.name}-journal")
    return start_of(beside, len(JOURNAL)) == JOURNAL


def has_wal(path: Path) -> bool:
    """Say whether a write-ahead log that is not empty was handed over with it."""
    return bool(start_of(path.with_name(f"{path.name}-wal"), 1))


def rows(copy: Copy) -> Iterator[Row]:
    """Yield the rows of all synced tables; raises Damaged when there are too many."""
    told = 0
    columns = copy.columns()
    for table in TABLES:
        if not columns.get(table, frozenset()) >= set(COLUMNS):
            continue
        for found in copy.stream(_READ.format(table=table)):
            told += 1
            if told > MAX_ROWS:
                raise Damaged(Trouble.UNREADABLE)
            yield _row(table, found)


def _row(table: str, found: tuple[Any, ...]) -> Row:
    row_id, value, hlc, is_deleted, node, modified, types = found
    named, clock = text(row_id), text(hlc)
    is_sound = types in _TYPES and _is_sound(named) and _is_sound(clock)
    return Row(
        table,
        named,
        value if value is None or isinstance(value, bytes) else text(value).encode(),
        clock,
        text(node),
        text(modified),
        is_deleted not in {0, None},
        not is_sound,
    )


def _is_sound(told: str) -> bool:
    """Say whether it was UTF-8."""
    return told.isascii() or told.encode("utf-8", "replace").decode() == told


def text(value: object) -> str:
    """Return text of the file; bytes that are no UTF-8 stay tellable apart."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return str(value)
