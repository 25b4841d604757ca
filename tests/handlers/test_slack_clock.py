"""Slack's clock, as its answers tell it: nobody can turn it on our side."""

import asyncio
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from serving_house import HERE, ROBIN, world

from bot import app as bot_app
from bot.errors import BotError
from handlers import clock as clock_module
from handlers import edge
from handlers.clock import REST, Doubt, SlackClock
from handlers.serve import serving

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


def test_its_seconds_are_those_of_its_time():
    assert Wall().clock().seconds() == NOON.timestamp()


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


class Slack:
    """Is asked for its time, and answers, refuses or is silent."""

    def __init__(self, trouble=None):
        self.asked, self.trouble = 0, trouble

    async def __call__(self):
        self.asked += 1
        if self.trouble == "silent":
            await asyncio.Event().wait()
        elif self.trouble:
            raise BotError(self.trouble)


async def test_slack_is_asked_for_its_time_at_most_once_a_minute():
    wall, slack = Wall(), Slack()
    doubt = Doubt(slack, lambda: wall.steady)
    for _ in range(3):
        await doubt()
    assert slack.asked == 1
    wall.steady += REST
    await doubt()
    assert slack.asked == 2


@pytest.mark.parametrize("trouble", ["silent", "It is down."])
async def test_that_slack_does_not_tell_its_time_is_no_matter(monkeypatch, trouble):
    monkeypatch.setattr(clock_module, "PATIENCE", 0.01)
    slack = Slack(trouble)
    await Doubt(slack)()
    assert slack.asked == 1


@asynccontextmanager
async def joined(folder):
    """The bot beside a Slack whose time it has heard once; nothing else asks it."""
    async with world(folder) as (workspace, settings), serving(settings) as (it, port):
        workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")
        yield workspace, it.desk.slack.clock


@pytest.mark.wire
@pytest.mark.parametrize("off", [timedelta(hours=-1), timedelta(days=1)])
async def test_a_command_is_let_in_whatever_the_machines_clock_says(
    tmp_path, monkeypatch, off
):
    def wall():
        return datetime.now(UTC) + off

    turned = SimpleNamespace(time=lambda: wall().timestamp(), monotonic=time.monotonic)
    monkeypatch.setattr(bot_app, "now", wall)
    monkeypatch.setattr(edge, "time", turned)
    async with joined(tmp_path) as (workspace, _):
        assert (await workspace.command(ROBIN, HERE, "/triage", "help")).ok


@pytest.mark.wire
async def test_a_command_is_let_in_after_the_machine_slept(tmp_path):
    """What counts from Slack's last answer stood still: Slack is asked anew."""
    async with joined(tmp_path) as (workspace, clock):
        told, since = clock._told
        clock._told = told - timedelta(hours=1), since
        assert (await workspace.command(ROBIN, HERE, "/triage", "help")).ok
