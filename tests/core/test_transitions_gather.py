from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from incident_story import START, Story

from bot.core.incident import commands as c
from bot.core.incident.apply import fold
from bot.core.incident.events import TransitionsSeen
from bot.core.incident.state import Verb
from bot.core.incident.telling import (
    AS_THEY_COME,
    COUNTED,
    LEAST_PAUSE,
    LISTED,
    MOST_PAUSE,
    OTHERS,
    gathered_since,
    gathers,
    may_tell,
)
from bot.core.transitions import Move, Transition

FLAP = timedelta(seconds=30)


def moved(number, identity="alice", at=None):
    return Transition(
        id=f"EV_{number:06}",
        room="blue-whale",
        identity=identity,
        sid=f"PA_{number}",
        move=Move.JOINED if number % 2 else Move.LEFT,
        at=at or START + number * FLAP,
        source="webhook",
    )


def tellings(story):
    return [one for one in story.events if isinstance(one.body, TransitionsSeen)]


def flaps(story, first, count, identity="alice"):
    """Let somebody come and go; the watch tells what the record has since then."""
    record = []
    for number in range(first, first + count):
        story.now = START + number * FLAP
        record.append(moved(number, identity))
        if not gathers(story.state):
            story.do(c.See((record[-1],)))
        elif may_tell(story.state, story.now + timedelta(seconds=1)):
            since = gathered_since(story.state)
            story.do(c.See(tuple(one for one in record if one.at >= since)))
    return story


def told(story):
    """How many transitions the timeline tells of, listed or counted."""
    bodies = [one.body for one in tellings(story)]
    listed = sum(len(body.transitions) for body in bodies)
    return listed + sum(one.count for body in bodies for one in body.counted)


@pytest.fixture(scope="module")
def flapping():
    """Two days of somebody who comes or goes every half minute."""
    return flaps(Story(), 1, 2 * 2880)


def test_the_first_ones_are_told_as_they_come():
    story = flaps(Story(), 1, AS_THEY_COME)
    assert len(tellings(story)) == AS_THEY_COME
    assert gathers(story.state)


def test_a_room_that_flaps_for_days_is_told_of_once_in_an_hour(
    flapping,
):
    days = [
        sum(START + timedelta(days=day) <= one.at for one in tellings(flapping))
        for day in (0, 1)
    ]
    assert days[0] - days[1] < 100
    assert days[1] <= 24


def test_nothing_is_lost_of_what_is_counted(flapping):
    last = tellings(flapping)[-1].at
    assert told(flapping) == sum(START + n * FLAP <= last for n in range(1, 2 * 2881))


def test_what_is_counted_is_one_line_with_its_first_and_last_time(flapping):
    (alice,) = flapping.state.counted
    assert alice.identity == "alice"
    assert START < alice.first < alice.last < flapping.state.transitions[0].at
    assert not alice.at_least
    assert len(flapping.state.transitions) == LISTED


def test_the_state_is_the_fold_of_the_stored_events(flapping):
    assert fold("INC-7", flapping.events) == flapping.state


def test_what_was_counted_is_not_told_again(flapping):
    before = flapping.state.seq
    flapping.now += timedelta(days=1)
    flapping.do(c.See(tuple(moved(n) for n in range(1, 40))))
    assert flapping.state.seq == before


def test_a_person_who_touches_the_incident_is_told_as_it_comes_again():
    story = Story().ranked().start().do(c.See((moved(0),)))
    flaps(story, 1, AS_THEY_COME + 20)
    assert gathers(story.state)
    story.press(Verb.CONFIRM)
    assert not gathers(story.state)
    before = len(tellings(story))
    flaps(story, 1_000, 3)
    assert len(tellings(story)) == before + 3


def test_between_two_tellings_there_is_a_minute_at_least_and_a_part_of_the_quiet():
    state = flaps(Story(), 1, AS_THEY_COME).state
    assert not may_tell(state, state.moved_at + LEAST_PAUSE - timedelta(seconds=1))
    assert may_tell(state, state.moved_at + 3 * LEAST_PAUSE)


def test_whoever_comes_back_after_days_reads_what_was_so_an_hour_ago():
    story = flaps(Story(), 1, AS_THEY_COME)
    state = replace(story.state, moved_at=story.now + timedelta(days=3))
    assert not may_tell(state, state.moved_at + MOST_PAUSE - timedelta(seconds=1))
    assert may_tell(state, state.moved_at + MOST_PAUSE)


def test_what_comes_too_early_is_not_told_yet():
    story = flaps(Story(), 1, AS_THEY_COME)
    before = story.state
    assert story.do(c.See((moved(999, at=story.now),))).state == before


def test_a_clock_that_was_turned_back_does_not_silence_it():
    state = flaps(Story(), 1, AS_THEY_COME).state
    assert may_tell(state, state.moved_at - timedelta(days=1))


def test_more_than_could_be_read_is_told_as_at_least_so_many():
    story = flaps(Story(), 1, AS_THEY_COME)
    story.now += timedelta(hours=1)
    many = tuple(moved(n) for n in range(500, 600))
    story.do(c.See(many, cut=True))
    (alice,) = story.state.counted
    assert (alice.count, alice.at_least) == (100 - LISTED, True)
    assert alice.times == "at least 70"


def test_of_a_crowd_so_many_are_counted_apart_and_the_others_together():
    story = flaps(Story(), 1, AS_THEY_COME)
    story.now += timedelta(hours=1)
    crowd = [moved(500 + n, f"peer-{n}") for n in range(COUNTED + LISTED + 5)]
    story.do(c.See(tuple(crowd)))
    story.now += timedelta(hours=1)
    more = [moved(700 + n, f"late-{n}") for n in range(LISTED + 2)]
    story.do(c.See(tuple(more)))
    by_name = {one.identity: one.count for one in story.state.counted}
    assert len(by_name) == COUNTED + 1
    assert by_name[OTHERS] == 5 + 2
    assert sum(by_name.values()) == COUNTED + 5 + 2


def test_before_anything_was_told_all_since_the_opening_may_have_gathered():
    assert gathered_since(Story().state) == START


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(1, 7200), st.integers(1, 60), st.booleans()), max_size=40
    )
)
def test_whatever_comes_when_each_transition_is_told_once_at_most(steps):
    story, number, recorded = Story().ranked(), 1, []
    for seconds, count, touched in steps:
        story.now += timedelta(seconds=seconds)
        if touched and not story.state.runs:
            story.start()
        new = [moved(number + n, at=story.now) for n in range(count)]
        number, recorded = number + count, [*recorded, *new]
        since = gathered_since(story.state)
        gathered = tuple(one for one in recorded if one.at >= since)
        story.do(c.See(gathered if gathers(story.state) else tuple(new)))
        assert told(story) <= len(recorded)
        assert fold("INC-7", story.events) == story.state
