from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.databases.hlc import is_web_node, node_of, parse
from rehearsal.artefacts.rows import hlc


def test_a_clock_has_a_time_a_hex_counter_and_a_node():
    clock = parse("2026-02-27T10:00:00.000001Z-00AF-node-1")
    assert clock.at == datetime(2026, 2, 27, 10, 0, 0, 1, UTC)
    assert clock.counter == 0xAF
    assert clock.node == "node-1"


def test_old_web_nodes_with_colons_are_read():
    assert node_of("2026-02-27T10:00:00.000Z-0000-user:0195") == "user:0195"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-02-27T10:00:00Z-0000-n",
        "2026-02-27T10:00:00.000Z-000a-n",
        "2026-02-27T10:00:00.000Z-0000-",
        "2026-02-30T10:00:00.000Z-0000-n",
        "2026-02-27T25:00:00.000Z-0000-n",
        "٢٠٢٦-02-27T10:00:00.000Z-0000-n",
        "2026-02-27T10:00:00.000Z-0000-" + "n" * 600,
    ],
)
def test_what_the_app_could_not_parse_is_no_clock(text):
    assert parse(text) is None


@given(st.text())
def test_no_text_stops_the_parser(text):
    parse(text)


@given(
    st.datetimes(datetime(1, 1, 2), datetime(9999, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 0xFFFF),
    st.text(min_size=1, max_size=40),
)
def test_what_was_written_is_read_again(at, counter, node):
    clock = parse(hlc(at, node, counter))
    assert (clock.at, clock.counter, clock.node) == (at, counter, node)


def test_a_web_node_is_an_identity_without_its_colon():
    assert is_web_node("user_0195b2f0")
    assert not is_web_node("11111111-1111-4111-8111-111111111111")
