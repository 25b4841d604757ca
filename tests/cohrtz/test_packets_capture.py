import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.packets import Malformed, Sighting
from bot.cohrtz.packets.capture import LONGEST_LINE, Unreadable, read_entry, read_line
from rehearsal.cohrtz.wire import encode
from tests.cohrtz.packet_samples import heard, speaker

SAID = speaker().gsk_req()
WIRE = b64encode(encode(SAID)).decode()


def line(**more):
    return read_line(json.dumps({"wire_base64": WIRE, **more}).encode())


def test_a_line_gives_the_packet_and_leaves_out_what_it_does_not_know():
    assert line(expected="valid", fields={}) == Sighting(heard(SAID))


@pytest.mark.parametrize(
    ("at", "seconds"),
    [
        (1772150400123, 1772150400.123),
        ("2026-02-27T00:00:00.123Z", 1772150400.123),
        ("2026-02-27T01:00:00.123+01:00", 1772150400.123),
        ("2026-02-27T00:00:00.123", 1772150400.123),
        (0, 0.0),
    ],
)
def test_a_time_is_iso_text_or_milliseconds(at, seconds):
    assert line(at=at).at == seconds


@pytest.mark.parametrize(
    "at",
    [
        *(None, True, "", "yesterday", "1", [], -1, 10**400),
        *(float("nan"), float("inf")),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_what_is_no_time_is_taken_as_not_noted(at):
    entry = line(at=at)
    assert isinstance(entry, Sighting)
    assert entry.at is None


@pytest.mark.parametrize("name", ["sfu_identity", "from"])
def test_whom_the_server_named_has_either_of_two_names(name):
    assert line(**{name: "user:a"}).sfu_identity == "user:a"


def test_whom_the_server_named_is_a_text_or_not_noted():
    assert line(sfu_identity=7).sfu_identity is None


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        "text",
        7,
        {},
        {"wire_base64": None},
        {"wire_base64": 7},
        {"wire_base64": "?"},
        {"wire_base64": "CAM"},
        {"wire_base64": "CA M="},
        {"wire_base64": "é"},
    ],
    ids=str,
)
def test_an_entry_without_a_message_is_unreadable_but_json(entry):
    unreadable = read_entry(entry)
    assert isinstance(unreadable, Unreadable)
    assert unreadable.is_json


def test_bytes_that_are_no_packet_are_a_sighting_of_something_malformed():
    entry = read_entry({"wire_base64": "/w=="})
    assert isinstance(entry.packet, Malformed)


def test_a_line_that_is_no_json_is_told_apart():
    assert read_line(b"nope") == Unreadable("the line is not JSON", is_json=False)


def test_a_line_longer_than_any_packet_is_not_even_read():
    assert isinstance(read_line(b" " * (LONGEST_LINE + 1)), Unreadable)


@given(st.binary())
def test_any_line_can_be_read(raw):
    assert isinstance(read_line(raw), Sighting | Unreadable)
