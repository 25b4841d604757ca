from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.diagnostics import Direction, PacketType
from bot.cohrtz.sync_story import FACTS, tell
from bot.core.evidence import Verdict
from tests.fakes.world import ALICE, BOB, NOON, ROOM, FakeDiagnostics

IN, OUT = Direction.INBOUND, Direction.OUTBOUND
REQ, DATA = PacketType.SYNC_REQ, PacketType.DATA_CHUNK
HELLO, CONTROL = PacketType.HANDSHAKE, PacketType.UNICAST_REQ


def told(*rows, participant=ALICE):
    """Judge packets written as (seconds, direction, type[, peer[, device]])."""
    kept = FakeDiagnostics()
    for second, way, packet, *rest in rows:
        peer, by = (*rest, BOB, ALICE)[:2] if len(rest) < 2 else rest
        kept.put(way, packet, NOON + timedelta(seconds=second), peer=peer, by=by)
    return tell(kept.rings.get(ROOM, []), participant)


def test_a_request_with_data_after_it_is_answered():
    finding = told((0, OUT, REQ), (0.4, IN, DATA), (30, IN, HELLO))
    assert finding.verdict is Verdict.OK
    assert finding.facts == {
        "diagnostics.events": 3,
        "diagnostics.participants": 1,
        "diagnostics.sync_req_out": 1,
        "diagnostics.data_in": 1,
        "diagnostics.handshakes_in": 1,
        "diagnostics.checks_in": 0,
        "diagnostics.errors": 0,
        "diagnostics.peers_heard": 1,
        "diagnostics.mute_peers": 0,
        "diagnostics.last_data_s": 29,
        "diagnostics.unanswered_sync": False,
    }
    assert "merged is not told" in finding.headline


def test_a_request_without_data_among_other_packets_is_bad():
    finding = told((0, OUT, REQ), (8, OUT, REQ), (65, IN, HELLO))
    assert finding.verdict is Verdict.BAD
    assert finding.facts["diagnostics.unanswered_sync"] is True
    assert finding.facts["diagnostics.unanswered_s"] == 65
    assert finding.facts["diagnostics.mute_peers"] == 1
    assert "diagnostics.last_data_s" not in finding.facts


def test_in_silence_nobody_may_be_there_to_answer():
    finding = told((0, OUT, REQ), (30, OUT, REQ))
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.facts["diagnostics.unanswered_sync"] is True
    assert "alone in the room, or cut off" in finding.headline


def test_data_before_the_request_does_not_answer_it():
    finding = told((0, IN, DATA), (5, OUT, REQ), (20, IN, CONTROL))
    assert finding.facts["diagnostics.unanswered_sync"] is True
    assert finding.facts["diagnostics.last_data_s"] == 20


def test_a_young_request_cannot_be_told_yet():
    finding = told((0, OUT, REQ), (9, IN, HELLO))
    assert finding.verdict is Verdict.UNKNOWN
    assert "diagnostics.unanswered_sync" not in finding.facts
    assert told((0, OUT, REQ), (10, IN, HELLO)).verdict is Verdict.BAD


def test_who_did_not_ask_was_not_left_unanswered():
    finding = told((0, IN, DATA))
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.facts["diagnostics.unanswered_sync"] is False
    assert "1 data packets came in" in finding.headline


def test_one_of_two_devices_that_waits_in_vain_is_enough():
    rows = ((0, OUT, REQ), (1, IN, DATA), (0, OUT, REQ, ALICE, BOB))
    later = ((40, IN, HELLO, ALICE, BOB),)
    assert told(*rows, *later, participant=None).verdict is Verdict.BAD
    assert told(*rows, *later).verdict is Verdict.OK


def test_nothing_of_the_device_asked_about_is_unknown():
    finding = told((0, OUT, REQ, ALICE, BOB), (40, IN, DATA, ALICE, BOB))
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.facts == {"diagnostics.events": 0}
    assert "this participant" in finding.headline
    assert "this room" in told(participant=None).headline


rows = st.tuples(
    st.integers(0, 60),
    st.sampled_from(list(Direction)),
    st.sampled_from([REQ, DATA, HELLO, CONTROL, None]),
    st.sampled_from([BOB, ALICE]),
    st.sampled_from([ALICE, BOB]),
)


@given(st.lists(rows, max_size=10), st.sampled_from([ALICE, None]))
def test_ok_means_that_someone_asked_and_all_were_answered(packets, participant):
    finding = told(*packets, participant=participant)
    assert set(finding.facts) <= set(FACTS)
    if finding.verdict is Verdict.OK:
        assert finding.facts["diagnostics.sync_req_out"]
        assert finding.facts["diagnostics.unanswered_sync"] is False
    if finding.verdict is Verdict.BAD:
        assert finding.facts["diagnostics.unanswered_sync"] is True


@given(st.lists(rows, max_size=10), st.randoms())
def test_the_order_in_which_events_come_does_not_matter(packets, chance):
    shuffled = chance.sample(packets, len(packets))
    assert told(*packets) == told(*shuffled)
