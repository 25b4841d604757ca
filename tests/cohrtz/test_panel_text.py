"""What people copy from the app's panel is read, and none of its words are kept."""

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.diagnostics import DiagnosticKind, Direction, PacketType
from bot.cohrtz.panel_text import Shown, events_of, read_shown
from tests.fakes.world import ALICE, BOB

ASKED = "[12:04:40] [OUT] Broadcasting SYNC_REQ for room sync."
ANSWER = f"[12:04:41] [IN] Received DATA_CHUNK packet from {BOB}. peer={BOB} 8.1KB"


def times(*lines):
    return [one.at for one in events_of([read_shown(line) for line in lines], ALICE)]


def at(clock, way="OUT", said="Broadcasting SYNC_REQ for room sync."):
    return f"[{clock}] [{way}] {said}"


def test_time_way_packet_peer_and_size_are_read():
    shown = read_shown(ANSWER)
    packet, size = PacketType.DATA_CHUNK, round(8.1 * 1024)
    assert shown == Shown(time(12, 4, 41), Direction.INBOUND, packet, BOB, size)


@pytest.mark.parametrize(
    ("size", "count"),
    [("214B", 214), ("1.5KB", 1536), ("2.25MB", 2359296), ("7", None)],
)
def test_sizes_are_read_in_the_panels_units(size, count):
    assert read_shown(f"{ASKED} {size}").size == count


def test_lines_of_the_panels_own_are_local_and_name_no_packet():
    (event,) = events_of(
        [read_shown("[00:00:01] [LOCAL] Manual sync requested.")], ALICE
    )
    assert (event.direction, event.packet) == (Direction.LOCAL, None)
    assert event.kind is DiagnosticKind.INFO


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[25:00:00] [IN] Received DATA_CHUNK packet from x.",
        "[12:04:41] [SIDE] Received DATA_CHUNK packet from x.",
        "[12:04:41] Received DATA_CHUNK packet from x.",
        "[PacketHandler] Merge error",
        "12:04:41 [IN] x",
    ],
)
def test_other_lines_are_none(line):
    assert read_shown(line) is None


@given(st.text())
def test_any_text_is_a_line_or_none(text):
    read_shown(text)
    read_shown(f"[12:04:41] [IN] {text}")


def test_the_newest_first_is_turned_and_a_second_keeps_its_order():
    events = list(events_of([read_shown(ANSWER), read_shown(ASKED)], ALICE))
    assert [one.packet for one in events] == [
        PacketType.SYNC_REQ,
        PacketType.DATA_CHUNK,
    ]
    assert events[1].at - events[0].at == timedelta(seconds=1)
    assert {one.participant for one in events} == {ALICE}


def test_lines_that_somebody_has_turned_round_stay_so():
    first, second, third = times(at("10:00:00"), at("10:00:05"), at("10:00:09"))
    assert first < second < third


def test_where_the_clock_goes_back_another_day_has_begun():
    late, early = times(at("00:00:10"), at("23:59:50"), at("23:59:40"))[1:]
    assert early - late == timedelta(seconds=20)
