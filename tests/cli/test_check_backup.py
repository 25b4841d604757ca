import io
import json
import os
import sys

import pytest

from bot.__main__ import main
from rehearsal.artefacts.databases import room_secrets, secure_store
from rehearsal.artefacts.rows import START
from tests.fakes.databases import ROOM, room_database

DB = "cohrtz_0195b2f0_0000_7000_8000_000000000000.db"
WHOLE = f"""total 3
-rw-r--r-- 1 a b 49152 2026-02-27 10:00 {DB}
-rw-r--r-- 1 a b 9000 2026-02-27 10:00 cohrtz_secure.db
-rw-r--r-- 1 a b 900 2026-02-27 10:01 FlutterSharedPreferences.xml
"""


@pytest.fixture
def listing(tmp_path):
    path = tmp_path / "files.txt"
    path.write_text(WHOLE)
    return path


def test_a_complete_listing_ends_with_zero_and_the_warning(listing, capsys):
    assert main(["check", "backup", str(listing)]) == 0
    printed = capsys.readouterr().out
    assert "Verdict: complete" in printed
    assert "every key of every room" in printed
    assert "60 minutes" in printed
    assert "49,152 bytes, 2026-02-27 10:00" in printed


def test_a_room_is_not_named(listing, capsys):
    main(["check", "backup", str(listing), "--json"])
    main(["check", "backup", str(listing)])
    assert "7000_8000" not in capsys.readouterr().out


def test_json_is_one_document(listing, capsys):
    assert main(["check", "backup", str(listing), "--json", "--room", ROOM]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "complete"
    assert told["form"] == "native"
    assert told["system"] == "Android"
    assert [one["part"] for one in told["parts"]] == [
        "crdt-database",
        "secure-store",
        "preferences",
    ]
    assert all(one["found"] for one in told["parts"])


def test_a_folder_without_preferences_ends_with_one(tmp_path, capsys):
    room_database(tmp_path / DB)
    secure_store(tmp_path / "cohrtz_secure.db", room_secrets(ROOM, START))
    assert main(["check", "backup", str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "MISSING preferences" in printed
    assert "Verdict: incomplete" in printed


def test_a_listing_can_be_piped(monkeypatch, capsys):
    class Piped:
        buffer = io.BytesIO(WHOLE.encode("utf-16"))

    monkeypatch.setattr(sys, "stdin", Piped)
    assert main(["check", "backup", "-"]) == 0


def test_what_is_not_there_or_no_text_is_bad_usage(tmp_path, capsys):
    (tmp_path / "x").write_bytes(bytes(100))
    (tmp_path / "y").write_bytes(b"PK\x03\x04")
    for path in ("gone", "x", "y"):
        assert main(["check", "backup", str(tmp_path / path)]) == 2
    os.mkfifo(tmp_path / "pipe")
    assert main(["check", "backup", str(tmp_path / "pipe")]) == 2
    assert capsys.readouterr().out == ""


def test_a_listing_without_end_is_refused(tmp_path):
    path = tmp_path / "files.txt"
    with path.open("wb") as file:
        file.truncate(6_000_000)
    assert main(["check", "backup", str(path)]) == 2
