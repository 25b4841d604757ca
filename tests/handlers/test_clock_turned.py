"""The machine's clock jumps ahead: who waits for words gets them, and nothing twice."""

from datetime import UTC, datetime, timedelta

import pytest
from serving_house import HASTE, HERE, ROBIN, served, world

from bot import app as bot_app
from bot.store.rows import UNSTORED, Notice
from handlers.clock import SlackClock
from handlers.replies import LIFE
from handlers.serve import serving
from rehearsal.slack.faults import Fault, Status

AHEAD = timedelta(days=3)
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Wall:
    """The machine's clock, which can be turned."""

    def __init__(self):
        self.off = timedelta()

    def __call__(self):
        return datetime.now(UTC) + self.off


@pytest.fixture
def wall(monkeypatch):
    wall = Wall()
    monkeypatch.setattr(bot_app, "now", wall)
    return wall


async def keep(loops, text):
    at = bot_app.now()
    notice = Notice(UNSTORED, HERE, ROBIN, None, text, at, at + LIFE)
    await loops.bot.store.add_notice(notice)
    loops.bot.service.bells.notices.ring()


async def told(workspace, text):
    def said():
        return text in [one["text"] for one in workspace.ephemerals(ROBIN)]

    await workspace.wait_for(said, 20)


async def test_who_waits_while_slack_is_silent_is_told_all_the_same(tmp_path, wall):
    async with (
        world(tmp_path) as (workspace, settings),
        served(workspace, settings) as loops,
    ):
        workspace.faults.add(Fault("chat.postEphemeral", Status(500), times=1))
        await keep(loops, "It was refused.")
        tried = workspace.journal.calls
        await workspace.wait_for(lambda: tried("chat.postEphemeral"), 20)
        wall.off = AHEAD
        await told(workspace, "It was refused.")


async def test_and_at_the_start_nothing_is_swept_away(tmp_path, wall):
    async with world(tmp_path) as (workspace, settings):
        async with serving(settings, HASTE) as (loops, _):
            await keep(loops, "It was refused.")
        wall.off = AHEAD
        async with served(workspace, settings):
            await told(workspace, "It was refused.")


async def test_a_delivery_that_was_taken_is_known_after_the_jump(tmp_path, wall):
    async with world(tmp_path) as (workspace, settings):
        async with served(workspace, settings):
            await workspace.command(ROBIN, HERE, "/triage", "blue alice")
        wall.off = AHEAD
        async with served(workspace, settings) as loops:
            await keep(loops, "Both have begun.")
            await told(workspace, "Both have begun.")
            count = "SELECT count(*) FROM receipts"
            submit = loops.bot.store._writer.submit
            assert await submit(lambda link: link.execute(count).fetchone()) == (1,)


def test_a_clock_behind_slacks_gives_up_nothing_sooner_either():
    wall = [NOON]
    clock = SlackClock(lambda: wall[0], lambda: 0.0)
    clock.hear("Sun, 01 Mar 2026 12:00:00 GMT")
    for off in (timedelta(hours=-5), timedelta(hours=5)):
        wall[0] = NOON + off
        assert clock.earlier() == min(NOON, wall[0])
