import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.diagnostics import (
    BURST,
    DiagnosticsDoor,
    NotAdmitted,
    TooOften,
    room_secret,
)
from bot.cohrtz.secret_forms import redact
from tests.fakes.world import ROOM

MASTER, OTHER = b"m" * 32, b"o" * 32


class Clock:
    at = 0.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def door(clock):
    return DiagnosticsDoor([MASTER], clock)


def bearer(room=ROOM, master=MASTER):
    return f"Bearer {room_secret(master, room)}"


def test_a_rooms_secret_lets_in_to_that_room_only(door):
    door.admit(ROOM, bearer())
    with pytest.raises(NotAdmitted):
        door.admit("another", bearer())


@pytest.mark.parametrize(
    "shown",
    ["", "Bearer", "Bearer ", bearer(master=OTHER), bearer()[7:], f"{bearer()}x", "é"],
)
def test_anything_else_is_not_admitted_and_costs_no_memory(door, shown):
    with pytest.raises(NotAdmitted):
        door.admit(ROOM, shown)
    assert len(door._rooms) == 0


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_made_up_secret_is_admitted(room, shown):
    with pytest.raises(NotAdmitted):
        DiagnosticsDoor([MASTER]).admit(room, f"bearer {shown}")


def test_a_header_of_odd_bytes_is_only_wrong(door):
    with pytest.raises(NotAdmitted):
        door.admit(ROOM, "Bearer \udcff\udc80")


def test_while_the_master_changes_both_count():
    door = DiagnosticsDoor([OTHER, MASTER])
    door.admit(ROOM, bearer())
    door.admit(ROOM, bearer(master=OTHER))


def test_without_a_master_nobody_is_admitted():
    with pytest.raises(NotAdmitted):
        DiagnosticsDoor([]).admit(ROOM, bearer())


def test_after_a_burst_a_room_waits_and_others_do_not(door, clock):
    for _ in range(BURST):
        door.admit(ROOM, bearer())
    with pytest.raises(TooOften) as caught:
        door.admit(ROOM, bearer())
    assert caught.value.wait == 2
    door.admit("another", bearer("another"))
    clock.at += caught.value.wait
    door.admit(ROOM, bearer())
    with pytest.raises(TooOften):
        door.admit(ROOM, bearer())


def test_rooms_that_rest_are_forgotten(door, clock, monkeypatch):
    monkeypatch.setattr(door._rooms, "_most", 3)
    for room in "abc":
        door.admit(room, bearer(room))
        clock.at += 1
    clock.at += 60
    door.admit("d", bearer("d"))
    assert set(door._rooms._buckets) == {"d"}


def test_if_none_rests_the_oldest_is_forgotten(door, clock, monkeypatch):
    monkeypatch.setattr(door._rooms, "_most", 3)
    for room in "abcd":
        door.admit(room, bearer(room))
        clock.at += 0.1
    assert set(door._rooms._buckets) == {"b", "c", "d"}


def test_the_log_blanks_a_rooms_secret():
    assert room_secret(MASTER, ROOM) not in redact(
        f"it was {room_secret(MASTER, ROOM)}"
    )
