"""Opening a socket: what the other side may do, and what is said of it."""

import asyncio
import json
import logging
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from handlers import socket_opening
from handlers.socket_line import acknowledgement
from handlers.socket_opening import SocketTrouble, frame, open_socket
from rehearsal.slack import Limits, Workspace, WorkspaceSettings, serve
from tests.handlers.socket_bench import SLACK, talking, until

HELLO = {"type": "hello", "num_connections": 1}


class Slack:
    """A Slack of which a test says what it answers and what it sends first."""

    def __init__(self) -> None:
        self.ticket = None
        self.script = [HELLO]
        self.heard = []
        self.refuses = 0
        self.gone = asyncio.Event()

    async def give(self, request: web.Request) -> web.Response:
        return self.ticket or web.json_response(
            {"ok": True, "url": f"ws://{request.host}/link?ticket=a-ticket"}
        )

    async def accept(self, request: web.Request) -> web.StreamResponse:
        if self.refuses:
            return web.Response(status=self.refuses)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        for step in self.script:
            await _play(socket, step)
        async for message in socket:
            self.heard.append((message.type.name, message.data))
        self.gone.set()
        return socket


async def _play(socket, step) -> None:
    if step == "ping":
        await socket.ping(b"here?")
    elif step == "close":
        await socket.close()
    elif isinstance(step, bytes):
        await socket.send_bytes(step)
    elif isinstance(step, str):
        await socket.send_str(step)
    else:
        await socket.send_json(step)


@asynccontextmanager
async def served(slack):
    app = web.Application()
    app.router.add_post("/api/apps.connections.open", slack.give)
    app.router.add_get("/link", slack.accept)
    async with TestServer(app, shutdown_timeout=0.1) as server:
        yield str(server.make_url("/api/"))


@pytest.fixture
async def slack():
    return Slack()


async def opening(slack, api_url=None):
    async with served(slack) as url, aiohttp.ClientSession() as session:
        web_client = AsyncWebClient(
            base_url=api_url or url, session=session, retry_handlers=[]
        )
        socket = await open_socket(session, web_client, "xapp-token")
        await socket.close()


async def trouble_of(slack, api_url=None) -> SocketTrouble:
    with pytest.raises(SocketTrouble) as caught:
        await opening(slack, api_url)
    assert "a-ticket" not in str(caught.value)
    assert "xapp-token" not in str(caught.value)
    return caught.value


async def test_a_hello_opens_and_a_ping_before_it_is_answered(slack) -> None:
    slack.script = ["ping", HELLO]
    await opening(slack)
    await slack.gone.wait()
    assert slack.heard == [("PONG", b"here?")]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("link_disabled", "switch it on"),
        ("too_many_websockets", "ten sockets"),
        ("warning", "Slack sent us away (warning)"),
    ],
)
async def test_being_sent_away_is_told(slack, reason, words) -> None:
    slack.script = [{"type": "disconnect", "reason": reason}]
    assert words in str(await trouble_of(slack))


@pytest.mark.parametrize("first", ["no json", "[]", {"type": "other"}])
async def test_something_else_than_hello_is_told(slack, first) -> None:
    slack.script = [first]
    assert "no hello" in str(await trouble_of(slack))


@pytest.mark.parametrize("first", ["close", b"bytes"])
async def test_an_end_before_hello_is_told(slack, first) -> None:
    slack.script = [first]
    assert "before Slack's hello" in str(await trouble_of(slack))


async def test_no_hello_in_time_is_told(slack, monkeypatch) -> None:
    monkeypatch.setattr(socket_opening, "PATIENCE", 0.1)
    slack.script = []
    assert "no hello came" in str(await trouble_of(slack))


async def test_a_refused_connection_is_told(slack) -> None:
    slack.refuses = 401
    assert "refused (401)" in str(await trouble_of(slack))


async def test_nobody_there_is_told(slack) -> None:
    assert "no answer" in str(await trouble_of(slack, "http://127.0.0.1:9/api/"))


async def test_nobody_at_the_sockets_address_is_told(slack) -> None:
    url = "ws://127.0.0.1:9/link?ticket=a-ticket"
    slack.ticket = web.json_response({"ok": True, "url": url})
    assert "no connection" in str(await trouble_of(slack))


@pytest.mark.parametrize("code", ["invalid_auth", "not_allowed_token_type"])
async def test_a_wrong_token_is_told_by_its_setting(slack, code) -> None:
    slack.ticket = web.json_response({"ok": False, "error": code})
    told = str(await trouble_of(slack))
    assert "TRIAGE_SLACK_APP_TOKEN" in told
    assert code in told


@pytest.mark.parametrize(
    ("header", "seconds"),
    [({"Retry-After": "7"}, 7), ({}, 30), ({"Retry-After": "x"}, 30)],
)
async def test_how_long_to_wait_is_kept(slack, header, seconds) -> None:
    answer = {"ok": False, "error": "ratelimited"}
    slack.ticket = web.json_response(answer, status=429, headers=header)
    assert (await trouble_of(slack)).seconds == seconds


async def test_a_page_in_place_of_an_answer_is_told(slack) -> None:
    """A proxy's 502 is no JSON, and comes from the SDK in another shape."""
    page = "<html>Bad gateway</html>"
    slack.ticket = web.Response(status=502, text=page, content_type="text/html")
    assert "502" in str(await trouble_of(slack))


async def test_with_ten_sockets_open_elsewhere_the_trouble_says_so() -> None:
    full = Workspace(
        WorkspaceSettings(transport="socket", limits=Limits(enabled=False))
    )
    async with serve(full) as server, aiohttp.ClientSession() as session:
        web_client = AsyncWebClient(base_url=server.api_url, session=session)
        token = SLACK.app.app_token
        others = [await open_socket(session, web_client, token) for _ in range(10)]
        async with talking(server.api_url) as (_, sockets, _):
            await until(lambda: "ten sockets" in sockets.trouble())
        for other in others:
            await other.close()


async def test_frames_that_mean_nothing_are_passed_over(slack) -> None:
    """Neither noise nor an unknown type ends the line."""
    envelope = {"envelope_id": "1", "type": "events_api", "payload": {"type": "x"}}
    slack.script = [HELLO, "noise", b"bytes", {"type": "other"}, "[]", "ping", envelope]
    async with served(slack) as url, talking(url) as (_, sockets, _):
        await until(lambda: sum(kind == "PONG" for kind, _ in slack.heard) == 2)
        assert sockets.trouble() == ""


@pytest.mark.parametrize("text", ["", "null", "3", "[1]", '"a"', "{"])
def test_what_is_no_object_is_an_empty_frame(text) -> None:
    assert frame(text) == {}


class Recorder:
    """Stands where Bolt's own adapter has its client."""

    def __init__(self) -> None:
        self.sent = []
        self.logger = logging.getLogger(__name__)

    async def send_socket_mode_response(self, response) -> None:
        self.sent.append(json.loads(json.dumps(response.to_dict())))


@pytest.mark.parametrize(
    "told",
    [
        BoltResponse(status=200),
        BoltResponse(status=200, body=""),
        BoltResponse(status=200, body="plain words"),
        BoltResponse(status=200, body={"text": "Grüße", "blocks": []}),
        BoltResponse(status=200, body={"response_action": "clear"}),
        BoltResponse(
            status=200,
            body='{"options": []}',
            headers={"content-type": ["application/json;charset=utf-8"]},
        ),
        BoltResponse(status=404, body="not found"),
        BoltResponse(status=500),
    ],
    ids=lambda told: f"{told.status} {told.body}",
)
async def test_an_envelope_is_acked_as_bolts_own_adapter_does(told) -> None:
    bolts = Recorder()
    request = SocketModeRequest(type="interactive", envelope_id="1", payload={})
    await send_async_response(bolts, request, told, 0.0)
    ours = acknowledgement("1", told)
    assert bolts.sent == ([] if ours is None else [ours])
