"""Which keys of the room does this device have, and since when?

Names, lengths and times only. Nothing is decrypted, and no value but its first byte is
read.
"""

from collections.abc import Iterator
from pathlib import Path

from bot.artefacts.room_database import text, which
from bot.artefacts.shape import Asked
from bot.artefacts.sqlite import Copy, Damaged, Trouble, opened
from bot.cohrtz.databases import keys
from bot.cohrtz.databases.keys import Stored, fold, moment
from bot.cohrtz.databases.sqlite_file import HEADER, Database
from bot.core.artefact import Kind, Reading

KIND = Kind.SECURE_STORE
FACTS = keys.FACTS
COLUMNS = ("key", "value", "updated_at")
MAX_ENTRIES = 200_000
LONGEST = 1000
"""Characters of a name that are read."""

_READ = (
    f"SELECT substr(key, 1, {LONGEST}), length(value), substr(value, 1, 1), "  # noqa: S608  constants
    "updated_at, typeof(value) FROM secure_blobs"
)
_VERSION = b"\x01"


def recognises(head: bytes, path: Path) -> bool:
    """Say whether it is an SQLite file with the table of the secure store."""
    return head.startswith(HEADER) and which(path) is Database.SECURE_STORE


def read(path: Path, asked: Asked) -> Reading:
    """Check the copy, then sort its names; damage is a finding."""
    try:
        with opened(path) as copy:
            if not copy.is_sound() or not copy.has("secure_blobs", COLUMNS):
                raise Damaged(Trouble.MALFORMED)
            found = fold(_entries(copy), room=asked.room, since=asked.since)
    except Damaged as damage:
        return Reading(finding=keys.unreadable(damage.trouble.words))
    return Reading(finding=keys.finding(found))


def _entries(copy: Copy) -> Iterator[Stored]:
    for at, (name, size, first, updated, kind) in enumerate(copy.stream(_READ)):
        if at >= MAX_ENTRIES:
            raise Damaged(Trouble.UNREADABLE)
        yield Stored(
            name=text(name),
            size=size if isinstance(size, int) else 0,
            updated_at=moment(updated),
            is_sound=kind == b"blob" and first == _VERSION,
        )
