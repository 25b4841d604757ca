"""Slash commands: what the app gets, and what the person sees."""

import asyncio

import pytest
from aiohttp import web

from rehearsal.slack import App, UserMistake, Workspace, WorkspaceSettings, serve
from tests.rehearsal_slack.bolt_line import bolt, listening


async def test_the_app_gets_a_commands_form(both) -> None:
    seen = {}
    async with bolt(both) as at:

        @at.app.command("/triage")
        async def heard(ack, body) -> None:
            seen.update(body)
            await ack()

        done = await at.workspace.command("U0RESP", "C0INC", "/triage", "room @sam")
    assert (done.status, done.message) == (200, None)
    assert seen["text"] == "room <@U0SECOND|sam>"
    assert seen["user_id"] == "U0RESP"
    assert seen["channel_name"] == "incidents"
    assert seen["response_url"].startswith(at.server.url)
    assert seen["trigger_id"]


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        ({"text": "psst"}, "ephemeral"),
        ({"text": "psst", "response_type": "ephemeral"}, "ephemeral"),
        ({"text": "psst", "response_type": "in_channel"}, "channel"),
    ],
)
async def test_an_answer_shows_where_it_asks(both, answer, where) -> None:
    async with bolt(both) as at:

        @at.app.command("/triage")
        async def heard(ack) -> None:
            await ack(**answer)

        slack = at.workspace
        done = await slack.command("U0RESP", "C0INC", "/triage")
    assert done.message["text"] == "psst"
    shown = {
        "ephemeral": slack.ephemerals("U0RESP"),
        "channel": slack.messages("C0INC"),
    }
    assert [m["text"] for m in shown.pop(where)] == ["psst"]
    assert shown.popitem()[1] == []


async def test_a_command_in_a_thread_is_refused_by_slack(slack_workspace) -> None:
    ts = (await slack_workspace.post("U0RESP", "C0INC", "top"))["ts"]
    done = await slack_workspace.command("U0RESP", "C0INC", "/triage", "", ts)
    assert done.outcome == "refused"
    assert done.notice == "/triage is not supported in threads. Sorry!"
    assert slack_workspace.journal.deliveries("/triage") == ()


async def test_an_unknown_command_never_reaches_the_app(slack_workspace) -> None:
    done = await slack_workspace.command("U0RESP", "C0INC", "/other")
    assert done.notice == "/other is not a valid command."


@pytest.mark.parametrize(
    ("user", "channel"),
    [("U0LEFT", "C0INC"), ("U0BOT", "C0INC"), ("U0EXT", "C0INC"), ("U9", "C0INC")],
)
async def test_who_is_not_there_cannot_type(slack_workspace, user, channel) -> None:
    with pytest.raises(UserMistake):
        await slack_workspace.command(user, channel, "/triage")


async def test_a_slow_app_fails_with_operation_timeout(both) -> None:
    settings = WorkspaceSettings(transport=both.transport, answer_within=0.1)
    async with bolt(settings) as at:

        @at.app.command("/triage")
        async def slow(ack) -> None:
            await asyncio.sleep(0.3)
            await ack("late")

        done = await at.workspace.command("U0RESP", "C0INC", "/triage")
        assert done.timed_out
        assert done.notice == "/triage failed with the error operation_timeout"
        assert at.workspace.notices("U0RESP") == [done.notice]
        await asyncio.sleep(0.3)
        assert at.workspace.ephemerals("U0RESP") == []


async def test_an_app_that_is_away_fails_with_dispatch_failed(both) -> None:
    workspace = Workspace(both)
    async with serve(workspace):
        workspace.connect_http("http://127.0.0.1:9/slack/events")
        done = await workspace.command("U0RESP", "C0INC", "/triage")
    assert done.notice == "/triage failed with the error dispatch_failed"
    assert not workspace.courier.up


async def test_a_500_fails_with_http_service_error(slack_workspace) -> None:
    async def broken(_request) -> web.Response:
        return web.Response(status=500)

    async with listening(broken) as url:
        slack_workspace.connect_http(url)
        done = await slack_workspace.command("U0RESP", "C0INC", "/triage")
    assert done.status == 500
    assert done.notice.endswith("http_service_error")


async def test_an_answer_that_slack_would_not_show_is_an_error(both) -> None:
    async with bolt(both) as at:

        @at.app.command("/triage")
        async def heard(ack) -> None:
            await ack(text="x", blocks=[{"type": "nonsense"}])

        done = await at.workspace.command("U0RESP", "C0INC", "/triage")
    assert done.notice.endswith("invalid_command_response")
    assert done.message is None
    [entry] = at.workspace.journal.refused()
    assert (entry.kind, entry.outcome) == ("answer", "invalid_blocks")


async def test_words_stay_as_typed_without_escaping() -> None:
    seen = {}
    settings = WorkspaceSettings(app=App(should_escape=False))
    async with bolt(settings) as at:

        @at.app.command("/triage")
        async def heard(ack, body) -> None:
            seen.update(body)
            await ack()

        await at.workspace.command("U0RESP", "C0INC", "/triage", "a < @sam")
    assert seen["text"] == "a < @sam"
