import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.databases.names import (
    CONSISTENCY_TABLES,
    TABLES,
    database_file,
    is_volatile,
    packet_store_file,
    sanitised,
)


@pytest.mark.parametrize(
    ("room", "file"),
    [
        (
            "0195b2f0-0000-7000-8000-000000000000",
            "cohrtz_0195b2f0_0000_7000_8000_000000000000.db",
        ),
        ("My Group!", "cohrtz_My_Group_.db"),
        ("Família 🎉", "cohrtz_Fam_lia___.db"),
        ("a-b", "cohrtz_a_b.db"),
        ("a_b", "cohrtz_a_b.db"),
        ("default", "cohrtz_default.db"),
    ],
)
def test_files_are_named_as_the_app_names_them(room, file):
    assert database_file(room) == file
    assert packet_store_file(room) == file.replace("cohrtz_", "packet_store_")


@given(st.text())
def test_a_name_keeps_its_length_in_utf16_units(room):
    assert len(sanitised(room)) == len(room.encode("utf-16-le")) // 2


@given(st.characters())
def test_only_ascii_letters_digits_and_the_underscore_stay(sign):
    kept = sign.isascii() and (sign.isalnum() or sign == "_")
    assert (sanitised(sign) == sign) == kept


def test_a_lone_surrogate_gives_one_underscore():
    assert sanitised("\ud83cx") == "_x"


def test_a_native_client_counts_twelve_of_sixteen_tables():
    assert len(CONSISTENCY_TABLES) == 12
    assert len(set(TABLES)) == 16
    left_out = {"chat_threads", "members", "roles", "logical_groups"}
    assert set(TABLES) - set(CONSISTENCY_TABLES) == left_out


def test_presence_and_the_cohrtz_table_are_rewritten_all_the_time():
    assert is_volatile("notes", "presence:user:1")
    assert is_volatile("cohrtz", "treekem_state:room")
    assert not is_volatile("notes", "doc:x")
    assert not is_volatile("tasks", "presence:user:1")
