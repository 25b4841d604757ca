import contextlib
import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.diagnostics import (
    LINE_LIMIT,
    MOST_EVENTS,
    BatchTooLarge,
    DiagnosticEvent,
    LineRefused,
    PacketType,
    from_json,
    read_batch,
    read_line,
    reduced,
    to_json,
)
from tests.fakes.world import ALICE, BOB, ROOM

DOC = (Path(__file__).parents[2] / "docs" / "diagnostics.md").read_text("utf-8")
(EXAMPLES,) = re.findall(r"```jsonl\n(.*?)```", DOC, re.DOTALL)
SCHEMA = DiagnosticEvent.model_json_schema()


def event(**changed):
    values = {
        "timestamp": "2026-03-01T12:00:00.123456+01:00",
        "participant": ALICE,
        "kind": "sync",
        "direction": "outbound",
    }
    written = {k: v for k, v in (values | changed).items() if v is not None}
    return json.dumps(written).encode()


def refusal(line):
    with pytest.raises(LineRefused) as caught:
        read_line(line)
    return str(caught.value)


def packet(message, kind="info"):
    return reduced(read_line(event(message=message, kind=kind))).packet


def test_the_examples_of_the_page_are_one_batch():
    events = read_batch(EXAMPLES.encode(), ROOM)
    assert [one.packet for one in events] == [
        PacketType.SYNC_REQ,
        PacketType.DATA_CHUNK,
        PacketType.HANDSHAKE,
        None,
    ]
    assert events[-1].state == "reconnecting"


@pytest.mark.parametrize("line", EXAMPLES.splitlines())
def test_each_example_keeps_to_the_published_schema(line):
    jsonschema.validate(json.loads(line), SCHEMA)


def test_the_page_names_every_field_and_its_words():
    for field in SCHEMA["properties"]:
        assert f"| `{field}` |" in DOC
    for words in SCHEMA["$defs"].values():
        for word in words["enum"]:
            assert f"`{word}`" in DOC


def test_the_page_says_the_limits_that_hold():
    assert f"at most {LINE_LIMIT} bytes" in DOC
    assert f"at most {MOST_EVENTS} events" in DOC


@pytest.mark.parametrize(
    ("message", "type_"),
    [
        ("Received SYNC_CLAIM packet from user:x.", "SYNC_CLAIM"),
        ("Broadcasting SYNC_REQ for room sync.", "SYNC_REQ"),
        ("Sent DATA_CHUNK sync response to user:x.", "DATA_CHUNK"),
        ("Merged DATA_CHUNK from user:x.", "DATA_CHUNK"),
        ("Broadcast UNICAST_REQ control packet to room peers.", "UNICAST_REQ"),
        ("Broadcast encrypted CONSISTENCY_CHECK packet.", "CONSISTENCY_CHECK"),
        ("Broadcast encrypted SYNC_REQ packet with group key.", "SYNC_REQ"),
        ("Broadcast encrypted DATA_CHUNK payload with group key.", "DATA_CHUNK"),
        ("Sent secure SYNC_REQ packet to user:x.", "SYNC_REQ"),
        ("Received SOMETHING_NEW packet from user:x.", "UNKNOWN"),
    ],
)
def test_the_packet_type_is_read_from_each_of_the_apps_messages(message, type_):
    assert packet(message) == type_


def test_without_a_message_only_two_kinds_tell_their_packet():
    assert packet(None, "handshake") is PacketType.HANDSHAKE
    assert packet(None, "data") is PacketType.DATA_CHUNK
    assert packet(None, "sync") is None
    assert packet("I wrote Broadcasting SYNC_REQ for room sync.") is None


def test_what_is_kept_holds_no_words_and_is_in_utc():
    line = event(message="Received canary packet", tag="canary", roomName="canary")
    kept = reduced(read_line(line))
    assert b"canary" not in to_json((kept,))
    assert kept.at.isoformat() == "2026-03-01T11:00:00.123456+00:00"
    assert from_json(to_json((kept,))) == (kept,)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"", "it is not JSON."),
        (b"[]", "it is not a JSON object."),
        (b"{}", "timestamp is missing."),
        (event(timestamp="2026-03-01T12:00:00"), "timestamp is wrong"),
        (event(timestamp=1772366400), "timestamp is wrong"),
        (event(participant=""), "participant is wrong"),
        (event(participant="a\nb"), "participant is wrong"),
        (event(participant="x" * 257), "participant is wrong"),
        (event(kind="canary"), "kind is wrong"),
        (event(direction="OUT"), "direction is wrong"),
        (event(bytes=-1), "bytes is wrong"),
        (event(bytes="12"), "bytes is wrong"),
        (event(peer_id="user:x"), "Did you mean peerId?"),
        (event(canary=1), "it has a field that is not known."),
        (event(message="canary" * 200), "message is wrong"),
    ],
)
def test_what_is_wrong_is_said_without_quoting_it(line, words):
    said = refusal(line)
    assert words in said
    assert "canary" not in said


def test_a_batch_is_refused_whole_with_the_number_of_the_line():
    with pytest.raises(LineRefused, match=r"^Line 4: timestamp is missing\.$"):
        read_batch(event() + b"\n\n" + event() + b"\n{}\n", ROOM)


def test_an_event_of_another_room_does_not_get_into_this_one():
    read_batch(event(roomName=ROOM), ROOM)
    with pytest.raises(LineRefused, match="roomName is another room"):
        read_batch(event(roomName="another"), ROOM)


def test_an_empty_batch_is_refused():
    with pytest.raises(LineRefused, match="no event"):
        read_batch(b"\n \n", ROOM)


def test_the_limits_are_those_of_too_large():
    full = b"\n".join([event()] * MOST_EVENTS)
    assert len(read_batch(full + b"\r\n", ROOM)) == MOST_EVENTS
    for body in (full + b"\n" + event(), event(tag="x") + b" " * LINE_LIMIT):
        with pytest.raises(BatchTooLarge):
            read_batch(body, ROOM)


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_a_refusal_or_an_event(body):
    with contextlib.suppress(LineRefused):
        read_batch(body, ROOM)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(list(SCHEMA["properties"])), json_values))
def test_what_is_taken_keeps_to_the_schema(fields):
    line = event(**fields)
    with contextlib.suppress(LineRefused):
        read_line(line)
        jsonschema.validate(json.loads(line), SCHEMA)


def test_half_a_character_is_refused():
    assert refusal(event(peerId="\ud800"))


def test_bob_is_a_peer():
    assert reduced(read_line(event(peerId=BOB))).peer == BOB
