"""The lock file beside the database: one process, one database.

Two processes on one SQLite file would each think that they alone drive the incidents.
`flock` is let go by the kernel when its holder dies, so no lock is ever stale.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import StoreBusy, StoreError


class InUse(StoreBusy):
    """Another process has the database open."""


LONGEST_NAME = 200
"""Bytes read from a lock file to name its holder."""


def lock_path(database: Path) -> Path:
    """Where the lock file of a database is."""
    return database.with_name(f"{database.name}.lock")


@contextmanager
def hold_lock(database: Path) -> Iterator[None]:
    """Hold the lock file of `database`; it stays behind, empty, when released.

    Raises InUse if another process (or this one) holds it, naming the holder, and
    StoreError if the lock file cannot be made.
    """
    descriptor = _open_lock(lock_path(database))
    try:
        _take(descriptor, database)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(
            f"The lock file {path} cannot be opened ({error.strerror}). "
            "Give the bot a folder that exists and that it may write to."
        ) from error


def _take(descriptor: int, database: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise InUse(
            f"The database {database} is in use by {_holder(descriptor)}. "
            "Stop that one first, or give this one a database of its own."
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, _own_name().encode(), 0)


def _own_name() -> str:
    return f"process {os.getpid()} ({Path(sys.argv[0]).name or 'python'})"


def _holder(descriptor: int) -> str:
    name = os.pread(descriptor, LONGEST_NAME, 0).decode(errors="replace")
    return name or "another process"
