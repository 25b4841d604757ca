import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.redaction import MAX_HEADLINE, MAX_NAME, file_name, headline, may_leave
from tests.fakes.canaries import CANARIES, ROOM

PERSON = "user:0195b2f0-0000-7000-8000-00000000a11c"
PLAIN = (
    "Three tokens were refused, the last at 12:03:44.",
    "file is not a database (code 26); the header is absent",
    "Vault: missing-after-initialised. 6 of 22 keys are there.",
    f"{PERSON} never announced a key",
    "CONSISTENCY_CHECK without an instance (30 bytes); SYNC_REQ went out",
    "2 of 7 tables differ: members and logical_groups",
    "Encrypted or corrupt cannot be told apart without the header.",
    "LiveKit's host could not be resolved or reached (1); a room's database is new",
    "cohrtz/treekem_state has 4 leaves and/or 3 members",
)


@pytest.mark.parametrize("canary", CANARIES)
def test_what_users_wrote_does_not_pass_in_a_headline(canary):
    said = headline(f"It says {canary.text} in line 3")
    for secret in canary.secrets:
        assert secret not in said


@pytest.mark.parametrize("canary", CANARIES)
def test_what_users_wrote_is_no_value_of_a_fact(canary):
    assert not may_leave("log.note", canary.text)
    assert not any(may_leave("log.note", secret) for secret in canary.secrets)


@pytest.mark.parametrize("words", PLAIN)
def test_words_of_the_bots_own_pass(words):
    assert headline(words) == words


def test_redacting_twice_changes_nothing_more():
    for canary in CANARIES:
        once = headline(f"It says {canary.text} there")
        assert headline(once) == once


def test_the_asked_room_may_be_named_and_another_may_not():
    other = ROOM.replace("0195", "0196")
    assert headline(f"{ROOM} and {other}", ROOM) == f"{ROOM} and «id»"
    assert may_leave("log.room", ROOM, ROOM)
    assert not may_leave("log.room", other, ROOM)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log.lines", 3),
        ("log.unknown_share", 0.5),
        ("database.is_room", True),
        ("log.build", "release"),
        ("database.integrity", "not-a-database"),
        ("packets.type", "CONSISTENCY_CHECK"),
        ("packets.type", "Treekem_UPDATE"),
        ("packets.sender", PERSON),
        ("store.sender_ids", f"{PERSON},{PERSON},…"),
        ("database.hash", "00c0ffee"),
        ("keys.vault_marker_at", "2026-03-01T12:00:00+00:00"),
    ],
)
def test_values_of_plain_shape_pass(name, value):
    assert may_leave(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log.note", "Buy milk"),
        ("log.note", "milk"),
        ("log.note", "00c0ffee"),
        ("log.note", ""),
    ],
)
def test_other_words_do_not(name, value):
    assert not may_leave(name, value)


def test_a_files_name_loses_its_folders_and_ids():
    under = ROOM.replace("-", "_")
    assert file_name(f"/data/user/0/app_flutter/cohrtz_{under}.db") == "cohrtz_«id».db"
    assert file_name(f"C:\\Users\\Ann\\cohrtz_{ROOM}.db") == "cohrtz_«id».db"
    assert file_name("\u202egol.exe") == "gol.exe"
    assert file_name("\n") == "a file without a name"


@given(st.text(max_size=700))
def test_any_text_becomes_one_short_line(text):
    assert len(headline(text)) <= MAX_HEADLINE
    assert "\n" not in headline(text)
    assert 0 < len(file_name(text)) <= MAX_NAME
