"""Private copies of files that stay somebody else's: sparse where they are sparse."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from bot.artefacts.limits import CHUNK, GIB, MAX_BATCH, MAX_FILE
from bot.errors import BotError

SPENT = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""What the system says of a place that takes no more bytes."""


class NoScratch(BotError):  # noqa: N818  named for what is the case
    """The machine's temporary folder takes nothing; the text says what to do."""

    def __init__(self, error: OSError) -> None:
        """Quote what the system says of it, without the path."""
        why = os.strerror(error.errno) if error.errno else type(error).__name__
        super().__init__(
            "It could not be kept while it is read: the temporary folder of the "
            f"machine that reads it is full or cannot be written to ({why}). Hand it "
            "over again when that is mended."
        )


class TooLarge(BotError):  # noqa: N818  named for what is the case
    """The file has more bytes than are read."""


@dataclass
class Held:
    """How many bytes of copies lie in a folder; it counts, so it is mutable."""

    most: int = MAX_BATCH
    size: int = 0

    def take(self, copy: Path) -> None:
        """Count a copy; one too many is deleted, and TooLarge is raised."""
        self.size += copy.stat().st_size
        if self.size > self.most:
            copy.unlink()
            raise TooLarge(
                f"The files are larger than {self.most // GIB} GiB together; hand over "
                "fewer at a time."
            )


def copy_private(source: Path, target: Path) -> None:
    """Copy a file, without its holes, to one that only its owner may read.

    Raise TooLarge over the bound, and OSError if it cannot be read.
    """
    with source.open("rb") as given, target.open("xb") as copy:
        size = os.fstat(given.fileno()).st_size
        must_fit(size)
        at = 0
        while (start := _next_bytes(given.fileno(), at)) is not None:
            at = _copy_stretch(given.fileno(), copy.fileno(), start)
        copy.truncate(max(size, at))
    target.chmod(0o400)


def must_fit(size: int) -> None:
    """Raise TooLarge if a file of so many bytes is not read."""
    if size > MAX_FILE:
        raise TooLarge(f"It is larger than {MAX_FILE // GIB} GiB and is not read.")


def _next_bytes(file: int, at: int) -> int | None:
    """Return where the next bytes are that are not a hole; None at the end."""
    if not hasattr(os, "SEEK_DATA"):
        return at if at < os.fstat(file).st_size else None
    try:
        return os.lseek(file, at, os.SEEK_DATA)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return None
        raise


def _copy_stretch(source: int, target: int, start: int) -> int:
    """Copy from here to the next hole; return where it begins."""
    has_holes = hasattr(os, "SEEK_HOLE")
    end = os.lseek(source, start, os.SEEK_HOLE) if has_holes else MAX_FILE + 1
    at = start
    while at < end and (chunk := os.pread(source, min(CHUNK, end - at), at)):
        os.pwrite(target, chunk, at)
        at += len(chunk)
        must_fit(at)
    return at if at > start else end
