"""Is this copy of a room's database sound, and what would its client count in it?

A copy is opened read-only and immutable. Of its rows only counts, hashes and ids of
nodes are kept; see bot.cohrtz.databases for what they mean.
"""

from datetime import UTC, datetime
from pathlib import Path

from bot.artefacts.room_database import has_hot_journal, has_wal, rows, which
from bot.artefacts.shape import Asked
from bot.artefacts.sqlite import Damaged, Trouble, opened
from bot.cohrtz.databases import verdicts
from bot.cohrtz.databases.consistency import root
from bot.cohrtz.databases.remarks import File, Integrity, Question
from bot.cohrtz.databases.schema import Schema, schema
from bot.cohrtz.databases.sqlite_file import HEADER, Database
from bot.cohrtz.databases.survey import Survey, survey
from bot.core.artefact import Kind, Reading

KIND = Kind.CRDT_DATABASE
FACTS = verdicts.FACTS


def recognises(head: bytes, path: Path) -> bool:
    """Say whether it is an SQLite file with the tables of a room, or with none left."""
    return head.startswith(HEADER) and which(path) is Database.CRDT


def read(path: Path, asked: Asked) -> Reading:
    """Check the copy, then add its rows up; damage is a finding."""
    return _read(path, Question(asked.room, asked.since), datetime.now(UTC))


def _read(path: Path, asked: Question, now: datetime) -> Reading:
    try:
        found, made = _survey(path, now)
    except Damaged as damage:
        file = _file(path, Integrity(damage.trouble.value))
        return Reading(finding=verdicts.damaged_file(file))
    file = _file(path, Integrity.OK, made)
    finding = verdicts.sound_file(file, found, asked)
    return Reading(finding=finding, digest=digest(found))


def _survey(path: Path, now: datetime) -> tuple[Survey, Schema]:
    with opened(path) as copy:
        if not copy.is_sound():
            raise Damaged(Trouble.MALFORMED)
        return survey(rows(copy), now=now), schema(copy.columns())


def _file(path: Path, integrity: Integrity, made: Schema | None = None) -> File:
    return File(
        path.stat().st_size, integrity, has_hot_journal(path), has_wal(path), made
    )


def digest(found: Survey) -> dict[str, dict[str, int | str]]:
    """Return rows and hash of each table."""
    return {
        "rows": {name: tally.rows for name, tally in found.tallies.items()},
        "hashes": {name: root(tally.leaves) for name, tally in found.tallies.items()},
    }
