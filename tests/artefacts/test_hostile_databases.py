"""Databases made to harm: each ends in a finding, and never in an error."""

import sqlite3
from contextlib import closing
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.artefacts.readers import READERS, crdt_database, packet_store, secure_store
from bot.artefacts.shape import HEAD, Asked
from bot.artefacts.sqlite import Damaged, opened
from bot.core.evidence import Verdict
from rehearsal.artefacts.damage import flipped
from rehearsal.artefacts.databases import (
    Heard,
    room_secrets,
)
from rehearsal.artefacts.databases import (
    crdt_database as made_database,
)
from rehearsal.artefacts.databases import (
    packet_store as made_packets,
)
from rehearsal.artefacts.databases import (
    secure_store as made_secrets,
)
from rehearsal.artefacts.rows import START
from tests.fakes.databases import OWNER, ROOM, room_database

ASKED = Asked(room=ROOM, participant=OWNER.identity, since=START)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "copy"


def changed(path, *statements):
    with closing(sqlite3.connect(path)) as file:
        for statement in statements:
            file.execute(statement)
        file.commit()
    return path


def is_sound(path):
    """Say what plain sqlite3 thinks of it."""
    try:
        with closing(
            sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        ) as it:
            it.text_factory = bytes
            return it.execute("PRAGMA integrity_check").fetchall() == [(b"ok",)]
    except (sqlite3.Error, UnicodeDecodeError):
        return False


def read_by_whoever_knows_it(path):
    head = path.read_bytes()[:HEAD]
    reader = next((one for one in READERS if one.recognises(head, path)), None)
    return None if reader is None else reader.read(path, ASKED).finding


KINDS = {
    "crdt": room_database,
    "packets": lambda path: made_packets(
        path, [Heard(OWNER.identity, START, f"r{number}") for number in range(90)]
    ),
    "secrets": lambda path: made_secrets(path, room_secrets(ROOM, START)),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(8))
def test_flipped_bytes_anywhere_end_in_a_finding_that_is_not_ok_when_damaged(
    tmp_path, kind, seed
):
    chance = Random(f"{kind}{seed}")  # noqa: S311  repeatable offsets
    whole = KINDS[kind](tmp_path / "whole").read_bytes()
    for number in range(6):
        path = tmp_path / f"flipped-{number}"
        path.write_bytes(whole)
        most = len(whole) if number % 2 else 4096
        flipped(path, [chance.randrange(most) for _ in range(1 + number % 3)])
        found = read_by_whoever_knows_it(path)
        assert found is None or found.verdict is not Verdict.OK or is_sound(path)


def test_a_flip_all_over_the_file_header_is_survived(tmp_path):
    whole = room_database(tmp_path / "whole").read_bytes()
    path = tmp_path / "flipped"
    for offset in range(0, 112, 3):
        path.write_bytes(whole)
        found = read_by_whoever_knows_it(flipped(path, [offset]))
        assert found is None or found.verdict is not Verdict.OK or is_sound(path)


@given(st.binary(max_size=300))
def test_no_bytes_after_the_header_stop_a_reader(tmp_path_factory, junk):
    path = tmp_path_factory.mktemp("junk") / "copy"
    path.write_bytes(b"SQLite format 3\0" + junk)
    for reader in (crdt_database, packet_store, secure_store):
        reader.recognises(path.read_bytes(), path)
        assert reader.read(path, ASKED).finding.verdict is not Verdict.OK


def test_a_view_that_has_a_tables_name_is_not_read(path):
    changed(
        room_database(path),
        "DROP TABLE tasks",
        "CREATE VIEW tasks AS WITH RECURSIVE n(x) AS "
        "(SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id, x AS value, "
        "0 AS is_deleted, x AS hlc, x AS node_id, x AS modified FROM n",
    )
    found = crdt_database.read(path, ASKED)
    assert "tasks" not in found.digest["rows"]
    assert found.finding.verdict is not Verdict.OK


def test_a_computed_column_is_not_read(path):
    changed(
        made_database(path),
        "DROP TABLE tasks",
        "CREATE TABLE tasks (id TEXT NOT NULL PRIMARY KEY, "
        "value TEXT AS (hex(zeroblob(1000000))), is_deleted INTEGER, hlc TEXT, "
        "node_id TEXT, modified TEXT)",
        "INSERT INTO tasks (id, hlc, node_id, modified) VALUES ('a', 'b', 'c', 'd')",
    )
    found = crdt_database.read(path, ASKED)
    assert "tasks" not in found.digest.get("rows", {})
    assert found.finding.verdict is not Verdict.OK


def test_a_trigger_does_nothing(path):
    changed(
        room_database(path),
        "CREATE TRIGGER t AFTER INSERT ON tasks BEGIN DELETE FROM tasks; END",
    )
    assert crdt_database.read(path, ASKED).digest["rows"]["tasks"] == 12


def test_a_virtual_table_is_not_opened(path):
    changed(room_database(path), "CREATE VIRTUAL TABLE words USING fts5(word)")
    found = crdt_database.read(path, ASKED).finding
    assert found.verdict is Verdict.UNKNOWN
    assert found.facts["database.integrity"] == "unreadable"


def test_a_check_that_calls_functions_is_refused(path):
    changed(
        made_database(path),
        "DROP TABLE tasks",
        "CREATE TABLE tasks (id TEXT CHECK (length(printf('%.*c', 9999999, 'x')) > 0))",
        "INSERT INTO tasks VALUES ('a')",
    )
    assert crdt_database.read(path, ASKED).finding.verdict is not Verdict.OK


def test_a_value_of_many_megabytes_is_not_loaded(path):
    changed(
        room_database(path),
        "UPDATE tasks SET value = CAST(zeroblob(70000000) AS TEXT) WHERE rowid = 1",
    )
    found = crdt_database.read(path, ASKED).finding
    assert found.verdict is Verdict.UNKNOWN
    assert found.facts["database.integrity"] == "unreadable"


def test_strange_types_and_texts_are_survived(path):
    odd = "x'ff7f', 1.5, 'yes', x'00', 3, NULL"
    changed(
        made_database(path),
        "DROP TABLE members",
        "CREATE TABLE members (id, value, is_deleted, hlc, node_id, modified)",
        f"INSERT INTO members VALUES ({odd})",  # noqa: S608  a test
        "INSERT INTO members VALUES ('a', '[[', 0, 'b', 'c', 'd')",
        "INSERT INTO members VALUES ('b', '{\"roleIds\": 7}', 0, 'b', 'c', 'd')",
    )
    found = crdt_database.read(path, ASKED).finding
    assert found.verdict is Verdict.BAD
    assert found.facts["database.rows"] == 3


def test_names_in_the_schema_that_are_no_text_are_survived(path):
    path = room_database(path)
    content = path.read_bytes().replace(b"TABLE notes", b"TABLE n\xff\xfees")
    path.write_bytes(content)
    assert read_by_whoever_knows_it(path).verdict is not Verdict.OK


def test_deeply_nested_json_in_a_value_is_survived(path):
    deep = "[" * 100_000
    changed(
        room_database(path),
        f"UPDATE group_settings SET value = '{deep}'",  # noqa: S608  a test
    )
    assert crdt_database.read(path, ASKED).finding.facts["database.is_room"] is True


@pytest.mark.parametrize("start", [b"", b"SQLite format 3\0"])
def test_a_gigabyte_of_nothing_is_soon_told(path, start):
    with path.open("wb") as file:
        file.write(start)
        file.truncate(1 << 30)
    with path.open("rb") as file:
        head = file.read(HEAD)
    reader = next(one for one in READERS if one.recognises(head, path))
    assert reader.read(path, ASKED).finding.verdict is not Verdict.OK


def test_a_sound_database_in_a_gigabyte_is_soon_told(path):
    room_database(path)
    with path.open("r+b") as file:
        file.truncate(1 << 30)
    assert crdt_database.read(path, ASKED).finding is not None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM tasks",
        "ATTACH DATABASE ':memory:' AS other",
        "PRAGMA writable_schema = ON",
        "PRAGMA trusted_schema = ON",
        "CREATE TEMP TABLE x (y)",
        "SELECT load_extension('x')",
        "SELECT hex(randomblob(10))",
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x FROM n",
    ],
)
def test_the_authoriser_lets_nothing_through_but_reading(path, statement):
    with opened(room_database(path)) as copy, pytest.raises(Damaged):
        copy.query(statement)


def test_work_is_bounded(path, monkeypatch):
    monkeypatch.setattr("bot.artefacts.sqlite.WORK", 1)
    monkeypatch.setattr("bot.artefacts.sqlite.STEPS", 10)
    assert (
        crdt_database.read(room_database(path), ASKED).finding.facts[
            "database.integrity"
        ]
        == "unreadable"
    )


def test_rows_are_bounded(path, monkeypatch):
    monkeypatch.setattr("bot.artefacts.room_database.MAX_ROWS", 5)
    found = crdt_database.read(room_database(path), ASKED).finding
    assert found.verdict is Verdict.UNKNOWN
    assert "database.count" not in found.facts
