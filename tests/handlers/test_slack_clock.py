"""Slack's clock, as its answers tell it: nobody can turn it on our side."""

from datetime import UTC, datetime, timedelta

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from handlers.clock import SlackClock

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
AT_NOON = "Sun, 01 Mar 2026 12:00:00 GMT"


@pytest.fixture
def logged():
    with structlog.testing.capture_logs() as entries:
        yield entries


class Wall:
    def __init__(self):
        self.at, self.steady = NOON, 100.0

    def clock(self):
        return SlackClock(lambda: self.at, lambda: self.steady)


def test_until_slack_answers_it_is_our_own_time():
    assert Wall().clock().now() == NOON
    assert Wall().clock().trouble() == ""


def test_it_goes_on_steadily_whatever_is_done_to_our_clock():
    wall = Wall()
    clock = wall.clock()
    clock.hear(AT_NOON)
    wall.at += timedelta(days=1)
    wall.steady += 30
    assert clock.now() == NOON + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (timedelta(hours=-1), "1 h 0 min behind Slack's"),
        (timedelta(days=1), "24 h 0 min ahead of Slack's"),
        (timedelta(minutes=5), "5 min ahead of Slack's"),
    ],
)
def test_a_clock_that_is_off_is_told_with_what_to_do(off, words):
    wall = Wall()
    clock = wall.clock()
    wall.at += off
    clock.hear(AT_NOON)
    assert words in clock.trouble()
    assert "NTP" in clock.trouble()


def test_a_clock_that_is_a_little_off_is_fine():
    wall = Wall()
    clock = wall.clock()
    wall.at += timedelta(minutes=2)
    clock.hear(AT_NOON)
    assert clock.trouble() == ""


def test_it_is_logged_once_when_it_goes_wrong_and_once_when_it_is_right(logged):
    wall = Wall()
    clock = wall.clock()
    wall.at += timedelta(hours=2)
    for _ in range(3):
        clock.hear(AT_NOON)
    wall.at = NOON
    clock.hear(AT_NOON)
    said = [one["event"] for one in logged if one["event"].startswith("clock")]
    assert said == ["clock.off", "clock.right"]


@given(st.none() | st.text() | st.integers() | st.lists(st.text()) | st.binary())
def test_what_is_no_date_is_ignored(date):
    clock = Wall().clock()
    clock.hear(date)
    assert isinstance(clock.now(), datetime)
