from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_samples import START, change, event, head

from bot.errors import StoreError
from bot.store.clear import time
from bot.store.codec import micros
from bot.store.rows import Change

zones = st.integers(-14 * 60, 14 * 60).map(lambda n: timezone(timedelta(minutes=n)))
moments = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001  hypothesis adds the zone
    max_value=datetime(9990, 1, 1),  # noqa: DTZ001  hypothesis adds the zone
    timezones=zones,
)


@given(moments)
@settings(deadline=None)
def test_a_time_survives_to_the_microsecond(at):
    assert time(micros(at)) == at
    assert time(micros(at)).tzinfo is UTC


@given(moments, moments)
@settings(deadline=None)
def test_stored_times_sort_as_the_times_do(one, other):
    assert (micros(one) < micros(other)) == (one < other)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(StoreError, match="no time zone"):
        micros(START.replace(tzinfo=None))


def test_a_batch_without_events_is_refused():
    with pytest.raises(StoreError, match="malformed"):
        Change(head("I1", 1), ())


@given(st.lists(st.integers(-1, 5), max_size=5), st.integers(-1, 6))
@settings(deadline=None)
def test_only_a_gapless_batch_that_ends_at_its_head_is_taken(seqs, last):
    events = tuple(event("I1", seq) for seq in seqs)
    whole = bool(seqs) and seqs == list(range(seqs[0], last + 1)) and seqs[0] > 0
    try:
        batch = Change(head("I1", last), events)
    except StoreError:
        assert not whole
    else:
        assert whole
        assert batch.expected == seqs[0] - 1


def test_a_batch_with_an_event_of_another_incident_is_refused():
    with pytest.raises(StoreError, match="I1"):
        Change(head("I1", 2), (event("I1", 1), event("I2", 2)))


def test_a_row_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        change("I1", 1).head.seq = 2
