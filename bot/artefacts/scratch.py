"""Private folders for what people handed over: gone after reading, also after a death.

A process that is killed removes nothing. So the folders of a bot bear the mark of its
database, which only one bot can hold: what bears it at the start is its own, left over.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.artefacts.copying import NoScratch

log = structlog.get_logger(__name__)

NAME = "triage-"
MARK = 16
"""Letters of the mark: no two databases of a machine share so many by chance."""


@dataclass(frozen=True)
class Scratch:
    """Makes private folders whose names begin alike."""

    prefix: str = f"{NAME}apart-"
    """Without a database nothing can be told to be left over, and nothing is swept."""

    @classmethod
    def of(cls, database: Path) -> "Scratch":
        """Return that of the bot which holds this database."""
        place = str(database.resolve()).encode()
        return cls(f"{NAME}{hashlib.sha256(place).hexdigest()[:MARK]}-")

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Give a folder that goes with all that lies in it; raise NoScratch.

        What cannot be removed at once is left to `sweep`.
        """
        try:
            made = tempfile.TemporaryDirectory(
                prefix=self.prefix, ignore_cleanup_errors=True
            )
        except OSError as error:
            raise NoScratch(error) from error
        with made as name:
            yield Path(name)

    def sweep(self) -> int:
        """Remove what a bot with this mark left when it was killed; count the folders.

        Call it before any `folder` is made. Only real folders of our own user count.
        """
        removed = sum(_removed(one) for one in self._left())
        if removed:
            log.info("scratch.swept", folders=removed)
        return removed

    def _left(self) -> list[Path]:
        try:
            with os.scandir(tempfile.gettempdir()) as entries:
                return [Path(one.path) for one in entries if self._is_ours(one)]
        except OSError as error:
            log.warning("scratch.unseen", why=error.strerror)
            return []

    def _is_ours(self, entry: os.DirEntry[str]) -> bool:
        if not entry.name.startswith(self.prefix):
            return False
        if not entry.is_dir(follow_symlinks=False):
            return False
        return entry.stat(follow_symlinks=False).st_uid == os.geteuid()


def inner(folder: Path) -> Path:
    """Make a folder inside of one; raise NoScratch."""
    try:
        return Path(tempfile.mkdtemp(dir=folder))
    except OSError as error:
        raise NoScratch(error) from error


def _removed(folder: Path) -> bool:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        log.warning("scratch.left", folder=str(folder), why=error.strerror)
        return False
    return True
