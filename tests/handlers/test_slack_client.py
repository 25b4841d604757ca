"""The Web API client: every kind of trouble has its class, and nothing is repeated."""

import json
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from handlers.slack import (
    SlackRateLimited,
    SlackRejected,
    SlackUnsure,
    open_slack,
)
from rehearsal.slack import (
    App,
    Delay,
    DropAfter,
    DropBefore,
    Fault,
    RateLimited,
    Status,
    Workspace,
    WorkspaceSettings,
    serve,
)
from tests.fakes.slack_calls import HERE, client

POST, READ = "chat.postMessage", "conversations.history"
TEXT = {"channel": HERE, "text": "x"}


@asynccontextmanager
async def calling(settings=None, token="xoxb-simulated", seconds=5.0, routes=()):
    workspace = Workspace(settings or WorkspaceSettings())
    async with serve(workspace, extra_routes=routes) as server:
        base = f"{server.url}/odd/" if routes else server.api_url
        async with client(base, token, seconds) as slack:
            yield workspace, slack


async def test_an_answer_is_given_and_remembered():
    async with calling() as (workspace, slack):
        assert (slack.answered_at, bool(slack.trouble)) == (None, True)
        answer = await slack.call(POST, **TEXT, thread_ts=None)
        assert workspace.message(answer["ts"])["text"] == "x"
        assert slack.answered_at is not None
        assert slack.trouble == ""
        assert "thread_ts" not in workspace.journal.calls(POST)[0].arguments


@pytest.mark.parametrize(
    "effect",
    [DropBefore(), DropAfter(), Status(500), Status(502), Status(503), Delay(0.2)],
    ids=str,
)
@pytest.mark.parametrize("method", [POST, "chat.update", READ])
async def test_no_usable_answer_is_unsure_and_never_repeated(effect, method):
    async with calling(seconds=0.1) as (workspace, slack):
        workspace.faults.add(Fault(method, effect, times=None))
        with pytest.raises(SlackUnsure):
            await slack.call(method, **TEXT)
        assert slack.trouble
        assert slack.answered_at is None
        await workspace.settled()
        # aiohttp itself asks once more when the connection breaks under a read.
        broken_read = method == READ and isinstance(effect, DropBefore | DropAfter)
        assert len(workspace.journal.calls(method)) == (2 if broken_read else 1)


async def test_nobody_listening_is_unsure():
    async with calling() as (_, slack):
        slack.web.base_url = "http://127.0.0.1:1/api/"
        with pytest.raises(SlackUnsure, match="did not answer"):
            await slack.call(POST, **TEXT)


async def test_a_429_says_how_long_and_of_which_method():
    async with calling() as (workspace, slack):
        workspace.faults.add(Fault("web_api", RateLimited(7)))
        with pytest.raises(SlackRateLimited) as caught:
            await slack.call(POST, **TEXT)
        assert (caught.value.seconds, caught.value.method) == (7, POST)
        assert "slow down" in slack.trouble
        assert len(workspace.journal.calls()) == 1


async def test_a_refusal_names_its_code_and_is_no_trouble():
    async with calling() as (_, slack):
        with pytest.raises(SlackRejected) as caught:
            await slack.call(POST, channel="C0GEN", text="x")
        assert caught.value.code == "not_in_channel"
        assert slack.trouble == ""
        assert slack.answered_at is not None


async def test_a_missing_scope_is_named():
    app = App(scopes=frozenset({"channels:read"}))
    async with calling(WorkspaceSettings(app=app)) as (_, slack):
        with pytest.raises(SlackRejected, match="chat:write") as caught:
            await slack.call(POST, **TEXT)
        assert (caught.value.code, caught.value.needed) == (
            "missing_scope",
            "chat:write",
        )


async def test_a_token_that_is_no_good_is_trouble_until_an_answer():
    async with calling(token="xoxb-wrong") as (_, slack):
        with pytest.raises(SlackRejected) as caught:
            await slack.call("auth.test")
        assert caught.value.code == "invalid_auth"
        assert "token" in slack.trouble
        slack.web.token = "xoxb-simulated"
        await slack.call("auth.test")
        assert slack.trouble == ""


def odd(status=200, text="", content_type="application/json", headers=None):
    """Answer everything with this."""

    async def answer(request):
        return web.Response(
            status=status, text=text, content_type=content_type, headers=headers
        )

    return [("*", "/odd/{method}", answer)]


@pytest.mark.parametrize(
    ("status", "text", "content_type"),
    [
        (502, "<html>Bad gateway</html>", "text/html"),
        (200, "<html>Sign in</html>", "text/html"),
        (200, "hello", "text/plain"),
        (502, "no upstream", "text/plain"),
        (200, '["a list"]', "application/json"),
        (200, "null", "application/json"),
        (200, '{"ok": tr', "application/json"),
        (503, "<html>", "application/json"),
        (403, "", "text/plain"),
        (200, '{"ok": false, "error": "internal_error"}', "application/json"),
        (200, '{"ok": false, "error": "team_added_to_org"}', "application/json"),
    ],
)
async def test_what_is_no_answer_of_slack_is_unsure(status, text, content_type):
    async with calling(routes=odd(status, text, content_type)) as (_, slack):
        with pytest.raises(SlackUnsure):
            await slack.call(POST, **TEXT)
        assert slack.trouble


@pytest.mark.parametrize(
    ("status", "text", "header", "seconds"),
    [
        (429, "<html>", "12", 12),
        (429, '{"ok": false, "error": "ratelimited"}', None, 1),
        (200, '{"ok": false, "error": "rate_limited"}', "3", 3),
        (429, "{}", "soon", 1),
        (429, "{}", "99999", 120),
        (429, "{}", "0", 0.5),
    ],
)
async def test_any_429_has_a_wait_within_reason(status, text, header, seconds):
    headers = {"Retry-After": header} if header else None
    async with calling(routes=odd(status, text, headers=headers)) as (_, slack):
        with pytest.raises(SlackRateLimited) as caught:
            await slack.call(POST, **TEXT)
        assert caught.value.seconds == seconds


async def test_writes_are_json_and_reads_are_queries():
    heard = []

    async def hear(request):
        heard.append((request.method, dict(request.query), await request.text()))
        return web.json_response({"ok": True})

    async with calling(routes=[("*", "/odd/{method}", hear)]) as (_, slack):
        await slack.call(POST, text="é", metadata={"a": 1}, cursor=None)
        await slack.call("views.open", view={"type": "modal"})
        await slack.call("conversations.replies", ts="1.2", all=True, cursor=None)
    (post, view, read) = heard
    assert (post[0], post[1]) == ("POST", {})
    assert json.loads(post[2]) == {"text": "é", "metadata": {"a": 1}}
    assert json.loads(view[2]) == {"view": {"type": "modal"}}
    assert read == ("GET", {"ts": "1.2", "all": "1"}, "")


async def test_the_bot_s_own_client_shares_one_session_and_closes_it():
    workspace = Workspace()
    async with serve(workspace) as server:
        async with open_slack("xoxb-simulated", server.api_url) as slack:
            workspace.faults.add(Fault(POST, DropAfter()))
            with pytest.raises(SlackUnsure):
                await slack.call(POST, **TEXT)
            await slack.call("auth.test")
            session = slack.web.session
            assert not session.closed
        assert session.closed
    assert len(workspace.messages(HERE)) == 1


async def test_a_token_is_blanked_in_whatever_is_said():
    text = "it says xoxb-1-canary"
    block = {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}
    async with calling() as (workspace, slack):
        await slack.call(POST, channel=HERE, text=text, blocks=[block])
        (call,) = workspace.journal.calls(POST)
    assert "canary" not in str(call.arguments)
    assert str(call.arguments).count("[secret]") == 2
