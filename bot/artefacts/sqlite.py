"""A copy of an SQLite database that nobody may trust, read and never written.

It is opened read-only and immutable: no lock, no journal, no recovery. Nothing in its
schema runs: only ordinary tables are read, by columns that we name, and an authoriser
refuses everything else, functions of the schema included. Sizes and work are bounded.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

MAX_VALUE = 64_000_000
"""Bytes of one value; the largest true ones are pictures."""
WORK = 20_000
"""Times that SQLite may do another 100 000 steps for one copy."""
STEPS = 100_000
MAX_TABLES = 200
"""Objects of a schema that are looked at; the app makes about twenty tables."""

_ORDINARY = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
_VIRTUAL = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND rootpage = 0 LIMIT 1"
_PRAGMAS = frozenset({"integrity_check", "table_xinfo"})
_FUNCTIONS = frozenset({"count", "length", "typeof", "substr", "max", "min"})
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MAX_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 50,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 2,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 100_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_PRIMARY = 0xFF
"""SQLite's extended result codes carry the primary one in their low byte."""
_UNCHECKED = 9
_T = TypeVar("_T")


class Trouble(StrEnum):
    """Why a copy cannot be read, or not to its end."""

    MALFORMED = "malformed"
    NOT_A_DATABASE = "not-a-database"
    UNREADABLE = "unreadable"

    @property
    def words(self) -> str:
        """Say it in half a sentence, of which the file is the subject."""
        return _WORDS[self]


_WORDS = {
    Trouble.MALFORMED: "it is malformed (SQLite error 11).",
    Trouble.NOT_A_DATABASE: "it is not a database (SQLite error 26).",
    Trouble.UNREADABLE: "it is too large, or has parts that the app never makes.",
}


class Damaged(Exception):  # noqa: N818  a state of the file, and not a fault of ours
    """The copy could not be read; `trouble` says how, without its words."""

    def __init__(self, trouble: Trouble) -> None:
        """Say how; what SQLite said may quote the file and is left out."""
        super().__init__(trouble.value)
        self.trouble = trouble


class Copy:
    """An open copy. Every method may raise Damaged and nothing else."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a confined connection; see `opened`."""
        self._connection = connection

    def columns(self) -> Mapping[str, frozenset[str]]:
        """Return the ordinary tables, by exact name, each with its stored columns."""
        told = islice(self.stream(_ORDINARY), MAX_TABLES)
        names = [_text(row[0]) for row in told]
        return {name: self._stored(name) for name in names if name.isidentifier()}

    def _stored(self, table: str) -> frozenset[str]:
        """Return the columns that are neither hidden nor computed."""
        told = self.query(f'PRAGMA table_xinfo("{table}")')
        return frozenset(_text(row[1]) for row in told if row[6] == 0)

    def has(self, table: str, columns: Sequence[str]) -> bool:
        """Say whether there is such an ordinary table with these columns."""
        return set(columns) <= self.columns().get(table, frozenset())

    def is_sound(self) -> bool:
        """Run SQLite's own check of the whole file, to the first fault.

        A file with a virtual table, which the app never makes, is not checked: the
        check would run that table's module. It raises Damaged.
        """
        if self.query(
            "SELECT 1 FROM sqlite_master WHERE rootpage = 0 AND type = 'table'"
        ):
            raise Damaged(Trouble.UNREADABLE)
        return self.query("PRAGMA integrity_check(1)") == [(b"ok",)]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query whose answer is small."""
        return list(self.stream(sql))

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query; text comes as bytes."""
        cursor = _guarded(lambda: self._connection.execute(sql))
        while (row := _guarded(cursor.fetchone)) is not None:
            yield row


@contextmanager
def opened(path: Path) -> Iterator[Copy]:
    """Open a copy for reading; raises Damaged when even that cannot be done."""
    connection = _guarded(lambda: _connect(path))
    try:
        _guarded(lambda: _confine(connection))
        yield Copy(connection)
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.text_factory = bytes
    return connection


def _confine(connection: sqlite3.Connection) -> None:
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    _defend(connection)
    for pragma in (
        "trusted_schema = OFF",
        "cell_size_check = ON",
        "mmap_size = 0",
        "query_only = ON",
        "temp_store = MEMORY",
        "cache_size = -8000",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.set_authorizer(_authorise)
    connection.set_progress_handler(_Budget(WORK).spend, STEPS)


def _defend(connection: sqlite3.Connection) -> None:
    """Switch SQLite's own defences on, where Python can (3.12)."""
    configure: Callable[[int, bool], None] | None
    configure = getattr(connection, "setconfig", None)
    if configure is None:
        return
    configure(getattr(sqlite3, "SQLITE_DBCONFIG_DEFENSIVE"), True)  # noqa: B009, FBT003  3.12
    configure(getattr(sqlite3, "SQLITE_DBCONFIG_ENABLE_TRIGGER"), False)  # noqa: B009, FBT003  3.12
    configure(getattr(sqlite3, "SQLITE_DBCONFIG_ENABLE_VIEW"), False)  # noqa: B009, FBT003  3.12


class _Budget:
    """How much work is left for one copy."""

    def __init__(self, rounds: int) -> None:
        self._left = rounds

    def spend(self) -> int:
        self._left -= 1
        return int(self._left < 0)


def _authorise(
    action: int, first: str | None, second: str | None, _: str | None, inner: str | None
) -> int:
    """Allow to read tables by our own queries, two pragmas and a few functions."""
    allowed = inner is None and (
        action in {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
        or (action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS)
        or (action == sqlite3.SQLITE_FUNCTION and second in _FUNCTIONS)
    )
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _guarded(act: Callable[[], _T]) -> _T:
    """Do it; raises Damaged for whatever SQLite and its Python say of a bad file."""
    try:
        return act()
    except sqlite3.Error as error:
        raise Damaged(_trouble(error)) from error
    except UnicodeDecodeError as error:  # a message that quotes the schema's bytes
        raise Damaged(Trouble.MALFORMED) from error
    except (OverflowError, MemoryError, ValueError) as error:
        raise Damaged(Trouble.UNREADABLE) from error


def _trouble(error: sqlite3.Error) -> Trouble:
    code = getattr(error, "sqlite_errorcode", _UNCHECKED) & _PRIMARY
    if code == sqlite3.SQLITE_NOTADB:
        return Trouble.NOT_A_DATABASE
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR}:
        return Trouble.MALFORMED
    return Trouble.UNREADABLE


def _text(value: object) -> str:
    """Return text of the file, whatever it is; exact where it is sound UTF-8."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
