"""Faults: each does what it says, as often as it says, and then stops."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from rehearsal.slack import (
    Delay,
    DropAfter,
    DropBefore,
    Duplicate,
    Fault,
    Hang,
    RateLimited,
    Reorder,
    Status,
    Workspace,
    WorkspaceSettings,
)
from rehearsal.slack.delivery.background import Background
from rehearsal.slack.faults import Faults
from tests.rehearsal_slack.bolt_line import bolt, calls

POST = "chat.postMessage"


async def post(client, text="x"):
    return await client.chat_postMessage(channel="C0INC", text=text)


async def test_drop_after_stores_the_message_and_loses_the_answer() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        slack.faults.add(Fault(POST, DropAfter()))
        with pytest.raises(aiohttp.ClientError):
            await post(client)
        assert len(slack.messages("C0INC")) == 1
        await post(client)
    assert [e.outcome for e in slack.journal.calls(POST)] == ["drop_after", "ok"]


async def test_drop_before_does_nothing() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        slack.faults.add(Fault(POST, DropBefore()))
        with pytest.raises(aiohttp.ClientError):
            await post(client)
    assert slack.messages("C0INC") == []
    assert slack.journal.calls(POST)[0].outcome == "drop_before"


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_status_answers_in_place_of_the_method(status) -> None:
    slack = Workspace()
    async with calls(slack) as client:
        slack.faults.add(Fault(POST, Status(status), times=2))
        for _ in range(2):
            with pytest.raises(SlackApiError) as caught:
                await post(client)
            assert caught.value.response.status_code == status
        await post(client)
    assert len(slack.messages("C0INC")) == 1


async def test_ratelimited_says_how_long() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        slack.faults.add(Fault("web_api", RateLimited(7)))
        with pytest.raises(SlackApiError) as caught:
            await client.auth_test()
    assert caught.value.response.headers["Retry-After"] == "7"


@pytest.mark.parametrize("status", [500, 429])
async def test_an_outage_lasts_until_it_is_cleared(status) -> None:
    slack = Workspace()
    async with calls(slack) as client:
        slack.faults.outage(status)
        for _ in range(3):
            with pytest.raises(SlackApiError) as caught:
                await client.auth_test()
            assert caught.value.response.status_code == status
        slack.faults.clear()
        assert (await client.auth_test())["ok"]


async def test_a_duplicate_call_is_done_twice() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        slack.faults.add(Fault(POST, Duplicate()))
        await post(client)
    assert len(slack.messages("C0INC")) == 2


async def test_a_delay_and_the_latency_take_their_time() -> None:
    slack = Workspace(WorkspaceSettings(latency=0.03))
    async with calls(slack) as client:
        slack.faults.add(Fault(POST, Delay(0.05)))
        await post(client)
        await post(client)
    slow, usual = slack.journal.calls(POST)
    assert slow.took >= 0.08
    assert usual.took >= 0.03


async def test_a_duplicate_delivery_reaches_the_app_twice(both) -> None:
    heard = []
    async with bolt(both) as at:

        @at.app.event("message")
        async def hear(body) -> None:
            heard.append(body["event_id"])

        at.workspace.faults.add(Fault("delivery", Duplicate()))
        await at.workspace.post("U0RESP", "C0INC", "hello")
        await at.workspace.settled()
    assert len(heard) == 2
    assert len(set(heard)) == 1


async def test_reordered_deliveries_arrive_the_other_way_round(both) -> None:
    heard = []
    async with bolt(both) as at:

        @at.app.event("message")
        async def hear(event) -> None:
            heard.append(event["text"])

        at.workspace.faults.add(Fault("delivery", Reorder()))
        await at.workspace.post("U0RESP", "C0INC", "first")
        await at.workspace.post("U0RESP", "C0INC", "second")
        await at.workspace.settled()
    assert heard == ["second", "first"]


async def test_a_lost_answer_shows_the_person_a_failure(both) -> None:
    heard = []
    async with bolt(both) as at:

        @at.app.command("/triage")
        async def hear(ack) -> None:
            await ack()
            heard.append(1)

        at.workspace.faults.add(Fault("delivery.slash_commands", DropAfter()))
        done = await at.workspace.command("U0RESP", "C0INC", "/triage")
    assert heard == [1]
    assert done.notice.endswith("operation_timeout")


@given(st.lists(st.integers(1, 4), max_size=6), st.integers(0, 30))
def test_faults_strike_as_often_as_they_say(times, calls_made) -> None:
    faults = Faults()
    for number in times:
        faults.add(Fault("here", Status(500 + number), times=number))
    struck = sum(len(faults.take("here")) for _ in range(calls_made))
    assert struck <= sum(times)
    while faults.take("here"):
        struck += 1
    assert faults.take("here") == ()


def test_equal_faults_strike_one_call_each() -> None:
    faults = Faults()
    for _ in range(2):
        faults.add(Fault("here", Status(500)))
    assert [len(faults.take("here")) for _ in range(3)] == [1, 1, 0]


def test_a_fault_waits_for_its_condition_and_its_place() -> None:
    faults, gate = Faults(), []
    faults.add(Fault("here", Status(), times=None, when=lambda: bool(gate)))
    assert faults.take("here") == ()
    gate.append(1)
    assert faults.take("there") == ()
    assert len(faults.take("here")) == 1
    everywhere = Fault("*", Status(503))
    faults.add(everywhere)
    assert everywhere.what in faults.take("there")


async def test_reordered_calls_are_done_the_other_way_round() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        slack.faults.add(Fault(POST, Reorder()))
        first = asyncio.create_task(post(client, "first"))
        await slack.wait_for(lambda: slack.api.under_way)
        await post(client, "second")
        await first
    assert [m["text"] for m in slack.messages("C0INC")] == ["second", "first"]


async def test_an_error_in_the_background_is_raised_at_the_end() -> None:
    async def fails() -> None:
        raise ValueError

    background = Background()
    background.start(fails())
    await asyncio.sleep(0)
    with pytest.raises(ExceptionGroup):
        await background.stop()
    await background.stop()


async def test_a_delivery_that_is_late_is_done_but_failed(both) -> None:
    heard = []
    async with bolt(replace(both, answer_within=0.5)) as at:

        @at.app.command("/triage")
        async def hear(ack) -> None:
            heard.append(1)
            await ack("late")

        at.workspace.faults.add(Fault("delivery.slash_commands", Delay(0.55)))
        done = await at.workspace.command("U0RESP", "C0INC", "/triage")
    assert heard == [1]
    assert done.timed_out
    assert at.workspace.ephemerals("U0RESP") == []


async def test_a_hanging_call_is_done_before_its_answer_comes() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        slack.faults.add(Fault(POST, Hang(0.2)))
        waiting = asyncio.create_task(post(client))
        await slack.wait_for(lambda: slack.messages("C0INC"), 5)
        assert not waiting.done()
        await waiting


async def test_a_fault_can_be_for_one_kind_of_payload() -> None:
    slack = Workspace()
    slack.connect_http("http://127.0.0.1:9/nobody")
    slack.faults.add(Fault("delivery./triage", Status(502)))
    slack.faults.add(Fault("delivery.block_actions", Status(503)))
    async with calls(slack):
        told = await slack.command("U0RESP", "C0INC", "/triage")
    assert told.status == 502
