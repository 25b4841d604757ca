from dataclasses import replace

import pytest

from bot.cohrtz.packets import (
    FACTS,
    NOTHING_SEEN,
    facts,
    finding,
    observe,
    parse,
    rows,
)
from bot.cohrtz.packets.senders import MOST_ROWS, safe_name
from bot.cohrtz.packets.state import MOST_SENDERS
from bot.core.evidence import Verdict
from rehearsal.cohrtz.speaker import keys_of, unsigned
from rehearsal.cohrtz.wire import spoiled
from tests.cohrtz.packet_samples import ANNA, BERT, CARL, room, speaker

CODE = "CODE-4711"
DATA_ROOM = "0195b2f0-0000-7000-8000-123456789abc"


def of(name, *said, now=None):
    return facts(room(*said), now).get(f"packets.{name}")


def times(count, packet, gap=2):
    return [(at * gap, packet) for at in range(count)]


def test_of_nothing_only_that_there_was_nothing_is_known():
    assert facts(NOTHING_SEEN) == {"packets.seen": 0}
    assert finding(NOTHING_SEEN).verdict is Verdict.UNKNOWN


def test_every_fact_is_listed_with_its_meaning():
    everything = room(
        (0, speaker(ANNA).gsk_req()),
        (1, speaker(BERT).treekem_update(4, 0, 2)),
        (2, speaker(ANNA).consistency_check(7)),
        (3, speaker(BERT).consistency_check(70)),
        (4, spoiled(speaker(CARL).data_chunk(40))),
        (5, speaker(CARL).data_chunk(40)),
        (6, speaker(CARL).key_req()),
        (7, speaker(CARL).handshake()),
    )
    assert set(facts(everything)) == set(FACTS)


def test_requests_are_told_by_how_many_ask_and_who_repeats_most_and_how_fast():
    said = [*times(3, speaker(ANNA).gsk_req()), (90, speaker(BERT).gsk_req())]
    assert of("gsk_requests", *said) == 4
    assert of("gsk_requesters", *said) == 2
    assert of("gsk_repeats_max", *said) == 3
    assert of("gsk_repeats_seconds", *said) == 4
    assert of("gsk_waiting", *said) == 2
    assert of("key_requests", *said) == 0
    assert of("key_repeats_seconds", *said) is None


def test_requests_for_the_vaults_key_are_told_too():
    said = times(2, speaker().key_req())
    assert of("key_requests", *said) == 2
    assert of("key_requesters", *said) == 1
    assert of("key_repeats_max", *said) == 2


def test_who_announced_an_encryption_key_is_told():
    said = [
        (0, speaker(ANNA).handshake()),
        (1, speaker(ANNA).handshake()),
        (2, speaker(BERT).handshake(with_encryption_key=False)),
        (3, speaker(CARL).handshake_request()),
    ]
    assert of("keyed_handshakes", *said) == 2
    assert of("keyed_senders", *said) == 1
    assert of("handshakes_without_key", *said) == 1
    assert of("handshake_requests", *said) == 1


def test_failures_are_told_by_verdict():
    bare = replace(speaker(CARL).data_chunk(40), sender_public_key=b"")
    said = [
        (0, spoiled(speaker(ANNA).gsk_req())),
        (1, spoiled(speaker(ANNA).data_chunk(40))),
        (2, unsigned(speaker(BERT).gsk_req())),
        (3, bare),
    ]
    assert of("invalid_signatures", *said) == 2
    assert of("invalid_senders", *said) == 1
    assert of("unsigned", *said) == 1
    assert of("no_key", *said) == 1


def test_trees_are_told_by_the_distance_of_epochs_and_the_longest_path():
    said = [
        (0, speaker(ANNA).treekem_update(9, 0, 5)),
        (1, speaker(BERT).treekem_update(3, 1, 2)),
    ]
    assert of("epochs_apart", *said) == 6
    assert of("epoch_max", *said) == 9
    assert of("path_max", *said) == 5
    assert of("treekem_updates", *said) == 2


def test_without_an_update_nothing_is_known_of_trees():
    names = ("epochs_apart", "epoch_max", "path_max")
    assert [of(name, (0, speaker().gsk_req())) for name in names] == [None] * 3


def test_checks_are_told_by_their_length():
    said = [
        (0, speaker(ANNA).consistency_check(7)),
        (1, speaker(BERT).consistency_check(12_345)),
        (2, speaker(CARL).consistency_check(0)),
        (3, speaker(CARL).consistency_check_without_database()),
    ]
    assert of("consistency_checks", *said) == 4
    assert of("consistency_empty", *said) == 1
    assert of("consistency_without_instance", *said) == 1
    assert of("count_digits_apart", *said) == 4


def test_one_senders_count_is_not_apart_from_anything():
    assert of("count_digits_apart", (0, speaker().consistency_check(7))) is None


def test_a_length_that_no_check_has_tells_no_digits():
    odd = speaker().sealed(4, 300)
    assert of("count_digits_apart", (0, odd), (1, odd)) is None
    assert of("consistency_checks", (0, odd)) == 1


def test_ages_are_since_the_last_of_each_kind():
    said = [(0, speaker().gsk_req()), (10, speaker().gsk_req())]
    assert of("gsk_request_age", *said, now=25) == 15
    assert of("gsk_request_age", *said) == 0
    assert of("gsk_request_age", *said, now=3) == 0
    assert of("key_request_age", *said, now=25) is None


def test_without_times_there_are_no_ages():
    assert of("gsk_request_age", (None, speaker().gsk_req())) is None


def test_senders_that_were_let_go_still_count():
    crowd = [(0, speaker(f"user:{n}", "k").gsk_req()) for n in range(200)]
    assert of("gsk_requests", *crowd) == 200
    assert of("gsk_repeats_max", *crowd) == 1
    assert of("senders_let_go", *crowd) == 200 - MOST_SENDERS


BAD = {
    "a signature that fails": [(0, spoiled(speaker().gsk_req()))],
    "another's name": [(0, speaker(ANNA).gsk_req(), CARL)],
    "a new key": [
        (0, speaker(keys="old").data_chunk(40)),
        (1, speaker(keys="new").data_chunk(40)),
    ],
    "a key that did not sign": [
        (0, spoiled(replace(speaker().handshake(), sender_public_key=b""))),
        (1, speaker().data_chunk(40)),
        (2, replace(speaker().handshake(), payload=keys_of("b").signing_public)),
    ],
    "without a database": [(0, speaker().consistency_check_without_database())],
    "for the group's key": times(3, speaker().gsk_req()),
    "for the vault's key": times(3, speaker().key_req()),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_fault_is_bad_and_named(fault):
    found = finding(room(*BAD[fault]))
    assert found.verdict is Verdict.BAD
    assert fault.split()[-1] in found.headline


def test_who_repeats_is_named_with_how_often_and_within_what_time():
    said = [*times(4, speaker(BERT).gsk_req()), (0, speaker(ANNA).gsk_req())]
    headline = finding(room(*said)).headline
    assert f"{BERT} asked 4 times in a row for the group's key within 6 s" in headline


def test_malformed_messages_are_bad():
    assert finding(observe(NOTHING_SEEN, parse(b"\xff"))).verdict is Verdict.BAD


def test_asking_twice_is_nothing_unusual():
    assert finding(room(*times(2, speaker().gsk_req()))).verdict is Verdict.OK


def test_packets_that_nobody_can_judge_are_unknown():
    bare = replace(speaker().data_chunk(40), sender_public_key=b"")
    assert finding(room((0, bare))).verdict is Verdict.UNKNOWN


def test_a_finding_says_no_more_than_that_what_was_seen_is_in_order():
    found = finding(room((0, speaker().data_chunk(40))))
    assert found.verdict is Verdict.OK
    assert "of what can be seen" in found.headline


def test_a_row_tells_what_its_sender_did_and_how_long_ago():
    said = [(0, speaker().treekem_update(4, 0, 3)), (6, speaker().gsk_req())]
    (row,) = rows(room(*said), now=10)
    assert str(row) == (
        f"{ANNA}: GSK_REQ 1x, 4 s ago; Treekem_UPDATE 1x, 10 s ago; "
        "TreeKEM epoch 4 with a path of 3; waits for the group's key"
    )
    assert (row.packets, row.age) == (2, 4)


def test_rows_are_bounded_and_begin_with_the_newest():
    crowd = [(n, speaker(f"user:{n}", "k").gsk_req()) for n in range(MOST_ROWS + 5)]
    shown = rows(room(*crowd))
    assert len(shown) == MOST_ROWS
    assert shown[0].identity == f"user:{MOST_ROWS + 4}"


def test_without_times_a_row_has_no_ages():
    (row,) = rows(room((None, speaker().gsk_req())))
    assert str(row) == f"{ANNA}: GSK_REQ 1x; waits for the group's key"


@pytest.mark.parametrize(
    "name", [DATA_ROOM, "user:" + "x" * 65, "user:a\n*b*", "<!channel>", "user:a b"]
)
def test_a_name_that_is_no_identity_is_shown_as_a_hash(name):
    assert safe_name(name).startswith("sender #")
    assert DATA_ROOM not in safe_name(name)


def test_nobodys_packet_is_shown_as_such():
    assert safe_name("") == "no sender"


def test_codes_rooms_and_contents_are_in_nothing_that_is_said():
    asked = speaker(ANNA).invite_req(CODE)
    state = room(
        (0, asked),
        (1, speaker(BERT).invite_ack(asked, DATA_ROOM)),
        (2, spoiled(speaker(DATA_ROOM).invite_req(CODE))),
        (3, speaker(CARL).control(CODE, room=DATA_ROOM)),
        (4, speaker(ANNA).sync_ping(DATA_ROOM)),
    )
    said = repr(
        (facts(state), finding(state), rows(state), list(map(str, rows(state))))
    )
    assert CODE not in said
    assert DATA_ROOM not in said
