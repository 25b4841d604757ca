import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.packets import Malformed, Packet, parse
from bot.cohrtz.packets.message import KINDS, LONGEST
from rehearsal.cohrtz.wire import Kind, encode
from rehearsal.cohrtz.wire import Packet as Said
from tests.cohrtz.packet_samples import VECTORS, heard, speaker, wire_of

INT32 = st.integers(-(2**31), 2**31 - 1)
INT64 = st.integers(-(2**63), 2**63 - 1)
SAID = st.builds(
    Said,
    type=st.integers(0, 255),
    request_id=st.text(),
    sender_id=st.text(),
    payload=st.binary(),
    physical_time=INT64,
    logical_time=INT64,
    chunk_index=INT32,
    is_last_chunk=st.booleans(),
    target_id=st.text(),
    encrypted=st.booleans(),
    signature=st.binary(),
    encryption_public_key=st.binary(),
    sender_public_key=st.binary(),
)


@given(SAID)
def test_what_one_hand_writes_the_library_reads_field_by_field(said):
    packet = heard(said)
    for field in Packet._fields:
        assert getattr(packet, field) == getattr(said, field)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_packet_or_malformed(wire):
    assert isinstance(parse(wire), Packet | Malformed)


@given(SAID, st.data())
def test_a_packet_with_a_byte_changed_never_raises(said, data):
    wire = bytearray(encode(said))
    if wire:
        wire[data.draw(st.integers(0, len(wire) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(parse(bytes(wire)), Packet | Malformed)


def test_names_of_types_are_those_of_the_other_hand():
    assert tuple(kind.name for kind in Kind) == KINDS
    assert [heard(Said(type=kind)).kind for kind in Kind] == list(KINDS)


def test_a_type_of_a_later_version_keeps_its_number():
    packet = heard(speaker().of_a_later_version(77))
    assert (packet.type, packet.kind, packet.is_known) == (77, "UNKNOWN(77)", False)


@pytest.mark.parametrize("kind", [b"\x80\x02", b"\xff" * 9 + b"\x01"])
def test_a_type_that_does_not_fit_into_the_signed_byte_is_malformed(kind):
    assert isinstance(parse(b"\x08" + kind), Malformed)


@pytest.mark.parametrize("text", [b"\xff\xfe", b"\xed\xa0\x80"])
@pytest.mark.parametrize("field", [b"\x12", b"\x1a", b"\x4a"])
def test_a_text_that_is_not_utf8_is_malformed(field, text):
    assert isinstance(parse(field + bytes([len(text)]) + text), Malformed)


def test_a_packet_that_is_cut_off_is_malformed():
    wire = encode(speaker().handshake())
    assert isinstance(parse(wire[:-1]), Malformed)


def test_a_packet_longer_than_any_is_not_even_read():
    assert isinstance(parse(bytes(LONGEST + 1)), Malformed)


def test_a_malformed_packet_says_why_without_its_content():
    assert parse(b"\x12\x05secret") == Malformed(
        "not a protobuf message of this shape, or text not UTF-8"
    )


def test_of_a_field_that_is_there_twice_the_last_counts():
    assert parse(b"\x08\x02\x08\x03").kind == "HANDSHAKE"


def test_an_unknown_field_is_passed_over():
    wire = encode(speaker().gsk_req())
    assert parse(wire + b"\xf8\x01\x07") == parse(wire)


def test_the_servers_two_bytes_are_a_handshake_without_anything():
    assert parse(b"\x08\x03") == heard(Said(type=Kind.HANDSHAKE))


def test_no_bytes_at_all_are_a_packet_of_defaults():
    assert parse(b"").kind == "SYNC_REQ"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["why"])
def test_the_vectors_are_read_with_their_type_and_sender(vector):
    packet = parse(base64.b64decode(vector["wire_base64"]))
    assert (packet.type, packet.sender_id) == (vector["type"], vector["sender"])
    assert wire_of(vector) != b""
