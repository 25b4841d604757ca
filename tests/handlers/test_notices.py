"""Notices: each person is told once, in order, also after an outage."""

import asyncio
from datetime import timedelta

import pytest

from bot.store.rows import UNSTORED, Notice
from rehearsal.slack import Fault, RateLimited, Status
from tests.fakes.slack_calls import HERE, OPENER, client, house, now, until

WHISPER, POST = "chat.postEphemeral", "chat.postMessage"


async def keep(at, text, user=OPENER, channel=HERE, **more) -> None:
    at_, life = now(), more.pop("life", timedelta(hours=1))
    thread = more.pop("thread", None)
    row = Notice(UNSTORED, channel, user, thread, text, at_, at_ + life)
    await at.store.add_notice(row)
    at.service.bells.notices.ring()


async def delivered(at) -> None:
    """Wait until none is kept any more."""

    async def none_left():
        return not await at.store.notices(now(), 1)

    await until(none_left)


def whispers(at, user=OPENER):
    return [m["text"] for m in at.workspace.ephemerals(user)]


async def test_each_is_shown_once_to_its_person_alone_and_in_order(tmp_path):
    async with house(tmp_path) as at, at.telling():
        for number in range(5):
            await keep(at, f"no {number}")
        await keep(at, "not you", user="U0SECOND")
        await delivered(at)
        assert whispers(at) == [f"no {number}" for number in range(5)]
        assert whispers(at, "U0SECOND") == ["not you"]
        assert at.workspace.messages(HERE) == []


async def test_more_than_fit_in_one_look_are_all_told(tmp_path):
    async with house(tmp_path) as at:
        for number in range(120):
            await keep(at, f"no {number}")
        async with at.telling():
            await delivered(at)
        assert whispers(at) == [f"no {number}" for number in range(120)]


async def test_one_stands_in_its_thread(tmp_path):
    async with house(tmp_path) as at, at.telling():
        parent = (await at.workspace.post(OPENER, HERE, "help"))["ts"]
        await keep(at, "no", thread=parent)
        await delivered(at)
        assert at.workspace.ephemerals(OPENER)[0]["thread_ts"] == parent


@pytest.mark.parametrize("user", ["U0EXT", "U0RESP"])
async def test_where_whispering_cannot_be_it_is_a_direct_message(tmp_path, user):
    channel = HERE if user == "U0EXT" else "C0GEN"
    async with house(tmp_path) as at, at.telling():
        await keep(at, "psst", user=user, channel=channel)
        await delivered(at)
        assert at.told(user) == ["psst"]


async def test_one_without_a_channel_is_a_direct_message(tmp_path):
    async with house(tmp_path) as at, at.telling():
        await keep(at, "invite me", channel=OPENER)
        await delivered(at)
        assert at.told(OPENER) == ["invite me"]
        assert at.calls(WHISPER) == []


@pytest.mark.parametrize("effect", [Status(500), RateLimited(1)], ids=str)
async def test_an_outage_keeps_all_and_their_order(tmp_path, effect):
    async with house(tmp_path) as at, at.telling():
        at.workspace.faults.add(Fault(WHISPER, effect))
        at.workspace.faults.add(Fault(POST, effect, times=None))
        for number in range(3):
            await keep(at, f"no {number}")
        await delivered(at)
        assert whispers(at) == ["no 0", "no 1", "no 2"]
        tried, again = at.calls(WHISPER)[:2]
        assert tried.arguments == again.arguments
        assert len(at.calls(WHISPER)) == 4


async def test_they_outlive_the_bot(tmp_path):
    async with house(tmp_path) as at:
        at.workspace.faults.outage(500)
        async with at.telling():
            await keep(at, "no")
            await at.workspace.wait_for(lambda: len(at.calls()) > 1)
        at.workspace.faults.clear()
        async with at.telling():
            await delivered(at)
        assert whispers(at) == ["no"]


async def test_a_late_one_is_dropped(tmp_path):
    async with house(tmp_path) as at:
        at.workspace.faults.outage(500)
        async with at.telling():
            await keep(at, "too late", life=timedelta(seconds=0.1))
            await keep(at, "still good")
            await asyncio.sleep(0.12)
            at.workspace.faults.clear()
            await delivered(at)
        assert whispers(at) == ["still good"]


async def test_one_that_nobody_can_get_is_dropped_and_stops_no_other(tmp_path):
    async with house(tmp_path) as at, at.telling():
        await keep(at, "hello?", user="U0NOBODY")
        await keep(at, "no")
        await delivered(at)
        assert whispers(at) == ["no"]
        events = [one["event"] for one in at.logs]
        assert events.count("notice.undeliverable") == 1


async def test_one_that_does_not_open_is_told_to_nobody_and_stops_no_other(tmp_path):
    async with house(tmp_path) as at:
        for text in ("for another", "no", "nor this"):
            await keep(at, text)
        moved = "UPDATE notices SET person = 'U0SECOND' WHERE id = 1"
        await at.store._writer.submit(lambda link: link.execute(moved).rowcount)
        async with at.telling():
            await delivered(at)
        assert whispers(at) == ["no", "nor this"]
        assert whispers(at, "U0SECOND") == []
        assert [one["event"] for one in at.logs].count("row.broken") == 1


async def test_without_a_valid_token_nothing_is_dropped(tmp_path):
    async with house(tmp_path) as at:
        good, url = at.slack, at.workspace.api_url
        async with client(url, "xoxb-revoked") as at.slack, at.telling():
            await keep(at, "no")
            await at.workspace.wait_for(lambda: len(at.calls()) > 3)
        at.slack = good
        async with at.telling():
            await delivered(at)
        assert whispers(at) == ["no"]


async def test_nothing_to_tell_calls_nothing(tmp_path):
    async with house(tmp_path) as at, at.telling():
        at.service.bells.notices.ring()
        await asyncio.sleep(0.03)
        assert at.calls() == []
