import json
import struct

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from rehearsal.cohrtz.speaker import Speaker, keys_of, unsigned
from rehearsal.cohrtz.wire import Kind, Packet, encode, sign, signed_bytes, spoiled

SEED = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = SEED.public_key().public_bytes_raw()

HANDSHAKE = Packet(
    type=Kind.HANDSHAKE,
    request_id="11111111-2222-4333-8444-555555555555",
    sender_id="user:a",
    payload=PUBLIC,
    physical_time=1772150400123,
    logical_time=7,
)
PING = Packet(
    type=Kind.UNICAST_REQ,
    request_id="r1",
    sender_id="user:a",
    payload=b'{"type":"SYNC_PING","t0":1.5}',
    physical_time=1772150400123,
    logical_time=8,
    target_id="user:b",
)
CHUNK = Packet(
    type=Kind.DATA_CHUNK,
    request_id="r2",
    sender_id="user:a",
    payload=bytes(range(30)),
    physical_time=-1,
    chunk_index=-2,
    is_last_chunk=True,
    encrypted=True,
)


@pytest.mark.parametrize(
    ("packet", "signature"),
    [
        (
            HANDSHAKE,
            (
                "db468094540ecee78e5111d2a0927d112d35286d8b8cabbde46c8083733df0bc"
                "3af37698bd28ed768e1b1cbc007b330b6cd15c713b48a37ef38d4f0bab3b250c"
            ),
        ),
        (
            PING,
            (
                "e8576a2e00823f2a577b637b5cb18c3e5d0175f1430a72de55a7a0ca186f410f"
                "dc4d7ddfb0851e40b52d40d7af5bfe392e0b37d92b4164c41f6cdda8946d6207"
            ),
        ),
        (
            CHUNK,
            (
                "0a73c1f4f1020f5c1800fe928219442d95e6179d3338a8fd1f3e9826dd968079"
                "95da88f36951372e3e8e667df778ccda8943aca997c44972ec8a99ca0cd2d50f"
            ),
        ),
    ],
)
def test_signatures_are_those_of_the_app(packet, signature):
    assert sign(packet, SEED).signature.hex() == signature


def test_a_whole_message_is_that_of_the_app():
    assert encode(sign(PING, SEED)).hex() == (
        "0808120272311a06757365723a612240e8576a2e00823f2a577b637b5cb18c3e5d0175f143"
        "0a72de55a7a0ca186f410fdc4d7ddfb0851e40b52d40d7af5bfe392e0b37d92b4164c41f6c"
        "dda8946d62072a1d7b2274797065223a2253594e435f50494e47222c227430223a312e357d"
        "4a06757365723a62622003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc86"
        "64125531b868fbc894e3c9337008"
    )


def test_a_packet_of_defaults_is_an_empty_message():
    assert encode(Packet(type=0)) == b""


def test_the_servers_request_for_handshakes_is_two_bytes():
    assert encode(Packet(type=Kind.HANDSHAKE)) == b"\x08\x03"


def test_a_type_of_more_than_a_byte_cannot_be_signed():
    with pytest.raises(struct.error):
        signed_bytes(Packet(type=256))


@pytest.fixture
def speaker():
    return Speaker("user:a", keys_of("a"), now=lambda: 1772150400123)


def verify(packet):
    key = Ed25519PublicKey.from_public_bytes(packet.sender_public_key)
    key.verify(packet.signature, signed_bytes(packet))


def test_everything_that_a_peer_says_is_rightly_signed(speaker):
    ping = speaker.sync_ping("user:b")
    asked = speaker.invite_req("CODE")
    said = [
        speaker.handshake(),
        speaker.handshake_request(),
        speaker.gsk_req(),
        speaker.key_req(),
        speaker.treekem_update(3, 1, 2),
        ping,
        speaker.sync_pong(ping),
        speaker.data_chunk(500),
        speaker.consistency_check(42),
        asked,
        speaker.invite_ack(asked, "room"),
        speaker.invite_nack(asked),
        speaker.of_a_later_version(),
    ]
    for packet in said:
        verify(packet)
        assert packet.sender_id == "user:a"


def test_a_spoiled_packet_does_not_verify(speaker):
    with pytest.raises(InvalidSignature):
        verify(spoiled(speaker.gsk_req()))


def test_an_unsigned_packet_bears_neither_signature_nor_key(speaker):
    bare = unsigned(speaker.gsk_req())
    assert (bare.signature, bare.sender_public_key) == (b"", b"")


def test_a_handshake_announces_both_keys_or_only_the_one_for_signatures(speaker):
    whole, half = speaker.handshake(), speaker.handshake(with_encryption_key=False)
    assert whole.payload == half.payload == speaker.keys.signing_public
    assert whole.encryption_public_key == speaker.keys.encryption_public
    assert half.encryption_public_key == b""


def test_a_handshake_request_is_empty(speaker):
    assert speaker.handshake_request().payload == b""


@pytest.mark.parametrize(("count", "size"), [(0, 54), (7, 113), (12345, 117)])
def test_a_consistency_check_is_as_long_as_the_apps(speaker, count, size):
    assert len(speaker.consistency_check(count).payload) == size


def test_a_peer_without_a_database_sends_thirty_bytes(speaker):
    assert len(speaker.consistency_check_without_database().payload) == 30


def test_a_pong_bears_the_pings_request_id_and_time(speaker):
    ping = speaker.sync_ping("user:b", t0=9.0)
    pong = Speaker("user:b", keys_of("b")).sync_pong(ping)
    assert pong.request_id == ping.request_id
    assert pong.target_id == "user:a"
    assert json.loads(pong.payload)["t0"] == 9.0


def test_an_update_tells_epoch_leaf_and_a_path_of_that_length(speaker):
    told = json.loads(speaker.treekem_update(4, 2, 3).payload)
    assert (told["type"], told["epoch"]) == ("Treekem_UPDATE", 4)
    assert (told["senderLeafIndex"], len(told["updatePath"])) == (2, 3)


def test_packets_count_up_and_each_has_an_id_of_its_own(speaker):
    first, second = speaker.gsk_req(), speaker.gsk_req()
    assert (first.logical_time, second.logical_time) == (1, 2)
    assert first.request_id != second.request_id
