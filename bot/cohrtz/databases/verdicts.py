"""What the copy of a CRDT database says: the sentences, the verdict and the facts."""

import hashlib
from dataclasses import dataclass, field

from bot.cohrtz.databases import remarks
from bot.cohrtz.databases.consistency import EMPTY, Platform
from bot.cohrtz.databases.remarks import File, Header, Integrity, Question, Remark
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
    "database.device_hash": "tells copies of one device by their node id, hashed",
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
DEVICE = 16
"""Digits of the hash that tells devices apart."""
SHORT = 12
"""Characters of a hash that a sentence can bear."""

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


@dataclass
class _Statement:
    remarks: list[Remark] = field(default_factory=list)
    facts: dict[str, Value] = field(default_factory=dict)

    def finding(self) -> Finding:
        ranked = sorted(self.remarks, key=lambda one: _ORDER.index(one.verdict))
        headline = " ".join(one.words for one in ranked)
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
    statement.remarks.extend(remarks.beside(file))
    return statement.finding()


def sound_file(file: File, survey: Survey, asked: Question) -> Finding:
    """Say what a sound database holds."""
    statement = _Statement(facts=_file_facts(file) | facts_of(survey, asked))
    statement.facts["database.platform"] = Platform.NATIVE.value
    _count(statement, survey, Platform.NATIVE)
    statement.remarks.extend([*remarks.beside(file), *remarks.of_rows(survey, asked)])
    statement.remarks.extend(remarks.of_schema(file.schema))
    return statement.finding()


def web_dump(survey: Survey, asked: Question, platform: Platform) -> Finding:
    """Say what rows hold that were written out as JSON."""
    statement = _Statement(facts=facts_of(survey, asked))
    statement.facts["database.platform"] = platform.value
    _count(statement, survey, platform)
    statement.remarks.extend(remarks.of_rows(survey, asked))
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


def _device(survey: Survey) -> str | None:
    """Return a short hash of the file's own node id; None if no row tells it."""
    node = survey.times.node
    if not node:
        return None
    # A damaged row may hold half a character, which is hashed as it stands.
    return hashlib.sha256(node.encode("utf-8", "surrogatepass")).hexdigest()[:DEVICE]


def facts_of(survey: Survey, asked: Question) -> dict[str, Value]:
    """Return the facts of the rows; one that cannot be known is left out."""
    audit = survey.audit()
    perhaps: dict[str, Value | None] = {
        "database.rows": survey.rows,
        "database.is_room": survey.rows > 0,
        "database.room_matches": survey.is_of(asked.room) if asked.room else None,
        "database.device_hash": _device(survey),
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
