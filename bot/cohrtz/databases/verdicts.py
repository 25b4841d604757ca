"""What the copy of a CRDT database says: the sentences, the verdict and the facts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.cohrtz.databases.consistency import EMPTY, Platform
from bot.cohrtz.databases.schema import Schema
from bot.cohrtz.databases.sqlite_file import CANNOT_TELL, PAGE
from bot.cohrtz.databases.survey import Survey
from bot.core.evidence import Finding, Value, Verdict, worst

FACTS = {
    "database.header": "sqlite, absent or empty: how the file begins",
    "database.integrity": "ok, malformed, not-a-database, unreadable or empty",
    "database.size": "bytes of the file",
    "database.hot_journal": "whether a journal of an unfinished write lies beside it",
    "database.wal": "whether a write-ahead log with changes lies beside it",
    "database.rows": "rows of all synced tables, tombstones included",
    "database.count": "the count that its device would put into CONSISTENCY_CHECK",
    "database.hash": "the hash that its device would put into CONSISTENCY_CHECK",
    "database.platform": "native or web: whose way of counting that is",
    "database.schema": "current, older, newer or mixed: tables against this build's",
    "database.is_room": "whether it holds a room's rows; the boot database holds none",
    "database.room_matches": "whether its rows name the room that was asked for",
    "database.fresh_node": "whether its node wrote next to nothing: made anew, or new",
    "database.born_after_incident": "whether it was made after the incident began",
    "database.future_rows": "rows dated more than 60 s ahead: peers refuse them",
    "database.unreadable_clocks": "rows whose clock the app cannot read",
    "database.rbac_suspects": "roles, members, groups rows by people without the right",
    "database.rbac_expected": "such rows that joining, inviting or repairing explain",
    "database.rbac_self_granted": "such rows by people who gave themselves the right",
    "database.rbac_unattributed": "such rows by a node that no profile names",
    "database.vault_items": "vault items that are not deleted",
    "database.treekem_leaves": "leaves of the synced TreeKEM state",
}
SHORT = 12
"""Characters of a hash that a sentence can bear."""


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


DAMAGE = {
    Integrity.MALFORMED: (
        "It is malformed (SQLite error 11): damaged inside. The app does not repair "
        "this and keeps the file; some of what it asks of it fails."
    ),
    Integrity.NOT_A_DATABASE: (
        "It has the header and is not a database (SQLite error 26). The app deletes "
        "such a file when it opens it, and begins an empty one."
    ),
    Integrity.UNREADABLE: (
        "It could not be read to its end: too large, or with parts that the app never "
        "makes. It is not known whether it is sound."
    ),
}
_UNSURE = frozenset({Integrity.UNREADABLE})


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


@dataclass
class _Statement:
    remarks: list[Remark] = field(default_factory=list)
    facts: dict[str, Value] = field(default_factory=dict)

    def finding(self, ending: str = "") -> Finding:
        ranked = sorted(self.remarks, key=lambda one: _ORDER.index(one.verdict))
        headline = " ".join([*(one.words for one in ranked), ending]).strip()
        verdict = worst(one.verdict for one in self.remarks)
        return Finding(verdict=verdict, headline=headline, facts=self.facts)


_ORDER = (Verdict.BAD, Verdict.UNKNOWN, Verdict.OK)


def empty_file() -> Finding:
    """Say what a file of zero bytes means."""
    facts: dict[str, Value] = {
        "database.header": Header.EMPTY.value,
        "database.integrity": Integrity.EMPTY.value,
        "database.size": 0,
    }
    words = (
        "The file has zero bytes. SQLite opens such a file as a valid, empty database: "
        "the app starts with nothing and logs nothing, a silent loss of data."
    )
    return Finding(verdict=Verdict.BAD, headline=words, facts=facts)


def headerless_file(size: int, *, starts_with_zeros: bool) -> Finding:
    """Say what a binary file without SQLite's header means."""
    said = [
        f"No SQLite header: {CANNOT_TELL}.",
        "This build of the app cannot open it (SQLite error 26), and would delete it.",
    ]
    if starts_with_zeros:
        said.append("It begins with zeros, which no encryption gives.")
    if size % PAGE:
        said.append("Its size is no whole number of pages: cut off, or no database.")
    facts: dict[str, Value] = {
        "database.header": Header.ABSENT.value,
        "database.integrity": Integrity.NOT_A_DATABASE.value,
        "database.size": size,
    }
    return Finding(verdict=Verdict.UNKNOWN, headline=" ".join(said), facts=facts)


def damaged_file(file: File) -> Finding:
    """Say what a file with the header means that is not sound."""
    unsure = file.integrity in _UNSURE
    statement = _Statement(facts=_file_facts(file))
    verdict = Verdict.UNKNOWN if unsure else Verdict.BAD
    statement.remarks.append(Remark(verdict, DAMAGE[file.integrity]))
    statement.remarks.extend(_beside(file))
    return statement.finding()


def sound_file(file: File, survey: Survey, asked: Question) -> Finding:
    """Say what a sound database holds."""
    statement = _Statement(facts=_file_facts(file) | facts_of(survey, asked))
    statement.facts["database.platform"] = Platform.NATIVE.value
    _count(statement, survey, Platform.NATIVE)
    statement.remarks.extend([*_beside(file), *_remarks(survey, asked)])
    statement.remarks.extend(_of_schema(file.schema))
    return statement.finding()


def web_dump(survey: Survey, asked: Question, platform: Platform) -> Finding:
    """Say what rows hold that were written out as JSON."""
    statement = _Statement(facts=facts_of(survey, asked))
    statement.facts["database.platform"] = platform.value
    _count(statement, survey, platform)
    statement.remarks.extend(_remarks(survey, asked))
    return statement.finding()


def _count(statement: _Statement, survey: Survey, platform: Platform) -> None:
    if survey.odd:
        words = f"{survey.odd} rows hold types that the app never writes: no hash."
        statement.remarks.append(Remark(Verdict.UNKNOWN, words))
        return
    told = survey.consistency(platform)
    statement.facts |= {"database.count": told.count, "database.hash": told.hash}
    shown = told.hash if told.hash == EMPTY else f"{told.hash[:SHORT]}…"
    words = f"{survey.rows} rows; consistency count {told.count}, hash {shown}"
    statement.remarks.append(
        Remark(Verdict.OK, f"{words} as {platform} clients count.")
    )


def _file_facts(file: File) -> dict[str, Value]:
    facts: dict[str, Value] = {
        "database.header": Header.SQLITE.value,
        "database.integrity": file.integrity.value,
        "database.size": file.size,
        "database.hot_journal": file.has_hot_journal,
        "database.wal": file.has_wal,
    }
    if file.schema is not None:
        facts["database.schema"] = file.schema.value
    return facts


def facts_of(survey: Survey, asked: Question) -> dict[str, Value]:
    """Return the facts of the rows; one that cannot be known is left out."""
    audit = survey.audit()
    perhaps: dict[str, Value | None] = {
        "database.rows": survey.rows,
        "database.is_room": survey.rows > 0,
        "database.room_matches": survey.is_of(asked.room) if asked.room else None,
        "database.fresh_node": survey.is_fresh(),
        "database.born_after_incident": survey.is_born_after(asked.since),
        "database.future_rows": survey.times.future,
        "database.unreadable_clocks": survey.times.unreadable,
        "database.rbac_suspects": audit.suspects,
        "database.rbac_expected": audit.expected,
        "database.rbac_self_granted": audit.self_granted,
        "database.rbac_unattributed": audit.unattributed,
        "database.vault_items": survey.vault_items,
        "database.treekem_leaves": survey.tree_leaves,
    }
    return {name: value for name, value in perhaps.items() if value is not None}


def _beside(file: File) -> Iterable[Remark]:
    if file.has_hot_journal:
        words = (
            "A journal of an unfinished write lies beside it: the copy was taken in "
            "its middle and may be torn. Copy both again while the app is closed."
        )
        yield Remark(Verdict.UNKNOWN, words)
    if file.has_wal:
        words = "A write-ahead log lies beside it: newer changes are not counted here."
        yield Remark(Verdict.UNKNOWN, words)


def _remarks(survey: Survey, asked: Question) -> Iterable[Remark]:
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


def _of_schema(schema: Schema | None) -> Iterable[Remark]:
    if schema is Schema.OLDER:
        words = "It lacks tables of this build: an older app. Newer chunks fail there."
        yield Remark(Verdict.UNKNOWN, words)
    elif schema in {Schema.NEWER, Schema.MIXED}:
        words = "It has tables or columns that this build does not know."
        yield Remark(Verdict.UNKNOWN, words)
