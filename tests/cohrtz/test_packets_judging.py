from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.packets import Malformed, Packet, Trust, judge, parse
from bot.cohrtz.packets.judging import RENEWED, SMALL_ORDER, load_key, signed_bytes
from rehearsal.cohrtz import wire
from rehearsal.cohrtz.speaker import keys_of, unsigned
from rehearsal.cohrtz.wire import encode, sign, spoiled
from tests.cohrtz.packet_samples import VECTORS, heard, speaker, wire_of
from tests.cohrtz.test_packets_message import SAID

SIGNING = keys_of("anybody").signing


def trust(said, pinned=None):
    return judge(heard(said), pinned).trust


def key_of(name):
    return load_key(keys_of(name).signing_public)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["why"])
def test_each_vector_gets_its_verdict(vector):
    judged = judge(parse(wire_of(vector)))
    assert judged.trust == vector["want"]
    assert judged.reason


def test_the_signed_bytes_are_those_of_the_app():
    said = wire.Packet(
        type=2,
        request_id="r2",
        sender_id="user:a",
        payload=bytes(range(30)),
        physical_time=-1,
        chunk_index=-2,
        is_last_chunk=True,
        encrypted=True,
    )
    assert signed_bytes(heard(said)).hex() == (
        "027232757365723a61000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c"
        "1dffffffffffffffff0000000000000000feffffff0101"
    )


@given(SAID)
def test_both_hands_sign_the_same_bytes(said):
    assert signed_bytes(heard(said)) == wire.signed_bytes(said)


@given(SAID)
def test_whatever_is_signed_is_valid(said):
    assert trust(sign(said, SIGNING)) is Trust.VALID


def flipped(value, bit):
    """Return a field's value with one bit of it turned over."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ (1 << bit % 7)
    place = bit % (len(value) * 8)
    turned = bytearray(value if isinstance(value, bytes) else value.encode())
    turned[place // 8] ^= 1 << place % 8
    return bytes(turned) if isinstance(value, bytes) else turned.decode()


SIGNED_FIELDS = [
    "type",
    "request_id",
    "sender_id",
    "payload",
    "physical_time",
    "logical_time",
    "chunk_index",
    "is_last_chunk",
    "target_id",
    "encrypted",
    "signature",
]


@given(st.sampled_from(SIGNED_FIELDS), st.integers(0, 511))
def test_one_bit_of_what_is_signed_turned_over_makes_it_invalid(field, bit):
    said = speaker().sync_ping("user:b")
    ascii_bit = bit - bit % 8 + bit % 7  # the eighth bit would break a text
    changed = replace(said, **{field: flipped(getattr(said, field), ascii_bit)})
    assert trust(said) is Trust.VALID
    assert trust(changed) is Trust.INVALID


@given(SAID, st.binary(min_size=64, max_size=64), st.binary(min_size=32, max_size=32))
def test_no_key_and_no_signature_make_it_raise(said, signature, key):
    said = replace(said, signature=signature, sender_public_key=key)
    assert trust(said) is Trust.INVALID


@given(SAID)
def test_without_luck_a_packet_is_not_valid(said):
    assert trust(said) is not Trust.VALID


def test_bytes_that_are_no_packet_are_malformed_with_the_readers_reason():
    judged = judge(Malformed("why"))
    assert (judged.trust, judged.reason) == (Trust.MALFORMED, "why")


def multiplied_by_eight(y):
    """Return y of eight times a point of the curve with this y; None if none has it."""
    p, d = 2**255 - 19, -121665 * pow(121666, -1, 2**255 - 19)
    for _ in range(3):
        x2 = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        root = pow(x2, (p + 3) // 8, p)
        if root * root % p != x2:
            root = root * pow(2, (p - 1) // 4, p) % p
        if root * root % p != x2:
            return None
        y = (y * y + x2) * pow(1 - d * x2 * y * y, -1, p) % p
    return y


@pytest.mark.parametrize("y", sorted(SMALL_ORDER))
def test_each_key_that_is_refused_is_indeed_of_small_order(y):
    assert multiplied_by_eight(y % (2**255 - 19)) == 1


@pytest.mark.parametrize("sign_bit", [0, 1 << 255])
@pytest.mark.parametrize("y", sorted(SMALL_ORDER))
def test_a_key_of_small_order_never_makes_a_packet_valid(y, sign_bit):
    raw = (y | sign_bit).to_bytes(32, "little")
    everybodys = replace(speaker().gsk_req(), sender_public_key=raw)
    for first in (b"\1" + bytes(31), raw):
        forged = replace(everybodys, signature=first + bytes(32))
        assert trust(forged) is Trust.INVALID


@pytest.mark.parametrize("size", [1, 31, 33, 64])
def test_what_is_no_key_is_said_to_be_none(size):
    judged = judge(heard(replace(speaker().gsk_req(), sender_public_key=bytes(size))))
    assert judged.trust is Trust.INVALID
    assert "no key" in judged.reason


@pytest.mark.parametrize("size", [1, 63, 65])
def test_a_signature_of_another_length_is_invalid_by_any_key(size):
    cut = replace(speaker().gsk_req(), signature=bytes(size), sender_public_key=b"")
    assert trust(cut) is Trust.INVALID
    assert trust(cut, key_of("a")) is Trust.INVALID


def test_a_packet_without_key_is_judged_by_the_pinned_one():
    said = replace(speaker(keys="a").gsk_req(), sender_public_key=b"")
    assert trust(said) is Trust.NO_KEY
    assert trust(said, key_of("a")) is Trust.VALID
    assert trust(said, key_of("b")) is Trust.INVALID


def test_a_packet_with_another_key_than_the_pinned_is_valid_and_says_so():
    judged = judge(heard(speaker(keys="new").gsk_req()), key_of("old"))
    assert (judged.trust, judged.renewed) == (Trust.VALID, True)
    assert judged.reason == RENEWED


def test_a_packet_with_the_pinned_key_says_nothing_of_a_change():
    judged = judge(heard(speaker(keys="same").gsk_req()), key_of("same"))
    assert (judged.trust, judged.renewed) == (Trust.VALID, False)


def test_an_invalid_packet_renews_nothing():
    judged = judge(heard(spoiled(speaker(keys="new").gsk_req())), key_of("old"))
    assert (judged.trust, judged.renewed) == (Trust.INVALID, False)
    assert judged.key is None


def test_a_handshake_without_key_on_it_is_judged_by_the_one_that_it_announces():
    said = replace(speaker().handshake(), sender_public_key=b"")
    assert trust(said) is Trust.VALID
    assert trust(spoiled(said)) is Trust.NO_KEY
    assert trust(spoiled(said), key_of("old")) is Trust.INVALID


def test_an_unsigned_packet_is_unsigned_whatever_is_pinned():
    assert trust(unsigned(speaker(keys="a").gsk_req()), key_of("a")) is Trust.UNSIGNED


def test_a_longer_form_of_a_number_changes_nothing_of_what_is_signed():
    written = encode(speaker().gsk_req())
    assert written.startswith(b"\x08\x08")
    stretched = b"\x08\x88\x80\x00" + written[2:]
    assert isinstance(parse(stretched), Packet)
    assert judge(parse(stretched)).trust is Trust.VALID


def test_a_field_repeated_counts_as_it_was_read():
    said = speaker().gsk_req()
    other = wire.Packet(type=0, payload=b"other")
    assert judge(parse(encode(said) + encode(other))).trust is Trust.INVALID
    assert judge(parse(encode(other) + encode(said))).trust is Trust.VALID
