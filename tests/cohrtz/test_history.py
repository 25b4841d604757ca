from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cohrtz.history import trace
from bot.cohrtz.patterns import Pattern
from bot.core.evidence import Verdict
from bot.world.transitions import Move
from tests.fakes.world import NOON, FakeTransitions


def told(*moves):
    """Record moves written as (seconds, move, sid[, reason])."""
    record = FakeTransitions()
    for second, move, sid, *reason in moves:
        at = NOON + timedelta(seconds=second)
        record.put(Move(move), sid, at, reason="".join(reason))
    return record.record


def pattern(*moves, present=True):
    return trace(told(*moves), present=present).pattern


TWO_DEVICES = (
    (0, "joined", "A"),
    (20, "left", "A", "duplicate-identity"),
    (20, "joined", "B"),
    (45, "left", "B", "duplicate-identity"),
    (46, "joined", "C"),
)
FLAP = (
    (0, "joined", "A"),
    (30, "left", "A", "signal-close"),
    (60, "joined", "B"),
    (90, "left", "B", "connection-timeout"),
    (120, "joined", "C"),
)


def test_two_devices_throw_each_other_out_and_tokens_are_fine():
    seen = trace(told(*TWO_DEVICES), present=True)
    assert seen.pattern is Pattern.DUPLICATE_IDENTITY
    assert seen.verdict is Verdict.BAD
    assert "Tokens are fine" in seen.words
    assert "second device" in seen.words
    assert (seen.joins, seen.leaves, seen.aborts, seen.sessions) == (3, 2, 0, 3)


def test_within_one_second_the_order_of_leave_and_join_does_not_matter():
    swapped = (TWO_DEVICES[0], TWO_DEVICES[2], TWO_DEVICES[1], *TWO_DEVICES[3:])
    assert pattern(*swapped) is Pattern.DUPLICATE_IDENTITY


def test_a_takeover_more_than_thirty_seconds_apart_is_no_takeover():
    slow = (
        (0, "left", "A", "duplicate-identity"),
        (31, "joined", "B"),
        (100, "left", "B", "duplicate-identity"),
        (131, "joined", "C"),
    )
    assert pattern(*slow) is Pattern.MIXED


def test_one_takeover_is_a_move_and_not_yet_a_fault():
    seen = trace(told(*TWO_DEVICES[:3]), present=True)
    assert (seen.pattern, seen.verdict) == (Pattern.MOVED, Verdict.UNKNOWN)


def test_losing_the_connection_twice_and_coming_back_is_a_loop():
    seen = trace(told(*FLAP), present=True)
    assert (seen.pattern, seen.verdict) == (Pattern.RECONNECT_LOOP, Verdict.BAD)


def test_losing_it_once_is_not_a_loop():
    assert pattern(*FLAP[:3]) is Pattern.MIXED


@pytest.mark.parametrize("reason", ["client-initiated", "participant-removed"])
def test_ends_that_somebody_wanted_are_no_loop(reason):
    wanted = tuple(
        (at, move, sid, reason if move == "left" else "") for at, move, sid, *_ in FLAP
    )
    assert pattern(*wanted) is Pattern.MIXED


def test_sessions_that_never_become_active_are_aborting():
    seen = trace(told((0, "aborted", "A"), (30, "aborted", "B")), present=False)
    assert (seen.pattern, seen.verdict) == (Pattern.ABORTING, Verdict.BAD)
    assert (seen.aborts, seen.sessions) == (2, 2)
    assert pattern((0, "aborted", "A"), present=False) is Pattern.ABORTING


def test_a_join_after_the_aborts_ends_that_pattern():
    got = pattern((0, "aborted", "A"), (9, "aborted", "B"), (20, "joined", "C"))
    assert got is Pattern.MIXED


def test_one_abort_after_an_earlier_join_is_not_yet_a_pattern():
    before = ((0, "joined", "A"), (10, "left", "A"), (30, "aborted", "B"))
    assert pattern(*before, present=False) is Pattern.LEFT
    assert pattern(*before, (60, "aborted", "C"), present=False) is Pattern.ABORTING


STUCK_AND_REMOVED = (
    (0, "joined", "A"),
    (0, "left", "A", "signal-close"),
    (17, "aborted", "Z", "participant-removed"),
    (17, "joined", "B"),
)


def test_whoever_was_removed_once_and_is_there_again_has_come_back():
    seen = trace(told(*STUCK_AND_REMOVED), present=True)
    assert (seen.pattern, seen.verdict) == (Pattern.CAME_BACK, Verdict.OK)
    left = ((0, "joined", "A"), (30, "left", "A", "participant-removed"))
    assert pattern(*left, (50, "joined", "B")) is Pattern.CAME_BACK


def test_nobody_has_come_back_who_is_gone_again_or_stuck_or_was_there_before():
    assert pattern(*STUCK_AND_REMOVED, present=False) is not Pattern.CAME_BACK
    gone = (*STUCK_AND_REMOVED, (40, "left", "B", "client-initiated"))
    assert pattern(*gone) is Pattern.MIXED
    before = ((0, "joined", "B"), (9, "aborted", "Z", "participant-removed"))
    assert pattern(*before) is Pattern.MIXED
    stuck = (Pattern.STUCK, "It is stuck.")
    again = trace(told(*STUCK_AND_REMOVED), present=True, doubt=stuck)
    assert again.pattern is Pattern.STUCK


def test_quiet_histories_are_told_apart_by_who_is_there():
    assert pattern(present=True) is Pattern.STEADY
    assert pattern(present=False) is Pattern.ABSENT
    assert pattern(present=None) is Pattern.MIXED
    assert pattern((0, "joined", "A")) is Pattern.CAME_ONCE
    gone = ((0, "joined", "A"), (9, "left", "A", "client-initiated"))
    assert pattern(*gone, present=False) is Pattern.LEFT


def test_not_knowing_who_is_there_is_said():
    assert "could not be seen" in trace([], present=None).words
    assert trace([], present=None).verdict is Verdict.UNKNOWN


def test_what_the_poll_saw_counts_once_with_what_webhooks_told():
    seen = trace(
        told((0, "seen", "A"), (1, "joined", "A"), (9, "gone", "A"), (10, "left", "A")),
        present=False,
    )
    assert (seen.joins, seen.leaves, seen.sessions) == (1, 1, 1)


def test_the_webhooks_reason_has_the_last_word_over_the_poll():
    polled = []
    for at, move, *rest in TWO_DEVICES:
        polled.append((at, move, *rest))
        if move == "left":
            polled += [(at - 1, "gone", rest[0]), (at + 1, "gone", rest[0])]
    assert pattern(*polled) is Pattern.DUPLICATE_IDENTITY


moves = st.tuples(
    st.integers(0, 600),
    st.sampled_from(list(Move)),
    st.sampled_from("ABCD"),
    st.sampled_from(["", "duplicate-identity", "signal-close", "client-initiated"]),
)
histories = st.lists(moves, max_size=8)
presence = st.sampled_from([True, False, None])


@settings(max_examples=60)
@given(histories, presence, st.randoms())
def test_the_order_in_which_it_is_told_does_not_matter(history, present, chance):
    record = told(*history)
    shuffled = chance.sample(record, len(record))
    assert trace(shuffled, present=present) == trace(record, present=present)


@settings(max_examples=60)
@given(histories, presence)
def test_telling_all_of_it_twice_changes_nothing(history, present):
    record = told(*history)
    assert trace([*record, *record], present=present) == trace(record, present=present)


@settings(max_examples=60)
@given(histories, presence)
def test_counts_agree_and_only_known_patterns_are_ok(history, present):
    seen = trace(told(*history), present=present)
    assert max(seen.joins, seen.leaves, seen.aborts) <= seen.sessions <= len(history)
    assert (seen.verdict is Verdict.OK) == (
        seen.pattern in {Pattern.STEADY, Pattern.CAME_ONCE}
    )


@settings(max_examples=60)
@given(histories)
def test_without_a_duplicate_reason_nobody_is_sent_to_find_a_second_device(history):
    calm = [(at, move, sid, "signal-close") for at, move, sid, _ in history]
    assert pattern(*calm) not in {Pattern.DUPLICATE_IDENTITY, Pattern.MOVED}


HOLDING = (
    (0, "joined", "A"),
    (90, "left", "A", "signal-close"),
    (120, "joined", "B"),
    (200, "left", "B", "connection-timeout"),
    (230, "joined", "C"),
)


def test_a_connection_that_holds_between_the_drops_is_flapping():
    seen = trace(told(*HOLDING), present=True)
    assert (seen.pattern, seen.verdict) == (Pattern.FLAPPING, Verdict.BAD)
    assert "holds in between" in seen.words


def test_one_short_session_among_the_long_is_still_flapping():
    short = (*HOLDING, (235, "left", "C", "signal-close"), (260, "joined", "D"))
    assert pattern(*short) is Pattern.FLAPPING


def test_sessions_of_unknown_length_are_not_said_to_have_held():
    unknown = (HOLDING[1], HOLDING[2], (140, *HOLDING[3][1:]), HOLDING[4])
    assert pattern(*unknown) is Pattern.RECONNECT_LOOP


@pytest.mark.parametrize("history", [TWO_DEVICES, FLAP, HOLDING])
def test_what_happens_again_and_again_is_told_before_a_doubt(history):
    why = (Pattern.HALF_OPEN, "words")
    seen = trace(told(*history), present=True, doubt=why)
    assert seen == trace(told(*history), present=True)
