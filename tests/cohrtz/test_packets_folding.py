from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.packets import (
    NOTHING_SEEN,
    Sighting,
    Trust,
    observe,
    observe_all,
    parse,
)
from bot.cohrtz.packets.folding import LONGEST_NAME
from bot.cohrtz.packets.state import MOST_SENDERS, Signal
from rehearsal.cohrtz.speaker import keys_of, unsigned
from rehearsal.cohrtz.wire import Kind, Packet, spoiled
from tests.cohrtz.packet_samples import ANNA, BERT, CARL, heard, room, speaker


def anna(state):
    return state.senders[ANNA]


def marks(state, name=ANNA):
    return {mark: seen.times for mark, seen in state.senders[name].seen.items()}


SPOKEN = {
    Signal.KEYED_HANDSHAKE: speaker().handshake(),
    Signal.BARE_HANDSHAKE: speaker().handshake(with_encryption_key=False),
    Signal.HANDSHAKE_REQUEST: speaker().handshake_request(),
    Signal.GSK_REQ: speaker().gsk_req(),
    Signal.KEY_REQ: speaker().key_req(),
    Signal.TREEKEM_UPDATE: speaker().treekem_update(1, 0, 2),
    Signal.CLOCK: speaker().sync_ping(BERT),
    Signal.ENCRYPTED_CHUNK: speaker().data_chunk(500),
    Signal.CHECK: speaker().consistency_check(12),
    Signal.CHECK_EMPTY: speaker().consistency_check(0),
    Signal.CHECK_WITHOUT_INSTANCE: speaker().consistency_check_without_database(),
    Signal.INVITE: speaker().invite_req("CODE"),
    Signal.OTHER: speaker().control("PRESENCE"),
    Signal.UNKNOWN_TYPE: speaker().of_a_later_version(),
}


@pytest.mark.parametrize("signal", SPOKEN)
def test_each_packet_is_told_for_what_it_is(signal):
    assert marks(room((0, SPOKEN[signal]))) == {signal: 1}


TAKEN_UNVERIFIED = {
    Signal.KEYED_HANDSHAKE,
    Signal.BARE_HANDSHAKE,
    Signal.HANDSHAKE_REQUEST,
    Signal.CLOCK,
    Signal.INVITE,
    Signal.UNKNOWN_TYPE,
}


@pytest.mark.parametrize("signal", SPOKEN)
def test_what_peers_would_drop_is_a_failure_and_no_signal(signal):
    seen = marks(room((0, spoiled(SPOKEN[signal]))))
    assert (signal in seen) is (signal in TAKEN_UNVERIFIED)
    assert [mark for mark in seen if mark.startswith("invalid ")]


def test_a_request_to_sync_by_the_groups_key_is_told_as_any_other_packet():
    assert marks(room((0, speaker().sealed(Kind.SYNC_REQ, 80)))) == {Signal.OTHER: 1}


def test_a_failure_is_told_with_its_kind():
    said = speaker()
    state = room((0, spoiled(said.data_chunk(40))), (1, unsigned(said.gsk_req())))
    assert marks(state) == {"invalid DATA_CHUNK": 1, "unsigned UNICAST_REQ": 1}


def test_the_servers_nameless_request_is_no_failure():
    state = observe(NOTHING_SEEN, parse(b"\x08\x03"))
    assert marks(state, "") == {Signal.HANDSHAKE_REQUEST: 1}


def test_requests_are_counted_with_the_last_and_the_run_that_they_make():
    said = speaker()
    seen = anna(room(*[(at, said.gsk_req()) for at in (0, 2, 4, 100, 102)])).seen
    counted = seen[Signal.GSK_REQ]
    assert (counted.times, counted.last) == (5, 102)
    assert (counted.longest, counted.lasted) == (3, 4)
    assert (counted.run, counted.began) == (2, 100)


def test_without_times_requests_make_one_run_of_no_known_length():
    said = speaker()
    counted = anna(room((None, said.gsk_req()), (None, said.gsk_req()))).seen["GSK_REQ"]
    assert (counted.longest, counted.lasted, counted.last) == (2, None, None)


def test_a_packet_that_comes_late_takes_nothing_back():
    said = speaker()
    state = room((10, said.gsk_req()), (5, said.gsk_req()))
    assert (state.last, anna(state).seen["GSK_REQ"].last) == (10, 10)


def test_who_asked_for_the_groups_key_waits_until_it_broadcasts_with_it():
    said = speaker()
    asked = room((0, said.gsk_req()))
    assert anna(asked).waits_for_gsk
    assert anna(observe(asked, heard(said.handshake()))).waits_for_gsk
    assert not anna(observe(asked, heard(said.data_chunk(40)))).waits_for_gsk


def test_updates_that_follow_each_other_are_not_apart():
    state = room(
        (0, speaker(ANNA).treekem_update(3, 0, 2)),
        (1, speaker(BERT).treekem_update(4, 1, 2)),
        (2, speaker(ANNA).treekem_update(5, 0, 3)),
    )
    assert state.epoch == 5
    assert [one.tree.apart for one in state.senders.values()] == [0, 0]
    assert (anna(state).tree.leaf, anna(state).tree.path) == (0, 3)


@pytest.mark.parametrize(("epoch", "apart"), [(2, 5), (7, 0), (8, 0), (12, 4)])
def test_an_update_lies_apart_from_the_one_that_should_have_come(epoch, apart):
    state = room(
        (0, speaker(BERT).treekem_update(7, 0, 2)),
        (1, speaker(ANNA).treekem_update(epoch, 1, 2)),
    )
    assert anna(state).tree.apart == apart


def test_a_key_is_pinned_by_the_first_packet_that_proves_it():
    state = room((0, speaker(keys="a").data_chunk(40)))
    assert anna(state).key.raw == keys_of("a").signing_public


@pytest.mark.parametrize("broken", [spoiled, unsigned])
def test_a_packet_that_proves_nothing_pins_nothing(broken):
    state = room((0, broken(speaker().handshake())))
    assert anna(state).key is None


def test_a_changed_key_is_told_once_and_pinned_from_then_on():
    state = room(
        (0, speaker(keys="old").data_chunk(40)),
        (1, speaker(keys="new").data_chunk(40)),
        (2, speaker(keys="new").data_chunk(40)),
    )
    assert marks(state) == {Signal.ENCRYPTED_CHUNK: 3, Signal.KEY_CHANGED: 1}
    assert anna(state).key.raw == keys_of("new").signing_public


def test_a_pinned_key_judges_packets_that_bear_none():
    first = heard(speaker().data_chunk(40))
    bare = heard(replace(speaker().gsk_req(), sender_public_key=b""))
    seen = observe_all(NOTHING_SEEN, [Sighting(bare), Sighting(first), Sighting(bare)])
    verdicts = [judged.trust for judged in seen.judged]
    assert verdicts == [Trust.NO_KEY, Trust.VALID, Trust.VALID]


def test_a_handshake_of_a_key_that_did_not_sign_it_is_told():
    other = replace(speaker().handshake(), payload=keys_of("b").signing_public)
    state = room((0, speaker().data_chunk(40)), (1, spoiled(other)))
    assert Signal.OTHER_KEY_ANNOUNCED in marks(state)


def test_a_name_that_the_server_does_not_confirm_is_not_believed():
    state = room(
        (0, speaker(BERT).handshake(), CARL), (1, speaker(BERT).gsk_req(), CARL)
    )
    assert BERT not in state.senders
    assert marks(state, CARL) == {Signal.SPOKE_AS_ANOTHER: 2}
    assert state.senders[CARL].key is None


@pytest.mark.parametrize("spelling", [ANNA, ANNA.upper(), f" {ANNA[5:]} "])
def test_identities_are_compared_as_the_app_compares_them(spelling):
    state = room((0, speaker(ANNA).gsk_req(), spelling))
    assert Signal.SPOKE_AS_ANOTHER not in marks(state, spelling)


def test_what_the_server_sent_itself_is_nobodys_false_name():
    state = room((0, Packet(type=Kind.HANDSHAKE), ""))
    assert marks(state, "") == {Signal.HANDSHAKE_REQUEST: 1}


def test_malformed_messages_are_counted_and_belong_to_nobody():
    state = observe(NOTHING_SEEN, parse(b"\xff"), 3.0, ANNA)
    assert (state.packets, state.malformed, state.last) == (1, 1, 3.0)
    assert state.senders == {}


def test_of_too_many_senders_the_longest_silent_goes_and_its_counts_stay():
    crowd = [speaker(f"user:{n}", "k").gsk_req() for n in range(MOST_SENDERS)]
    again = speaker("user:0", "k").gsk_req()
    late = speaker("user:late", "k").gsk_req()
    state = room(*[(at, said) for at, said in enumerate([*crowd, again, late])])
    assert len(state.senders) == MOST_SENDERS
    assert "user:0" in state.senders
    assert "user:1" not in state.senders
    assert state.let_go == 1
    assert state.gone[Signal.GSK_REQ].times == 1


def test_a_crowd_that_comes_at_once_is_bounded_too():
    crowd = [unsigned(speaker(f"user:{n}", "k").gsk_req()) for n in range(300)]
    state = room(*[(None, said) for said in crowd])
    assert len(state.senders) == MOST_SENDERS
    assert state.gone["unsigned UNICAST_REQ"].times == 300 - MOST_SENDERS


def test_a_name_too_long_to_be_kept_is_kept_as_a_hash():
    state = room((0, speaker("user:" + "x" * 60_000, "k").gsk_req()))
    assert all(len(name) <= LONGEST_NAME for name in state.senders)


def spoken(number):
    """Return a packet of one of three senders, some of them spoiled."""
    said = speaker(f"user:{number % 3}", f"k{number % 2}")
    packets = [said.gsk_req(), said.handshake(), said.data_chunk(40), said.key_req()]
    packet = packets[number % 4]
    return heard(spoiled(packet) if number % 5 == 0 else packet)


SPOKEN_BY_THREE = [spoken(number) for number in range(60)]


@given(st.lists(st.integers(0, 59), max_size=12), st.integers(0, 12))
def test_in_pieces_or_one_by_one_the_state_is_the_same(numbers, cut):
    seen = [Sighting(SPOKEN_BY_THREE[one], at) for at, one in enumerate(numbers)]
    whole = observe_all(NOTHING_SEEN, seen)
    first = observe_all(NOTHING_SEEN, seen[:cut])
    second = observe_all(first.state, seen[cut:])
    singly = NOTHING_SEEN
    for one in seen:
        singly = observe(singly, *one)
    assert plain(whole.state) == plain(second.state) == plain(singly)
    verdicts = [judged.trust for judged in whole.judged]
    assert verdicts == [one.trust for one in (*first.judged, *second.judged)]


def plain(state):
    """Return a state with its keys as bytes: loaded keys do not compare."""
    senders = {
        name: sender._replace(key=sender.key and sender.key.raw)
        for name, sender in state.senders.items()
    }
    return list(senders.items()), state._replace(senders=senders)


def test_a_state_is_not_touched_by_what_comes_after():
    before = room((0, speaker().gsk_req()))
    kept = plain(before)
    observe(before, heard(speaker().gsk_req()), 1.0)
    assert plain(before) == kept
