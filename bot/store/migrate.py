"""Brings a database to the schema of this version: numbered SQL under `user_version`.

Each file of `schema/` is one transaction, so a process killed within one leaves the
version before it. `executescript` is never used: it commits first, and would leave
half a migration behind.
"""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from bot.errors import StoreError
from bot.store import statements as sql

APPLICATION_ID = 0x636F6874
"""Marks a file as a database of this bot ("coht"), so that no other is written to."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: what leads from `version - 1` to `version`."""

    version: int
    statements: tuple[str, ...]


def migrations() -> tuple[Migration, ...]:
    """Read the numbered files of `schema/`, in order.

    Raises StoreError if a number is missing, or if a file ends within a statement.
    """
    found = sorted(_schema_files(), key=lambda file: file.name)
    if [file.name for file in found] != [f"{n + 1:03}.sql" for n in range(len(found))]:
        raise StoreError("The schema files of this installation are not complete.")
    return tuple(
        Migration(number, tuple(split(file.read_text("utf-8"))))
        for number, file in enumerate(found, start=1)
    )


def _schema_files() -> Iterator[Traversable]:
    folder = files("bot.store") / "schema"
    return (file for file in folder.iterdir() if re.fullmatch(r"\d+\.sql", file.name))


def split(script: str) -> Iterator[str]:
    """Cut a script into its statements, triggers whole.

    A statement ends at the end of a line. Raises StoreError if the last one does not
    end.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
    if statement.strip():
        raise StoreError(f"A schema file ends within a statement: {statement.strip()}")


def migrate(steps: tuple[Migration, ...], connection: sqlite3.Connection) -> int:
    """Apply the steps that the database lacks; return its version then.

    Safe with several processes at once: each step is applied once. Raises StoreError
    if the database is newer than the steps, or is not one of this bot's;
    sqlite3.Error if SQLite refuses, with nothing of that step applied.
    """
    while _apply_next(steps, connection):
        pass
    return len(steps)


def _apply_next(steps: tuple[Migration, ...], connection: sqlite3.Connection) -> bool:
    connection.execute(sql.BEGIN)
    try:
        version = _checked_version(len(steps), connection)
        for migration in steps[version : version + 1]:
            _apply(migration, connection)
        connection.execute(sql.COMMIT)
    except BaseException:
        if connection.in_transaction:
            connection.execute(sql.ROLLBACK)
        raise
    return version < len(steps)


def _apply(migration: Migration, connection: sqlite3.Connection) -> None:
    for statement in migration.statements:
        connection.execute(statement)
    # A pragma takes no parameters; both are integers of our own.
    connection.execute(f"PRAGMA user_version = {migration.version:d}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")


def _checked_version(newest: int, connection: sqlite3.Connection) -> int:
    version = version_of(connection)
    tables = _number("SELECT count(*) FROM sqlite_schema", connection)
    if tables and _number("PRAGMA application_id", connection) != APPLICATION_ID:
        raise StoreError(
            "The file is a database of another program. Give the bot a file of its own."
        )
    if version > newest:
        raise StoreError(
            f"The database has schema {version}, this version of the bot knows only "
            f"{newest}. Start the newer version, or restore an older backup."
        )
    return version


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema version of a database."""
    return _number("PRAGMA user_version", connection)


def _number(query: str, connection: sqlite3.Connection) -> int:
    return int(connection.execute(query).fetchone()[0])
