"""Socket Mode against a simulated Slack: answers, losses, renewals, the end."""

import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from handlers import socket as socket_module
from rehearsal.slack import Fault, RateLimited, SocketLoss, Status, Workspace, serve
from tests.handlers.socket_bench import BRISK, SLACK, bench, talking, until

MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "why"},
        }
    ],
}


async def test_a_command_is_answered() -> None:
    async with bench() as at:
        said = await at.say("hello")
    assert said.message["text"] == "heard hello"
    assert said.message["ephemeral"] is True


async def test_an_empty_ack_shows_nothing() -> None:
    async with bench() as at:
        said = await at.say("hush")
    assert said.ok
    assert said.message is None


async def test_a_form_is_opened_refused_and_taken() -> None:
    async with bench() as at:

        @at.app.shortcut("open")
        async def opened(ack, body, client) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
            await ack()

        @at.app.view("form")
        async def sent(ack, view) -> None:
            why = view["state"]["values"]["why"]["why"]["value"]
            if why == "no":
                await ack(response_action="errors", errors={"why": "Say more"})
            else:
                await ack()

        await at.slack.shortcut("U0RESP", "open")
        view = at.slack.views("U0RESP")[0].id
        at.slack.fill(view, "why", "no")
        refused = await at.slack.submit(view)
        at.slack.fill(view, "why", "because")
        taken = await at.slack.submit(view)
    assert refused.errors == {"why": "Say more"}
    assert taken.outcome == "closed"


async def test_an_event_is_taken_once_with_its_retries() -> None:
    async with bench() as at:
        await at.slack.post("U0RESP", "C0INC", "a message")
        await at.slack.settled()
    assert at.heard == ["a message"]


async def test_both_sockets_bring_envelopes() -> None:
    async with bench() as at:
        for number in range(40):
            assert (await at.say(f"no {number}")).ok
        brought = [line._brought > line._began for line in at.sockets._lines]
    assert brought == [True, True]


async def test_what_crashes_is_not_acked_and_hurts_nobody_else() -> None:
    async with bench(replace(SLACK, answer_within=0.3)) as at:
        with capture_logs() as logs:
            assert (await at.say("crash")).timed_out
        assert (await at.say("hello")).ok
    assert [(log["event"], log["status"]) for log in logs] == [
        ("envelope.unanswered", 500)
    ]


async def test_what_bolt_raises_is_not_acked_and_hurts_nobody_else(
    monkeypatch,
) -> None:
    async with bench(replace(SLACK, answer_within=0.3)) as at:
        with monkeypatch.context() as patch, capture_logs() as logs:
            patch.setattr(at.app, "async_dispatch", _broken)
            assert (await at.say("hello")).timed_out
        assert (await at.say("hello")).ok
    assert [log["event"] for log in logs] == ["envelope.crashed"]


async def _broken(_) -> None:
    raise LookupError


async def test_lost_sockets_are_replaced() -> None:
    async with bench() as at:
        at.slack.courier.socket.cut()
        assert at.count == 0
        await at.slack.wait_for(lambda: at.count == 2)
        await until(lambda: not at.sockets.trouble())
        assert (await at.say("hello")).ok


async def test_an_ack_that_cannot_be_sent_is_told_in_the_log() -> None:
    async with bench() as at:
        with capture_logs() as logs:
            begun = asyncio.create_task(at.say("0.2"))
            await until(lambda: at.working)
            at.slack.courier.socket.cut()
            assert not (await begun).ok
            await until(lambda: not at.working)
            await at.slack.wait_for(lambda: at.count == 2)
    assert "envelope.unacked" in [log["event"] for log in logs]


async def test_an_event_whose_socket_was_lost_is_brought_again() -> None:
    async with bench(replace(SLACK, clock_factor=0.01)) as at:
        at.slack.faults.add(Fault("delivery.events_api", SocketLoss()))
        await at.slack.post("U0RESP", "C0INC", "a message")
        await at.slack.wait_for(lambda: at.heard == ["a message"])
        await at.slack.settled()


async def test_a_renewal_that_slack_asks_for_loses_nothing() -> None:
    """The new ones come before the old ones go; what is in work is acked."""
    async with bench() as at:
        begun = asyncio.create_task(at.say("0.3"))
        await until(lambda: at.working)
        least = at.count
        await at.slack.courier.socket.refresh()
        await at.slack.wait_for(lambda: at.count == 4)
        assert (await begun).message["text"] == "heard 0.3"
        said = await asyncio.gather(*(at.say(f"no {one}") for one in range(10)))
        await at.slack.wait_for(lambda: at.count == 2)
        assert least == 2
        assert all(one.ok for one in said)
        assert not at.sockets.trouble()


async def test_a_deaf_socket_is_noticed_and_replaced() -> None:
    """Nothing is read at the other side, and nobody says that the line is gone."""
    async with bench(tempo=replace(BRISK, silence=0.4)) as at:
        deaf = at.slack.courier.socket._sockets[0]
        with capture_logs() as logs:
            deaf._req.transport.pause_reading()
            await at.slack.wait_for(lambda: at.count == 3)
        deaf._req.transport.abort()
        await at.slack.wait_for(lambda: at.count == 2)
        assert (await at.say("hello")).ok
    assert "nothing came for 0.4 s" in [log.get("why") for log in logs]


async def test_a_socket_that_brings_nothing_for_long_is_renewed() -> None:
    async with bench(tempo=replace(BRISK, quiet=0.3)) as at:
        first = set(at.slack.courier.socket._sockets)
        await at.slack.wait_for(
            lambda: not first & set(at.slack.courier.socket._sockets)
        )
        await until(lambda: not at.sockets.trouble())
        assert at.count >= 2


async def test_one_live_socket_is_enough() -> None:
    async with bench() as at:
        at.slack.faults.add(Fault("apps.connections.open", Status(500), times=None))
        at.slack.courier.socket._sockets[0]._req.transport.abort()
        await at.slack.wait_for(lambda: at.count == 1)
        assert at.sockets.trouble() == ""
        assert (await at.say("hello")).ok


async def test_when_slack_is_away_the_trouble_is_told_and_passes() -> None:
    async with bench() as at:
        at.slack.faults.add(Fault("apps.connections.open", Status(503), times=None))
        at.slack.courier.socket.cut()
        await until(lambda: "503" in at.sockets.trouble())
        at.slack.faults.clear()
        await at.slack.wait_for(lambda: at.count == 2)
        await until(lambda: at.sockets.trouble() == "")


async def test_tries_get_rarer() -> None:
    tempo = replace(BRISK, first_wait=0.01, longest_wait=0.08)
    async with bench(tempo=tempo) as at:
        waits, wait = [], 0.0
        for _ in range(6):
            wait = at.sockets._longer(wait)
            waits.append(wait)
    assert waits == [0.01, 0.02, 0.04, 0.08, 0.08, 0.08]


async def test_slack_is_waited_for_when_it_asks() -> None:
    async with bench() as at:
        at.slack.faults.add(Fault("apps.connections.open", RateLimited(1), times=2))
        began = asyncio.get_running_loop().time()
        at.slack.courier.socket.cut()
        await at.slack.wait_for(lambda: at.count == 2)
        assert asyncio.get_running_loop().time() - began >= 1


async def test_a_wrong_token_is_told_by_the_name_of_its_setting() -> None:
    slack = Workspace(SLACK)
    async with (
        serve(slack) as server,
        talking(server.api_url, token=SLACK.app.bot_token) as (_, sockets, _),
    ):
        assert sockets.trouble().endswith("it is still connecting.")
        await until(lambda: "TRIAGE_SLACK_APP_TOKEN" in sockets.trouble())
        assert SLACK.app.bot_token not in sockets.trouble()


async def test_only_so_many_are_worked_on_at_a_time_and_none_is_lost(
    monkeypatch,
) -> None:
    monkeypatch.setattr(socket_module, "AT_ONCE", 3)
    async with bench() as at:
        said = await asyncio.gather(*(at.say("0.05") for _ in range(20)))
    assert all(one.message["text"] == "heard 0.05" for one in said)
    assert at.most == 3


async def test_what_is_in_work_is_acked_before_the_end() -> None:
    async with bench() as at:
        begun = asyncio.create_task(at.say("0.3"))
        await until(lambda: at.working)
        await at.sockets.close()
        assert (await begun).message["text"] == "heard 0.3"
        await asyncio.wait_for(at.running, 1)
        await at.slack.wait_for(lambda: at.count == 0)
        assert "stopping" in at.sockets.trouble()


async def test_a_cancelled_run_acks_what_is_in_work_too() -> None:
    async with bench() as at:
        begun = asyncio.create_task(at.say("0.3"))
        await until(lambda: at.working)
        at.running.cancel()
        assert (await begun).ok
        with pytest.raises(asyncio.CancelledError):
            await at.running


async def test_what_takes_too_long_does_not_keep_the_end_up(monkeypatch) -> None:
    monkeypatch.setattr("handlers.socket_line.FINISH", 0.1)
    async with bench() as at:
        begun = asyncio.create_task(at.say("30"))
        await until(lambda: at.working)
        await asyncio.wait_for(at.sockets.close(), 2)
        assert not (await begun).ok


async def test_closing_before_the_start_or_twice_is_harmless() -> None:
    async with bench() as at:
        await at.sockets.close()
        await at.sockets.close()
    slack = Workspace(SLACK)
    async with serve(slack) as server, talking(server.api_url) as (_, sockets, _):
        await sockets.close()


async def test_no_ticket_and_no_token_is_logged() -> None:
    with capture_logs() as logs:
        async with bench() as at:
            await at.say("secret words")
            at.slack.courier.socket.cut()
            await at.slack.wait_for(lambda: at.count == 2)
    told = str(logs)
    assert logs
    assert "ticket" not in told
    assert "secret words" not in told
    assert SLACK.app.app_token not in told
