"""The HTTP routes, with a real Bolt app and really signed webhooks."""

import json
import logging
import time
from base64 import b64encode
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from urllib.parse import urlencode

import pytest
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.test_utils import TestClient, TestServer
from livekit import api
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from bot.clients.diagnostics import DiagnosticsDoor
from bot.clients.webhooks import BODY_LIMIT as WEBHOOK_LIMIT
from bot.clients.webhooks import WebhookDoor
from bot.engine.diagnostics import NoRings
from bot.engine.foreground import Foreground
from handlers.diagnostics import DiagnosticsRoute
from handlers.edge import Edge
from handlers.listening import ServerLog
from handlers.web import WebParts, application
from rehearsal.slack import Workspace, WorkspaceSettings, serve
from rehearsal.slack.delivery.http import FORM, signed
from rehearsal.slack.settings import App

SECRET = App().signing_secret
KEY, KEY_SECRET = "APIkey", "a secret of LiveKit with thirty-two characters"


class Recorded:
    def __init__(self) -> None:
        self.moves = []
        self.broken = False

    async def __call__(self, moves) -> int:
        if self.broken:
            raise OSError
        self.moves += moves
        return len(moves)


def bolt(foreground) -> AsyncApp:
    authorised = AuthorizeResult(
        enterprise_id=None, team_id="T0TEAM", bot_id="B0BOT", bot_user_id="U0BOT"
    )

    async def authorize() -> AuthorizeResult:
        return authorised

    app = AsyncApp(
        client=AsyncWebClient(),
        signing_secret=SECRET,
        authorize=authorize,
        process_before_response=True,
    )

    @app.command("/triage")
    async def heard(ack, command) -> None:
        words = "busy" if not foreground._quiet.is_set() else "quiet"
        if command["text"] == "hush":
            await ack()
        else:
            await ack(text=f"{words}: {command['text']}", response_type="ephemeral")

    return app


@pytest.fixture
def recorded():
    return Recorded()


@pytest.fixture
def parts(recorded):
    foreground = Foreground()

    async def ready():
        return []

    return WebParts(
        edge=Edge(SECRET),
        bolt=bolt(foreground),
        door=WebhookDoor(KEY, KEY_SECRET),
        record=recorded,
        ready=ready,
        foreground=foreground,
    )


@asynccontextmanager
async def served(parts):
    async with TestClient(TestServer(application(parts))) as client:
        yield client


async def slack(client, body, kind=FORM, path="/slack/events"):
    headers = signed(SECRET, body, int(time.time())) | {"Content-Type": kind}
    async with client.post(path, data=body, headers=headers) as response:
        return response.status, response.content_type, await response.text()


def typed(text) -> bytes:
    return urlencode(
        {"command": "/triage", "text": text, "team_id": "T0TEAM", "user_id": "U0RESP"}
    ).encode()


async def test_a_command_is_answered_by_bolt(parts) -> None:
    async with served(parts) as client:
        status, kind, text = await slack(client, typed("Grüße & more"))
    assert (status, kind) == (200, "application/json")
    assert json.loads(text) == {
        "text": "busy: Grüße & more",
        "response_type": "ephemeral",
    }


async def test_an_empty_ack_is_an_empty_answer(parts) -> None:
    async with served(parts) as client:
        status, _, text = await slack(client, typed("hush"))
    assert (status, text) == (200, "")


async def test_background_work_may_go_on_after_a_request(parts) -> None:
    async with served(parts) as client:
        await slack(client, typed("hello"))
    assert parts.foreground._quiet.is_set()


async def test_slack_comes_in_over_this_door(parts) -> None:
    """The whole way: the simulated Slack signs, the edge verifies, Bolt answers."""
    workspace = Workspace(WorkspaceSettings(clock_factor=0.0))
    async with serve(workspace), served(parts) as client:
        workspace.connect_http(str(client.make_url("/slack/events")))
        seen = await workspace.command("U0RESP", "C0INC", "/triage", "alpha")
    assert seen.message["text"] == "busy: alpha"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{broken", "application/json"),
        (b"payload={broken", FORM),
        (b"text=\xff\xfe", FORM),
    ],
)
async def test_a_signed_body_that_cannot_be_read_is_refused(parts, body, kind) -> None:
    async with served(parts) as client:
        with capture_logs() as logs:
            status, _, text = await slack(client, body, kind)
    assert status == 400
    assert "broken" not in text + str(logs)


async def test_an_unsigned_request_never_reaches_bolt(parts) -> None:
    async with (
        served(parts) as client,
        client.post("/slack/events", data=b"ssl_check=1") as response,
    ):
        assert response.status == 401


async def test_with_socket_mode_there_is_no_route_for_slack(parts) -> None:
    async with served(replace(parts, edge=None)) as client:
        assert (await slack(client, typed("hello")))[0] == 404


@pytest.mark.parametrize("path", ["/", "/slack", "/slack/events/more", "/metrics"])
async def test_everything_else_is_not_found(parts, path) -> None:
    async with served(parts) as client:
        assert (await slack(client, typed("hello"), path=path))[0] == 404


def webhook(event="participant_joined") -> tuple[bytes, str]:
    body = json.dumps(
        {
            "event": event,
            "id": "EV_1",
            "createdAt": str(int(time.time())),
            "room": {"name": "alpha"},
            "participant": {"identity": "ann", "sid": "PA_1"},
        }
    ).encode()
    return body, _token(body)


def _token(body, secret=KEY_SECRET) -> str:
    digest = b64encode(sha256(body).digest()).decode()
    return api.AccessToken(KEY, secret).with_sha256(digest).to_jwt()


async def told(client, body, token):
    headers = {"Authorization": token, "Content-Type": "application/webhook+json"}
    async with client.post("/livekit/webhook", data=body, headers=headers) as response:
        return response.status


async def test_a_webhook_is_recorded(parts, recorded) -> None:
    async with served(parts) as client:
        assert await told(client, *webhook()) == 200
    assert [(move.room, move.identity) for move in recorded.moves] == [("alpha", "ann")]


async def test_a_webhook_of_another_kind_is_taken(parts, recorded) -> None:
    async with served(parts) as client:
        assert await told(client, *webhook("room_started")) == 200
    assert recorded.moves == []


async def test_a_webhook_that_livekit_did_not_sign_is_refused(parts, recorded) -> None:
    body, _ = webhook()
    async with served(parts) as client:
        other = _token(body, "another secret of the right length, or more")
        assert await told(client, body, other) == 401
        assert await told(client, body + b" ", _token(body)) == 401
        assert await told(client, body, "") == 401
    assert recorded.moves == []


async def test_a_webhook_that_is_too_long_is_refused(parts, recorded) -> None:
    body = (WEBHOOK_LIMIT + 1) * b" "
    async with served(parts) as client:
        assert await told(client, body, _token(body)) == 413
    assert recorded.moves == []


async def test_a_webhook_of_unknown_length_is_bounded_too(parts, recorded) -> None:
    async def pieces():
        for _ in range(5):
            yield (WEBHOOK_LIMIT // 4) * b" "

    async with served(parts) as client:
        assert await told(client, pieces(), _token(b"")) == 413
    assert recorded.moves == []


async def test_a_webhook_that_cannot_be_recorded_is_told_again(parts, recorded) -> None:
    recorded.broken = True
    async with served(parts) as client:
        assert await told(client, *webhook()) == 500


async def test_the_process_says_that_it_lives(parts) -> None:
    async with served(parts) as client, client.get("/healthz") as response:
        assert (response.status, await response.json()) == (200, {"alive": True})


async def test_the_bot_says_that_it_is_ready(parts) -> None:
    async with served(parts) as client, client.get("/readyz") as response:
        assert response.status == 200
        assert await response.json() == {"ready": True, "reasons": []}


async def test_the_bot_says_why_it_is_not_ready(parts) -> None:
    async def ready():
        return ("Slack did not answer.",)

    async with (
        served(replace(parts, ready=ready)) as client,
        client.get("/readyz") as response,
    ):
        assert response.status == 503
        assert (await response.json())["reasons"] == ["Slack did not answer."]


async def test_diagnostics_are_posted_beside_the_webhooks(parts) -> None:
    door, off = DiagnosticsDoor([b"m" * 32]), NoRings("No key is set.")
    given = replace(parts, diagnostics=DiagnosticsRoute(door, off))
    async with (
        served(given) as client,
        client.post("/diagnostics/v1/rooms/lobby", data=b"{}") as response,
    ):
        assert response.status == 503
        assert await response.json() == {"reason": "No key is set."}


def test_a_fault_of_ours_is_logged_whole_and_a_broken_request_by_its_kind(caplog):
    log = ServerLog(logging.getLogger("aiohttp.server"))
    with capture_logs() as told:
        log.exception("It failed %s", "here", exc_info=BadHttpMessage("canary"))  # noqa: LOG004  as aiohttp
        log.exception("It failed %s", "here", exc_info=ValueError("why"))  # noqa: LOG004  as aiohttp
    assert [one["why"] for one in told] == ["BadHttpMessage"]
    assert "canary" not in str(told) + caplog.text
    assert [record.getMessage() for record in caplog.records] == ["It failed here"]
    assert "ValueError: why" in caplog.text
