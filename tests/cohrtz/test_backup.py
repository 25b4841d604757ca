from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.backup import WARNING, Completeness, judge
from bot.cohrtz.backup_parts import Family, Part, family_of, look, part_of_name
from bot.cohrtz.listing import DAY, MAX_LINES, MINUTE, SECOND, read_listing

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROOM = "0195b2f0-0000-7000-8000-000000000000"
DB = "cohrtz_0195b2f0_0000_7000_8000_000000000000.db"
TEN = datetime(2026, 2, 27, 10, 0, tzinfo=UTC)


def entry(line, now=NOW):
    (found,) = read_listing(line, now).entries
    return found


@pytest.mark.parametrize(
    ("line", "size", "at", "exact_to"),
    [
        (f"-rw-r--r-- 1 ann users 49152 Feb 27 10:00 {DB}", 49152, TEN, MINUTE),
        (
            f"-rw-r--r--@ 1 1000 1000 49152 Feb 27  2026 {DB}",
            49152,
            TEN.replace(hour=0),
            DAY,
        ),
        (f"-rw-r--r-- 1 a b 48K Feb 27 10:00 ./x/{DB}", 49152, TEN, MINUTE),
        (f"-rw-r--r-- 1 a b 1.5M Feb 27 10:00 {DB}", 1572864, TEN, MINUTE),
        (f"-rw-r--r-- 1 a b 49152 2026-02-27 10:00 {DB}", 49152, TEN, MINUTE),
        (
            f"-rw-r--r-- 1 a b 49152 2026-02-27 12:00:00.123456789 +0200 {DB}",
            49152,
            TEN,
            SECOND,
        ),
        (f"27/02/2026  10:00            49,152 {DB}", 49152, TEN, MINUTE),
        (f"02/27/2026  10:00 AM         49,152 {DB}", 49152, TEN, MINUTE),
        (
            f"02/27/2026  12:00 AM         49,152 {DB}",
            49152,
            TEN.replace(hour=0),
            MINUTE,
        ),
        (f"27.02.2026  10:00            49.152 {DB}", 49152, TEN, MINUTE),
        (f"-a----        27/02/2026     10:00          49152 {DB}", 49152, TEN, MINUTE),
        (f"./a/{DB} 49152 2026-02-27+10:00:00.0000000000", 49152, TEN, SECOND),
        (f"2026-02-27+10:00:00.0000000000 49152 ./a/{DB}", 49152, TEN, SECOND),
        (f"./{DB} 49152 Fri Feb 27 10:00:00.0000000000 2026", 49152, TEN, SECOND),
        (f"1772186400.0000000000 49152 {DB}", 49152, TEN, SECOND),
        (f"    49152  2026-02-27 10:00   backup/{DB}", 49152, TEN, MINUTE),
        (f"    49152  02-27-2026 10:00   backup/{DB}", 49152, TEN, MINUTE),
        (
            f"-rw-r--r-- ann/users 49152 2026-02-27 10:00 backup/{DB}",
            49152,
            TEN,
            MINUTE,
        ),
        (f"49152 {DB}", 49152, None, SECOND),
        (DB, None, None, SECOND),
    ],
)
def test_every_usual_listing_gives_name_size_and_time(line, size, at, exact_to):
    found = entry(line)
    assert (found.name, found.part) == (DB, Part.CRDT)
    assert (found.size, found.written_at, found.exact_to) == (size, at, exact_to)


def test_ls_leaves_the_year_out_and_means_the_last_such_day():
    line = f"-rw-r--r-- 1 a b 1 Dec 30 10:00 {DB}"
    assert entry(line).written_at.year == 2025
    assert entry(line, None).written_at.year == 2000


@pytest.mark.parametrize("day", ["Feb 30 10:00", "2026-13-01 10:00", "Feb 27 99:99"])
def test_a_time_that_cannot_be_is_none(day):
    assert entry(f"-rw-r--r-- 1 a b 1 {day} {DB}").written_at is None


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("cohrtz_secure.db", Part.SECURE),
        ("cohrtz_default.db", Part.BOOT),
        (DB, Part.CRDT),
        ("packet_store_x.db", Part.PACKETS),
        (f"{DB}-journal", Part.JOURNAL),
        ("FlutterSharedPreferences.xml", Part.PREFERENCES),
        ("shared_preferences.json", Part.PREFERENCES),
        ("com.williamfinken.cohrtz.plist", Part.PREFERENCES),
        ("localStorage.json", Part.WEB),
        ("holiday.jpg", None),
    ],
)
def test_parts_are_told_by_their_names(name, part):
    assert part_of_name(name) is part


@pytest.mark.parametrize(
    "line",
    [
        "total 48",
        "drwxr-xr-x 2 a b 4096 Feb 27 .",
        "",
        "mycohrtz_secure.dbx",
        "<DIR> cohrtz",
    ],
)
def test_other_lines_are_passed_over(line):
    assert not read_listing(line).entries


@given(st.text())
def test_no_text_stops_the_listing(text):
    read_listing(text)
    for line in text.splitlines():
        read_listing(f"{line} {DB} {line}", NOW)


def test_a_listing_without_end_is_cut_off():
    found = read_listing("x\n" * (MAX_LINES + 1))
    assert found.cut_off
    assert judge(found).verdict is Completeness.INCOMPLETE


def listing(*lines, size=49152):
    made = [f"-rw-r--r-- 1 a b {size} 2026-02-27 {line}" for line in lines]
    return read_listing("\n".join(made), NOW)


WHOLE = (f"10:00 {DB}", "10:20 cohrtz_secure.db", "10:05 FlutterSharedPreferences.xml")


def test_three_files_of_one_hour_are_complete():
    found = judge(listing(*WHOLE))
    assert found.verdict is Completeness.COMPLETE
    assert found.family is Family.ANDROID
    assert any("not looked at" in sentence for sentence in found.because)
    assert "every key of every room" in WARNING


@pytest.mark.parametrize("gone", range(3))
def test_a_missing_part_makes_it_incomplete(gone):
    kept = [line for place, line in enumerate(WHOLE) if place != gone]
    found = judge(listing(*kept))
    assert found.verdict is Completeness.INCOMPLETE
    assert found.because[0].startswith("Missing: ")


def test_the_boot_database_is_no_rooms():
    found = judge(listing("10:00 cohrtz_default.db", *WHOLE[1:]))
    assert found.verdict is Completeness.INCOMPLETE


def test_parts_of_different_times_may_not_belong_together():
    found = judge(listing(WHOLE[0], "14:00 cohrtz_secure.db", WHOLE[2]))
    assert found.verdict is Completeness.CANNOT_TELL
    assert "4 h apart" in found.because[0]


def test_an_old_room_database_beside_a_newer_one_does_not_matter():
    found = judge(listing("02:00 cohrtz_old.db", *WHOLE))
    assert found.verdict is Completeness.COMPLETE


def test_without_times_or_sizes_it_cannot_be_told():
    names = read_listing("\n".join(line.split(" ", 1)[1] for line in WHOLE))
    found = judge(names)
    assert found.verdict is Completeness.CANNOT_TELL
    assert len(found.because) >= 2


def test_a_day_is_exact_enough_when_days_are_all_that_is_told():
    lines = [f"-rw-r--r-- 1 a b 9 Feb 27  2026 {line[6:]}" for line in WHOLE]
    assert judge(read_listing("\n".join(lines))).verdict is Completeness.COMPLETE


def test_an_empty_part_is_unusable():
    found = judge(listing(*WHOLE, size=0))
    assert found.verdict is Completeness.INCOMPLETE
    assert "zero bytes" in found.because[0]


def test_a_journal_with_content_means_the_app_was_writing():
    found = judge(listing(*WHOLE, f"10:00 {DB}-journal"))
    assert found.verdict is Completeness.CANNOT_TELL


def test_two_secure_stores_leave_open_which_belongs():
    found = judge(listing(*WHOLE, "10:20 old/cohrtz_secure.db"))
    assert found.verdict is Completeness.CANNOT_TELL


def test_a_room_that_is_asked_for_must_be_in_it():
    assert judge(listing(*WHOLE), ROOM).verdict is Completeness.COMPLETE
    found = judge(listing(*WHOLE), "another")
    assert found.verdict is Completeness.INCOMPLETE


def test_a_browsers_storage_cannot_be_judged_by_its_name():
    found = judge(listing("10:00 localStorage.json"))
    assert found.is_web
    assert found.verdict is Completeness.CANNOT_TELL


@pytest.mark.parametrize(
    ("name", "start", "part", "trouble"),
    [
        (
            "x",
            b'{"cohrtz_secure_install_id": "a", "cohrtz_secure_kdf_salt": "b"}',
            Part.PREFERENCES,
            None,
        ),
        ("x", b'{"cohrtz_secure_install_id": "a"}', Part.PREFERENCES, "lacks the salt"),
        ("x", b'{"secure_blob_a": "b"}', Part.WEB, "lacks the install id and the salt"),
        (
            "shared_preferences.json",
            b"{}",
            Part.PREFERENCES,
            "holds neither install id nor salt",
        ),
        (DB, b"noise", Part.CRDT, "has no SQLite header"),
        (DB, b"", Part.CRDT, "has zero bytes"),
        ("a.bin", b"SQLite format 3\0 CREATE TABLE secure_blobs (", Part.SECURE, None),
        (
            "cohrtz_default.db",
            b"SQLite format 3\0 CREATE TABLE tasks (",
            Part.BOOT,
            None,
        ),
        (DB, b"SQLite format 3\0", Part.CRDT, "has none of the app's tables"),
    ],
)
def test_content_wins_over_a_name(name, start, part, trouble):
    found = look(name, start)
    assert (found.part, found.trouble) == (part, trouble)


@given(st.text(max_size=20), st.binary())
def test_no_content_stops_the_look(name, start):
    look(name, start)


def test_the_kind_of_system_shows_by_the_preferences_name():
    assert family_of("shared_preferences.json") is Family.DESKTOP
    assert family_of("com.williamfinken.cohrtz.plist") is Family.APPLE
    assert family_of("plain") is None


@given(st.integers(0, 240), st.integers(0, 240))
def test_the_rule_of_time_is_symmetric(first, second):
    def told(one, other):
        times = [TEN + timedelta(minutes=minutes) for minutes in (one, other, one)]
        lines = zip(times, WHOLE, strict=True)
        made = [f"9 {at:%Y-%m-%d %H:%M:%S} {line[6:]}" for at, line in lines]
        return judge(read_listing("\n".join(made))).verdict

    within = abs(first - second) <= 60
    assert (told(first, second) is Completeness.COMPLETE) == within
    assert told(first, second) is told(second, first)
