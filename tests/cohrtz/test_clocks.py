from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.clocks import date_skew, token_skew
from bot.cohrtz.jwt import inspect
from tests.fakes.tokens import claims, signed
from tests.fakes.world import NOON


def skew(seconds, took=0.5):
    stamped = NOON + timedelta(seconds=seconds)
    return date_skew(stamped, asked_at=NOON, took=took)


@pytest.mark.parametrize(
    ("stamped", "told"),
    [(0, 0.0), (-1, 0.0), (-2, -1.0), (0.4, 0.0), (60, 59.5), (-60, -59.0)],
)
def test_skew_is_the_least_that_explains_the_date(stamped, told):
    assert skew(stamped) == told


@given(
    offset=st.floats(-1e5, 1e5),
    took=st.floats(0, 10),
    moment=st.floats(0, 1),
    fraction=st.floats(0, 1),
)
def test_skew_never_overstates_how_far_a_clock_is_off(offset, took, moment, fraction):
    asked_at = NOON + timedelta(seconds=fraction)
    true = asked_at + timedelta(seconds=took * moment + offset)
    told = date_skew(true.replace(microsecond=0), asked_at=asked_at, took=took)
    assert abs(told) <= abs(offset) + 0.1
    assert abs(told - offset) <= took + 1.1


def test_a_tokens_iat_comes_before_its_nbf_and_neither_is_none():
    start = int(NOON.timestamp())
    both = claims() | {"iat": start + 100, "nbf": start}
    neither = {key: value for key, value in claims().items() if key != "nbf"}

    def told(made):
        seen = inspect(signed(made), now=NOON)
        return token_skew(seen, asked_at=NOON, took=0.0)

    assert told(both) == 100.0
    assert told(claims()) == 0.0
    assert told(neither) is None
    assert token_skew(None, asked_at=NOON, took=0.0) is None
