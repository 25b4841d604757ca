"""Buckets: what was taken comes back in time, and only so many are kept."""

from hypothesis import given
from hypothesis import strategies as st

from bot.clients.allowance import Allowance, Rate


class Clock:
    at = 100.0

    def __call__(self):
        return self.at


def test_a_burst_is_taken_and_then_one_at_a_time():
    clock = Clock()
    allowance = Allowance(Rate(3, 0.5), clock)
    assert [allowance.take("a") for _ in range(5)] == [0, 0, 0, 2, 2]
    assert allowance.take("b") == 0
    clock.at += 2
    assert [allowance.take("a") for _ in range(2)] == [0, 2]


def test_a_cheap_thing_costs_a_part():
    allowance = Allowance(Rate(1, 1), Clock())
    assert [allowance.take("a", 0.25) for _ in range(5)] == [0, 0, 0, 0, 1]


def test_a_clock_that_jumps_back_takes_nothing_away():
    clock = Clock()
    allowance = Allowance(Rate(2, 1), clock)
    allowance.take("a")
    clock.at -= 1_000
    assert [allowance.take("a") for _ in range(2)] == [0, 1]


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(0, 3))))
def test_no_more_is_granted_than_the_rate_and_no_more_is_kept_than_allowed(asked):
    clock = Clock()
    allowance = Allowance(Rate(4, 1), clock, most=8)
    granted = dict.fromkeys("abcdefgh", 0)
    for name, pause in asked:
        clock.at += pause
        granted[name] += allowance.take(name) == 0
        assert granted[name] <= 4 + (clock.at - 100.0)
        assert len(allowance) <= 8
