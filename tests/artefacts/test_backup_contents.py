import os
import struct
import zipfile
from datetime import timedelta

import pytest

from bot.artefacts import backup_contents
from bot.artefacts.backup_contents import in_folder, in_zip, is_zip
from bot.cohrtz.backup import Completeness, judge
from bot.errors import UsageError
from rehearsal.artefacts import damage
from rehearsal.artefacts.databases import room_secrets, secure_store
from rehearsal.artefacts.rows import START
from tests.fakes.databases import ROOM, room_database

DB = "cohrtz_0195b2f0_0000_7000_8000_000000000000.db"
PREFERENCES = (
    '<map><string name="flutter.cohrtz_secure_install_id">a</string>'
    '<string name="flutter.cohrtz_secure_kdf_salt">b</string></map>'
)


@pytest.fixture
def folder(tmp_path):
    """Write a whole backup."""
    place = tmp_path / "backup"
    place.mkdir()
    room_database(place / DB)
    secure_store(place / "cohrtz_secure.db", room_secrets(ROOM, START))
    (place / "FlutterSharedPreferences.xml").write_text(PREFERENCES)
    (place / "holiday.jpg").write_bytes(b"\xff\xd8\xff")
    return place


def zipped(folder, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in folder.rglob("*"):
            archive.write(one, one.relative_to(folder))
    return path


def test_a_whole_backup_is_complete_as_folder_and_as_zip(folder, tmp_path):
    assert judge(in_folder(folder), ROOM).verdict is Completeness.COMPLETE
    path = zipped(folder, tmp_path / "b.zip")
    assert is_zip(path)
    assert judge(in_zip(path), ROOM).verdict is Completeness.COMPLETE


def test_files_are_known_by_content_under_any_name(folder):
    (folder / DB).rename(folder / "one.bin")
    (folder / "cohrtz_secure.db").rename(folder / "two.bin")
    (folder / "FlutterSharedPreferences.xml").rename(folder / "three")
    assert judge(in_folder(folder)).verdict is Completeness.COMPLETE


@pytest.mark.parametrize("spoil", [damage.emptied, damage.noise])
def test_a_spoilt_part_makes_it_incomplete(folder, tmp_path, spoil):
    spoil(folder / "cohrtz_secure.db")
    assert judge(in_folder(folder)).verdict is Completeness.INCOMPLETE
    packed = in_zip(zipped(folder, tmp_path / "b.zip"))
    assert judge(packed).verdict is Completeness.INCOMPLETE


def test_preferences_without_the_salt_are_not_enough(folder):
    place = folder / "FlutterSharedPreferences.xml"
    place.write_text(PREFERENCES.replace("kdf_salt", "other"))
    found = judge(in_folder(folder))
    assert found.verdict is Completeness.INCOMPLETE
    assert "lacks the salt" in found.because[0]


def test_times_are_read_from_the_files(folder):
    old = (START - timedelta(days=9)).timestamp()
    os.utime(folder / "cohrtz_secure.db", (old, old))
    assert judge(in_folder(folder)).verdict is Completeness.CANNOT_TELL


def test_a_whole_browsers_storage_is_complete_in_its_way(tmp_path):
    (tmp_path / "dump").write_text(
        '{"flutter.secure_blob_gsk_x": "a", "flutter.cohrtz_secure_install_id": "b",'
        ' "flutter.cohrtz_secure_kdf_salt": "c"}'
    )
    found = judge(in_folder(tmp_path))
    assert found.is_web
    assert found.verdict is Completeness.COMPLETE
    assert "peers only" in found.because[-1]


def test_links_and_pipes_are_not_followed(folder, tmp_path):
    secret = tmp_path / "cohrtz_secure.db"
    (folder / "cohrtz_secure.db").rename(secret)
    (folder / "cohrtz_secure.db").symlink_to(secret)
    os.mkfifo(folder / "cohrtz_x.db")
    (folder / "loop").symlink_to(folder)
    assert judge(in_folder(folder)).verdict is Completeness.INCOMPLETE


def test_names_that_climb_out_of_a_zip_write_nothing(folder, tmp_path):
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../cohrtz_secure.db", b"x")
    before = sorted(tmp_path.rglob("*"))
    in_zip(path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_bomb_is_read_to_a_bound_only(tmp_path, monkeypatch):
    monkeypatch.setattr(backup_contents, "WHOLE", 5_000)
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("localStorage.json", b"{" + bytes(50_000_000))
    assert judge(in_zip(path)).verdict is Completeness.INCOMPLETE


def test_too_many_parts_are_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(backup_contents, "MAX_PARTS", 3)
    for number in range(5):
        (tmp_path / f"cohrtz_{number}.db").write_bytes(b"x")
    assert in_folder(tmp_path).cut_off


def test_an_encrypted_member_is_told_to_be_one(folder, tmp_path):
    path = zipped(folder, tmp_path / "b.zip")
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    path.write_bytes(content)
    found = judge(in_zip(path))
    assert found.verdict is Completeness.INCOMPLETE
    assert "encrypted in the zip" in found.because[0]


@pytest.mark.parametrize("flip", range(0, 400, 23))
def test_a_damaged_zip_is_never_complete_by_mistake_and_never_an_error(
    folder, tmp_path, flip
):
    path = zipped(folder, tmp_path / "b.zip")
    size = path.stat().st_size
    damage.flipped(path, [size - 1 - flip])
    try:
        found = judge(in_zip(path))
    except UsageError:
        return
    assert found.verdict in set(Completeness)


def test_a_zip_with_a_giant_directory_is_refused(tmp_path):
    path = tmp_path / "b.zip"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, 1 << 30, 0, 0)
    path.write_bytes(b"PK\x03\x04" + end)
    with pytest.raises(UsageError):
        in_zip(path)


def test_a_wide_zips_directory_is_bounded_too(tmp_path):
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 9, 9, 1 << 40, 0)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, (1 << 32) - 1, 0, 0)
    path = tmp_path / "b.zip"
    path.write_bytes(b"PK\x03\x04" + wide + end)
    with pytest.raises(UsageError):
        in_zip(path)


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x05\x06", b"PK\x03\x04" * 99])
def test_what_only_begins_as_a_zip_is_refused(tmp_path, content):
    path = tmp_path / "b.zip"
    path.write_bytes(content)
    with pytest.raises(UsageError):
        in_zip(path)
