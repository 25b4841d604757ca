"""The app's files in a folder or a zip, looked at where they are.

Nothing is unpacked and no link is followed. Of each file the beginning is read, and of
JSON, XML and property lists a bounded whole.
"""

import os
import struct
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from stat import S_ISREG
from zipfile import BadZipFile, ZipFile, ZipInfo

from bot.cohrtz.backup_parts import is_worth_reading, look, part_of_name
from bot.cohrtz.databases.sqlite_file import HEADER
from bot.cohrtz.listing import Entry, Listing
from bot.errors import UsageError

MAX_FILES = 20_000
"""Files that are looked at; a phone's app folder has some dozens."""
START = 1_000
"""Bytes by which it is seen whether a file is worth more."""
WHOLE = 12_000_000
"""Bytes of a text that are read; a browser's storage has 10 MB at most."""
PAGES = 1_000_000
"""Bytes of a database that are read: its schema stands among the first pages."""
MAX_PARTS = 200
"""Files of the app that are taken in, so that a bomb of them stays small."""
MAX_DIRECTORY = 8_000_000
"""Bytes of a zip's directory: some 100 000 files."""
_TWO_SECONDS = timedelta(seconds=2)
_END = struct.Struct("<4s4H2LH")
_END_MARK, _WIDE_MARK = b"PK\x05\x06", b"PK\x06\x06"
_TAIL = 66_000
_ENCRYPTED = 1
_WIDE = 0xFFFFFFFF


def in_folder(folder: Path) -> Listing:
    """Look at the files of a folder and of those in it."""
    files = list(islice(_files(folder), MAX_FILES + 1))
    return _listing((_file(path) for path in files[:MAX_FILES]), len(files))


def in_zip(path: Path) -> Listing:
    """Look at the files of a zip; raises UsageError when it is none, or too large."""
    try:
        _bound(path)
        with ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            found = (_member(archive, one) for one in members[:MAX_FILES])
            return _listing(found, len(members))
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UsageError(f"{path.name} is no zip that can be read") from error


def is_zip(path: Path) -> bool:
    """Say whether the file begins as a zip does."""
    with path.open("rb") as file:
        return file.read(4) in {b"PK\x03\x04", _END_MARK}


def _listing(found: Iterable[Entry | None], files: int) -> Listing:
    ours = (entry for entry in found if entry is not None)
    entries = tuple(islice(ours, MAX_PARTS))
    cut_off = files > MAX_FILES or len(entries) == MAX_PARTS
    return Listing(entries, looked_into=True, cut_off=cut_off)


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        yield from (Path(place) / name for name in sorted(names))


def _file(path: Path) -> Entry | None:
    try:
        state = path.lstat()
        if not S_ISREG(state.st_mode):
            return None
        written_at = datetime.fromtimestamp(state.st_mtime, UTC)
        with path.open("rb") as file:
            start = _start(path.name, file.read)
    except (OSError, ValueError, OverflowError):
        return _unread(path.name)
    return _entry(path.name, start, state.st_size, written_at)


def _unread(name: str) -> Entry | None:
    part = part_of_name(name)
    return None if part is None else Entry(name, part, trouble="could not be read")


def _start(name: str, read: Callable[[int], bytes]) -> bytes:
    """Read the beginning, and more of a file that may be a part."""
    start = read(START)
    if part_of_name(name) is None and not is_worth_reading(start):
        return start
    most = PAGES if start.startswith(HEADER) else WHOLE
    return start + read(most - START)


def _entry(
    name: str,
    start: bytes,
    size: int,
    written_at: datetime,
    exact_to: timedelta | None = None,
) -> Entry | None:
    seen = look(name, start)
    if seen is None:
        return None
    exact = timedelta(seconds=1) if exact_to is None else exact_to
    return Entry(name, seen.part, size, written_at, exact, seen.trouble)


def _member(archive: ZipFile, member: ZipInfo) -> Entry | None:
    name = member.filename.replace("\\", "/").rsplit("/", 1)[-1]
    if member.flag_bits & _ENCRYPTED:
        part = part_of_name(name)
        trouble = "is encrypted in the zip, so it was not looked at"
        return None if part is None else Entry(name, part, trouble=trouble)
    try:
        written_at = datetime(*member.date_time, tzinfo=UTC)
        with archive.open(member) as file:
            start = _start(name, file.read)
    except Exception:  # noqa: BLE001  zlib, lzma and zipfile raise whatever they like
        return _unread(name)
    return _entry(name, start, member.file_size, written_at, _TWO_SECONDS)


def _bound(path: Path) -> None:
    """Refuse a zip whose directory is too large to be read at once."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        tail = file.read(_TAIL)
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END.size:
        raise BadZipFile("no directory")
    directory = _END.unpack_from(tail, at)[5]
    wide = tail.rfind(_WIDE_MARK, 0, at)
    if directory == _WIDE and wide >= 0 and len(tail) - wide >= 48:  # noqa: PLR2004  its fields
        (directory,) = struct.unpack_from("<Q", tail, wide + 40)
    if directory > MAX_DIRECTORY:
        raise BadZipFile("too many files")
