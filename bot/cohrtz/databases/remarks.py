"""Sentences about a copy of a CRDT database, each with what it makes of the whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.cohrtz.databases.schema import Schema
from bot.cohrtz.databases.survey import Survey
from bot.core.evidence import Verdict


class Header(StrEnum):
    """How a file begins."""

    SQLITE = "sqlite"
    ABSENT = "absent"
    EMPTY = "empty"


class Integrity(StrEnum):
    """What SQLite says of the whole file."""

    OK = "ok"
    MALFORMED = "malformed"
    NOT_A_DATABASE = "not-a-database"
    UNREADABLE = "unreadable"
    EMPTY = "empty"


@dataclass(frozen=True)
class File:
    """The file around the rows."""

    size: int
    integrity: Integrity
    has_hot_journal: bool = False
    has_wal: bool = False
    schema: Schema | None = None


@dataclass(frozen=True)
class Remark:
    """A sentence, and what it makes of the whole."""

    verdict: Verdict
    words: str


@dataclass(frozen=True)
class Question:
    """What the incident asks of a copy."""

    room: str | None = None
    since: datetime | None = None


def beside(file: File) -> Iterable[Remark]:
    """Say what lies beside the file."""
    if file.has_hot_journal:
        words = (
            "A journal of an unfinished write lies beside it: the copy was taken in "
            "its middle and may be torn. Copy both again while the app is closed."
        )
        yield Remark(Verdict.UNKNOWN, words)
    if file.has_wal:
        words = "A write-ahead log lies beside it: newer changes are not counted here."
        yield Remark(Verdict.UNKNOWN, words)


def of_rows(survey: Survey, asked: Question) -> Iterable[Remark]:
    """Say what the rows tell, but for their count."""
    if not survey.rows:
        words = (
            "It holds no row: the app's boot database, which is no room, or a room's "
            "that was just made anew."
        )
        yield Remark(Verdict.UNKNOWN, words)
        return
    if asked.room and survey.is_of(asked.room) is False:
        yield Remark(
            Verdict.UNKNOWN, "Its rows are of another room than was asked for."
        )
    yield from _of_birth(survey, asked)
    yield from _of_clocks(survey)
    yield from _of_rights(survey)


def _of_birth(survey: Survey, asked: Question) -> Iterable[Remark]:
    if survey.is_born_after(asked.since):
        words = (
            "The file was made after the incident began: what the one before it held "
            "is here only as far as peers sent it again."
        )
        yield Remark(Verdict.BAD, words)
    elif survey.is_fresh():
        words = (
            "Its node id is new: the database was made anew, or the person has just "
            "joined or writes nothing."
        )
        yield Remark(Verdict.UNKNOWN, words)


def _of_clocks(survey: Survey) -> Iterable[Remark]:
    times = survey.times
    if times.future:
        words = (
            f"{times.future} rows are dated more than 60 s ahead: a peer refuses every "
            "chunk that holds one until its clock has caught up."
        )
        yield Remark(Verdict.BAD, words)
    if times.unreadable:
        words = f"{times.unreadable} rows have a clock that the app cannot read."
        yield Remark(Verdict.BAD, f"{words} Peers refuse every chunk that holds one.")


def _of_rights(survey: Survey) -> Iterable[Remark]:
    audit = survey.audit()
    if audit.suspects:
        words = (
            f"{audit.suspects} rows of roles, members or groups were last written by "
            "somebody without the right; the app accepts them from anybody."
        )
        yield Remark(Verdict.BAD, words)
    if audit.self_granted:
        words = (
            f"{audit.self_granted} such rows rest on rights that their writer wrote "
            "down: ask whether that was meant."
        )
        yield Remark(Verdict.UNKNOWN, words)


def of_schema(schema: Schema | None) -> Iterable[Remark]:
    """Say what the tables tell of the build."""
    if schema is Schema.OLDER:
        words = "It lacks tables of this build: an older app. Newer chunks fail there."
        yield Remark(Verdict.UNKNOWN, words)
    elif schema in {Schema.NEWER, Schema.MIXED}:
        words = "It has tables or columns that this build does not know."
        yield Remark(Verdict.UNKNOWN, words)
