"""The files that scenarios leave: real ones, which differ as declared and no more."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from bot.artefacts.comparing_databases import compare
from bot.artefacts.readers import (
    crdt_database,
    diagnostics,
    headerless,
    log,
    packet_store,
    secure_store,
)
from bot.artefacts.shape import Asked
from bot.core.evidence import Verdict
from rehearsal.artefacts.kinds import (
    Befell,
    DatabaseFile,
    DiagnosticsFile,
    LogFile,
    PacketStoreFile,
    SecureStoreFile,
    Tasks,
)
from rehearsal.artefacts.leaving import CHUNKS, Room, leave
from rehearsal.cohrtz.reporting import Reported

NOW = datetime.now(UTC)
ROOM = Room(
    "0199f4c3-5a27-7d19-8e40-93b7d1c06ae1",
    {
        "omar": "user:0198e4b2-71f6-7c08-b5a3-0d92e8f4c309",
        "nora": "user:0198e4b8-2d05-7a61-9f1c-64c7b0a85e10",
    },
)
ASKED = Asked(room=ROOM.name, since=NOW - timedelta(hours=1))
OMAR = DatabaseFile(kind="database", of="omar")


@pytest.fixture
def left(tmp_path):
    def make(**files):
        leave(tmp_path, files, ROOM, NOW)
        return [tmp_path / name for name in files]

    return make


def facts(reader, path):
    return reader.read(path, ASKED).finding.facts


def test_copies_of_two_devices_agree(left):
    nora = DatabaseFile(kind="database", of="nora")
    found = compare(left(omar=OMAR, nora=nora), ASKED)
    assert found.verdict is Verdict.OK
    assert found.facts["copies.compared"] == 2


def test_what_never_arrived_cannot_arrive_until_it_is_saved_again(left):
    tasks = (Tasks(by="omar", numbers=(1, 2)),)
    lacking = DatabaseFile(kind="database", of="nora", lacks=tasks)
    found = compare(left(omar=OMAR, nora=lacking), ASKED)
    assert found.facts["copies.never_arriving"] == len(tasks[0].numbers)
    later = DatabaseFile(kind="database", of="nora", saved_again=tasks)
    again = DatabaseFile(kind="database", of="omar", saved_again=tasks)
    assert compare(left(omar=again, nora=later), ASKED).verdict is Verdict.OK


def test_a_database_that_was_made_anew_has_a_node_of_its_own(left):
    (path,) = left(nora=DatabaseFile(kind="database", of="nora", anew=True))
    told = facts(crdt_database, path)
    assert told["database.fresh_node"]
    assert told["database.born_after_incident"]
    assert told["database.room_matches"]


@pytest.mark.parametrize("befell", Befell)
def test_a_damaged_file_is_one_for_sqlite_too(left, befell):
    (path,) = left(nora=DatabaseFile(kind="database", of="nora", befell=befell))
    is_database = befell is Befell.TORN
    reader = crdt_database if is_database else headerless
    assert facts(reader, path)["database.integrity"] != "ok"
    if befell is not Befell.EMPTIED:
        with (
            closing(sqlite3.connect(path)) as file,
            pytest.raises(sqlite3.DatabaseError),
        ):
            file.execute("SELECT * FROM tasks").fetchall()


def test_a_log_speaks_of_the_room_and_the_people_of_the_scenario(left):
    said = ({"line": "recreated"}, {"line": "unknown-sender", "times": 4})
    (path,) = left(log=LogFile(kind="log", about="omar", said=said))
    text = path.read_text()
    assert ROOM.name.replace("-", "_") in text
    assert text.count(ROOM.people["omar"]) == 4
    assert facts(log, path)["log.unknown_sender"] == 4


def test_a_secure_store_lacks_what_is_said(left):
    lost = SecureStoreFile(
        kind="secure-store", of="nora", vault_key=False, lacks=("gsk",)
    )
    (path,) = left(store=lost)
    told = facts(secure_store, path)
    assert told["keys.vault"] == "missing-after-initialised"
    assert told["keys.gsk"] is False


def test_no_files_leave_no_folder(tmp_path):
    leave(tmp_path / "files", {}, ROOM, NOW)
    assert not (tmp_path / "files").exists()


def test_rows_that_were_saved_by_a_fast_clock_are_dated_ahead(left):
    ahead = (Tasks(by="omar", numbers=(0, 3)),)
    (path,) = left(omar=DatabaseFile(kind="database", of="omar", saved_ahead=ahead))
    assert facts(crdt_database, path)["database.future_rows"] == 2


def test_a_packet_store_holds_chunks_of_whoever_was_understood(left):
    (path,) = left(
        store=PacketStoreFile(kind="packet-store", of="omar", heard=["nora"])
    )
    told = facts(packet_store, path)
    assert told["store.sender_ids"] == ROOM.people["nora"]
    assert told["store.packets"] == CHUNKS


def test_a_broken_packet_store_cannot_be_read(left):
    torn = PacketStoreFile(
        kind="packet-store", of="omar", heard=["nora"], befell=Befell.TORN
    )
    (path,) = left(store=torn)
    assert facts(packet_store, path) == {"store.readable": False}


def test_diagnostics_tell_what_was_asked_in_vain(left):
    asked = [
        Reported(by="omar", ago=ago, way="outbound", packet="SYNC_REQ")
        for ago in (900, 600, 300)
    ]
    (path,) = left(sync=DiagnosticsFile(kind="diagnostics", events=asked))
    assert facts(diagnostics, path)["diagnostics.unanswered_sync"] is True


def test_two_logs_may_count_rows_differently(left):
    said = ({"line": "diag"},)
    files = {
        f"{rows}.log": LogFile(kind="log", about="nora", said=said, rows=rows)
        for rows in (3, 8)
    }
    digests = [log.read(path, ASKED).digest for path in left(**files)]
    assert [one["rows"] for one in digests] == [{"tasks": 3}, {"tasks": 8}]
