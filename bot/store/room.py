"""Gives the write-ahead log its length beforehand, so that no commit has to.

A commit that makes the file longer waits for the file system's own journal as well:
twice as long (0.45 ms and 0.24 on ext4). SQLite writes the log anew from its beginning
after each checkpoint, and takes no notice of what lies behind its last frame: zeros
are no frame, as they have no salt and no checksum (sqlite.org/fileformat2.html, 4.2).
"""

import contextlib
import os
import sqlite3
from typing import Final

import structlog

from bot.store.sqlite import Link, transaction

log = structlog.get_logger(__name__)

FRAME: Final = 4096 + 24
"""Bytes of a page in the log."""

LENGTH: Final = 1_280 * FRAME
"""SQLite makes a checkpoint after a commit that ends behind the thousandth page; the
largest group of commits has some two hundred."""


class LogRoom:
    """The room of one database's log."""

    def __init__(self, writer: Link) -> None:
        """Take the connection that writes."""
        self._link = writer

    async def make(self) -> None:
        """Lengthen the log; harmless if that fails, and logged.

        In a transaction that writes nothing: nobody else may write meanwhile, also no
        other process, or what it wrote at the log's end would be overwritten.
        """
        await self._link.run(_make)


def _make(connection: sqlite3.Connection) -> None:
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    try:
        with transaction(connection):
            _make_in(f"{path}-wal")
    except sqlite3.Error as error:
        log.info("wal.not_lengthened", why=str(error))


def _make_in(path: str) -> None:
    try:
        file = os.open(path, os.O_RDWR)
    except OSError as error:
        log.info("wal.not_lengthened", why=error.strerror)
        return
    try:
        _lengthen(file)
    finally:
        os.close(file)


def _lengthen(file: int) -> None:
    size = os.fstat(file).st_size
    if size >= LENGTH:
        return
    try:
        _fill(file, size)
        os.fsync(file)
    except OSError as error:
        log.warning("wal.not_lengthened", why=error.strerror)
        with contextlib.suppress(OSError):
            os.ftruncate(file, size)  # what room there is must not lie idle


def _fill(file: int, at: int) -> None:
    while at < LENGTH:
        at += os.pwrite(file, bytes(LENGTH - at), at)
