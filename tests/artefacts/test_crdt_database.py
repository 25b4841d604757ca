import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.artefacts.readers import READERS, crdt_database, headerless
from bot.artefacts.shape import HEAD, Asked
from bot.cohrtz.databases.sqlite_file import CANNOT_TELL
from bot.core.artefact import Kind
from bot.core.evidence import Verdict
from rehearsal.artefacts import damage, databases
from rehearsal.artefacts.rows import START, hlc, row, tombstone
from tests.fakes.databases import (
    GUEST,
    LATER,
    OTHER_ROOM,
    OWNER,
    ROOM,
    room_database,
    rows,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "whatever.bin"


def reader_of(path):
    head = path.read_bytes()[:HEAD]
    return next((one for one in READERS if one.recognises(head, path)), None)


def finding(path, asked=None):
    reader = reader_of(path)
    assert reader.KIND is Kind.CRDT_DATABASE
    found = reader.read(path, asked or Asked(room=ROOM)).finding
    assert found.facts.keys() <= reader.FACTS.keys()
    return found


def test_a_sound_copy_is_ok_and_tells_what_its_client_would_count(path):
    made = rows()
    found = finding(room_database(path, made))
    counted = [one for one in made if one.table not in {"roles", "members"}]
    counted = [one for one in counted if one.table != "logical_groups"]
    assert found.verdict is Verdict.OK
    assert found.facts["database.count"] == len(counted)
    assert found.facts["database.rows"] == len(made)
    assert found.facts["database.integrity"] == "ok"
    assert found.facts["database.platform"] == "native"
    assert found.facts["database.schema"] == "current"
    assert found.facts["database.is_room"] is True
    assert found.facts["database.room_matches"] is True
    assert found.facts["database.fresh_node"] is False
    assert found.facts["database.vault_items"] == 1
    assert found.facts["database.treekem_leaves"] == 2
    assert found.facts["database.rbac_suspects"] == 0


def test_the_hash_of_a_real_file_is_the_known_vector(path):
    databases.crdt_database(
        path,
        [
            replace(
                row("tasks", "t1", {"a": 1}, START, "n1"),
                hlc="2026-02-27T10:00:00.000001Z-0000-n1",
            ),
            replace(
                row("notes", "doc:x", None, START, "n2"),
                hlc="2026-02-27T10:00:01.000Z-000A-n2",
            ),
        ],
    )
    vector = "f05464610fb2d380b36ad6e6bf3374a64084f69dec428e767615320aea551f3b"
    assert finding(path).facts["database.hash"] == vector


def test_tombstones_count_and_no_vault_item_is_counted_that_was_deleted(path):
    made = rows()
    gone = [tombstone(one, LATER) for one in made if one.table == "vault_items"]
    kept = [one for one in made if one.table != "vault_items"]
    before = finding(room_database(path, made)).facts
    path.unlink()
    after = finding(room_database(path, kept + gone)).facts
    assert after["database.count"] == before["database.count"]
    assert after["database.hash"] != before["database.hash"]
    assert after["database.vault_items"] == 0


def test_nothing_that_people_wrote_is_told(path):
    found = crdt_database.read(room_database(path), Asked())
    said = found.model_dump_json()
    canaries = ("Water the plants", "KITE-4821", "Wi-Fi", "Family", ROOM, "displayName")
    assert not [canary for canary in canaries if canary in said]


def test_a_file_without_bytes_is_a_silent_loss(path):
    found = finding(damage.emptied(room_database(path)))
    assert found.verdict is Verdict.BAD
    assert "silent loss" in found.headline
    assert found.facts == {
        "database.header": "empty",
        "database.integrity": "empty",
        "database.size": 0,
    }


@pytest.mark.parametrize("spoil", [damage.noise, damage.without_header])
def test_without_a_header_nobody_can_tell_and_it_is_said_in_those_words(path, spoil):
    found = finding(spoil(room_database(path)))
    assert found.verdict is Verdict.UNKNOWN
    assert CANNOT_TELL in found.headline
    assert "encrypted or corrupt cannot be told apart without the header" in CANNOT_TELL
    assert found.facts["database.header"] == "absent"
    assert found.facts["database.integrity"] == "not-a-database"


def test_damage_inside_is_malformed_and_bad(path):
    found = finding(damage.torn_inside(room_database(path)))
    assert found.verdict is Verdict.BAD
    assert found.facts["database.integrity"] == "malformed"
    assert "error 11" in found.headline
    assert "database.hash" not in found.facts


def test_a_header_with_nonsense_after_it_is_no_database(path):
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    found = finding(path)
    assert found.verdict is Verdict.BAD
    assert found.facts["database.header"] == "sqlite"
    assert found.facts["database.integrity"] == "not-a-database"


@pytest.mark.parametrize("size", [16, 100, 4096, 20_000, 70_000])
def test_a_copy_that_was_cut_off_is_never_ok(path, size):
    assert finding(damage.cut(room_database(path), size)).verdict is not Verdict.OK


def test_a_hot_journal_beside_the_copy_makes_it_unknown(path):
    found = finding(damage.with_hot_journal(room_database(path)))
    assert found.verdict is Verdict.UNKNOWN
    assert found.facts["database.hot_journal"] is True


def test_an_empty_journal_beside_the_copy_says_nothing(path):
    room_database(path)
    path.with_name(f"{path.name}-journal").write_bytes(b"")
    assert finding(path).verdict is Verdict.OK


def test_changes_in_a_write_ahead_log_are_told_to_be_missing(path):
    room_database(path)
    path.with_name(f"{path.name}-wal").write_bytes(b"\x37\x7f\x06\x82")
    found = finding(path)
    assert found.verdict is Verdict.UNKNOWN
    assert found.facts["database.wal"] is True


def test_reading_leaves_no_trace(path):
    before = room_database(path).read_bytes()
    finding(path)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_the_boot_database_is_no_room(path):
    found = finding(databases.crdt_database(path))
    assert found.verdict is Verdict.UNKNOWN
    assert found.facts["database.is_room"] is False
    assert found.facts["database.hash"] == "empty"


def test_a_copy_of_another_room_is_told_to_be_one(path):
    found = finding(room_database(path, rows(OTHER_ROOM)))
    assert found.verdict is Verdict.UNKNOWN
    assert found.facts["database.room_matches"] is False
    assert OTHER_ROOM not in found.headline


def test_a_database_made_after_the_incident_began_is_bad(path):
    node = "33333333-3333-4333-8333-333333333333"
    databases.crdt_database(path, [one.stored_at(LATER, node) for one in rows()])
    found = finding(path, Asked(room=ROOM, since=LATER - timedelta(hours=1)))
    assert found.verdict is Verdict.BAD
    assert found.facts["database.born_after_incident"] is True
    assert found.facts["database.fresh_node"] is True


def test_a_new_node_without_a_known_beginning_is_unknown(path):
    node = "33333333-3333-4333-8333-333333333333"
    databases.crdt_database(path, [one.stored_at(LATER, node) for one in rows()])
    found = finding(path)
    assert found.verdict is Verdict.UNKNOWN
    assert found.facts["database.fresh_node"] is True
    assert "database.born_after_incident" not in found.facts


def test_an_old_database_was_not_born_after_the_incident(path):
    found = finding(room_database(path), Asked(room=ROOM, since=LATER))
    assert found.verdict is Verdict.OK
    assert found.facts["database.born_after_incident"] is False


def test_rows_from_the_future_are_bad(path):
    ahead = datetime.now(UTC) + timedelta(hours=2)
    found = finding(
        room_database(path, [*rows(), row("tasks", "x", {}, ahead, GUEST.node)])
    )
    assert found.verdict is Verdict.BAD
    assert found.facts["database.future_rows"] == 1


def test_a_clock_that_nobody_can_read_is_bad(path):
    broken = replace(row("tasks", "x", {}, START, OWNER.node), hlc="soon")
    databases.crdt_database(path, [*rows(), broken])
    found = finding(path)
    assert found.verdict is Verdict.BAD
    assert found.facts["database.unreadable_clocks"] == 1


def test_a_forged_role_is_a_suspect(path):
    forged = row("roles", "role:boss", {"permissions": 1}, LATER, GUEST.node)
    found = finding(room_database(path, [*rows(), forged]))
    assert found.verdict is Verdict.BAD
    assert found.facts["database.rbac_suspects"] == 1


def test_an_older_build_shows_by_its_tables(path):
    held = [one for one in rows() if one.table not in databases.LATER_TABLES]
    found = finding(room_database(path, held, without=databases.LATER_TABLES))
    assert found.verdict is Verdict.UNKNOWN
    assert found.facts["database.schema"] == "older"


def test_a_newer_build_shows_by_a_table_or_a_column(path):
    with closing(sqlite3.connect(room_database(path))) as file:
        file.execute("ALTER TABLE tasks ADD COLUMN priority INTEGER")
    assert finding(path).facts["database.schema"] == "newer"


def test_a_type_that_the_app_never_writes_leaves_no_hash(path):
    with closing(sqlite3.connect(room_database(path))) as file:
        file.execute("UPDATE tasks SET value = x'00ff' WHERE rowid = 1")
        file.commit()
    found = finding(path)
    assert found.verdict is Verdict.UNKNOWN
    assert "database.hash" not in found.facts


def test_the_digest_has_rows_and_hash_of_each_table(path):
    digest = crdt_database.read(room_database(path), Asked(room=ROOM)).digest
    assert digest["rows"]["tasks"] == 12
    assert len(digest["hashes"]["tasks"]) == 64
    assert json.dumps(digest)


def test_another_applications_database_is_not_ours(path):
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE bookmarks (url TEXT)")
        file.commit()
    assert reader_of(path) is None


@pytest.mark.parametrize(
    "content",
    [
        b"2026-02-27T10:00:00 [CrdtService] Opened\n" * 9,
        "[Főnök] könnyű\n".encode("iso8859-2") * 9,
        "[Main] start\n".encode("utf-16") * 9,
        "[Main] start\n".encode("utf-16-le") * 9,
        b"\x89PNG\r\n\x1a\n" + bytes(900),
        b"PK\x03\x04" + bytes(900),
        bytes.fromhex("d9d505f920a163d7") + bytes(900),
        b"\x1b[31mred\x1b[0m\n",
    ],
)
def test_text_and_files_of_other_forms_are_no_candidates(path, content):
    path.write_bytes(content)
    assert not headerless.recognises(content[:HEAD], path)


def test_zeros_are_told_to_be_no_encryption_and_odd_sizes_no_pages(path):
    path.write_bytes(bytes(4096))
    assert "which no encryption gives" in finding(path).headline
    path.write_bytes(bytes(4097))
    assert "no whole number of pages" in finding(path).headline


def test_a_clock_is_made_as_the_app_makes_it():
    assert hlc(START, "n") == "2026-02-27T10:00:00.000Z-0000-n"


def test_a_copy_in_wal_mode_or_in_utf16_is_read_the_same(path, tmp_path):
    made = rows()
    wanted = finding(room_database(path, made)).facts
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    assert finding(path).facts["database.hash"] == wanted["database.hash"]
    wide = tmp_path / "wide"
    with closing(sqlite3.connect(path)) as file, closing(sqlite3.connect(wide)) as to:
        to.execute("PRAGMA encoding = 'UTF-16le'")
        to.executescript("\n".join(file.iterdump()))
    assert finding(wide).facts["database.hash"] == wanted["database.hash"]
