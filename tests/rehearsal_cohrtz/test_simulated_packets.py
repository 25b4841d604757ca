"""What the peers speak with: packets read back, keys for pairs, the key tree."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.cohrtz.pace import Pace
from rehearsal.cohrtz.peer_keys import PeerKeys, seal, unseal
from rehearsal.cohrtz.throttle import Throttle
from rehearsal.cohrtz.tree import MOST, Tree
from rehearsal.cohrtz.wire import Packet, encode
from rehearsal.cohrtz.wire_reading import read

INT64 = st.integers(-(2**63), 2**63 - 1)
PACKETS = st.builds(
    Packet,
    type=st.integers(0, 200),
    request_id=st.text(max_size=40),
    sender_id=st.text(max_size=40),
    payload=st.binary(max_size=300),
    physical_time=INT64,
    logical_time=INT64,
    chunk_index=st.integers(-(2**31), 2**31 - 1),
    is_last_chunk=st.booleans(),
    target_id=st.text(max_size=10),
    encrypted=st.booleans(),
    signature=st.binary(max_size=64),
    encryption_public_key=st.binary(max_size=32),
    sender_public_key=st.binary(max_size=32),
)
ROOM = "0195b2f0-0000-7000-8000-000000000000"
PAIR = "d773fb15a28d827d90fdb050e077a26f1f42e6abbf3e5c9b15d96754db74b74f"


@given(PACKETS)
def test_what_is_written_is_read_back(packet):
    assert read(encode(packet)) == packet


@given(st.binary(max_size=200))
def test_any_bytes_are_a_packet_or_none(noise):
    read(noise)


def test_unknown_fields_are_passed_over():
    assert read(b"\x08\x03\x7a\x01x\xf0\x01\x05") == Packet(3)


def keys_of(byte):
    keys = PeerKeys(ROOM)
    keys._sealing = X25519PrivateKey.from_private_bytes(bytes([byte]) * 32)
    return keys


def test_the_key_for_a_pair_is_the_apps():
    mine, theirs = keys_of(1), keys_of(2)
    mine.seals_by["other"] = theirs.announced_sealing
    theirs.seals_by["me"] = mine.announced_sealing
    sealed = seal(bytes.fromhex(PAIR), b"plain")
    assert mine.open_from("other", sealed) == b"plain"
    assert theirs.open_from("me", mine.seal_for("other", b"x")) == b"x"


def test_nothing_is_sealed_for_whom_no_key_is_known():
    keys = PeerKeys(ROOM)
    assert keys.seal_for("nobody", b"x") is None
    assert keys.open_from("nobody", b"x" * 40) is None


def test_what_another_key_sealed_stays_shut():
    assert unseal(bytes(32), seal(b"\1" * 32, b"x")) is None
    assert unseal(bytes(32), b"short") is None


def test_a_tree_grows_a_leaf_and_an_epoch_at_a_time():
    tree = Tree(epoch=3, leaf=0, leaves=2).grown()
    assert (tree.epoch, tree.leaves, tree.path) == (4, 3, 3)
    assert len(tree.update()["updatePath"]) == tree.path
    assert tree.welcome()["leafIndex"] == 2


def test_an_update_is_taken_if_larger_and_counted_up_otherwise():
    tree = Tree(epoch=5, leaf=0, leaves=2)
    assert (tree.updated(9).epoch, tree.updated(2).epoch) == (9, 6)


def test_a_tree_stays_small():
    tree = Tree(epoch=0, leaf=0, leaves=MOST)
    assert tree.grown().leaves == MOST


def test_a_throttle_lets_each_thing_happen_by_itself():
    throttle = Throttle(Pace(1.0))
    assert throttle.allows("a", 60)
    assert not throttle.allows("a", 60)
    assert throttle.allows("b", 60)
    assert throttle.allows("a", 0)
