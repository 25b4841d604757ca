"""What a server's error text or a policy holds that is a secret comes out nowhere."""

import json
import time
from base64 import b64encode
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from livekit import api
from serving_house import HASTE, HERE, KEY, ROBIN, SECRET, running, world
from structlog.testing import capture_logs

from bot.__main__ import main
from bot.clients.diagnostics import room_secret
from bot.cohrtz.secret_forms import redact
from handlers import start
from handlers.serve import serving
from handlers.slack import SlackTrouble, open_slack
from handlers.socket_opening import SocketTrouble, open_socket
from tests.fakes.canaries import pasted
from tests.fakes.slack_calls import until

CANARIES = {
    **pasted("server"),
    "a header": "canary-of-a-bearer",
    "a setting": "canary-of-a-setting",
}
TEXT = (
    "no room: {} {} {} {} https://{} Authorization: Bearer {} livekit_api_secret={}"
).format(*CANARIES.values())
ANSWERS = {
    "500": (500, TEXT, "text/plain"),
    "401": (401, TEXT, "text/plain"),
    "404": (404, TEXT, "text/plain"),
    "html": (200, f"<html><title>{TEXT}</title>{TEXT}</html>", "text/html"),
    "json": (
        401,
        f'{{"code": "unauthenticated", "msg": "{TEXT}"}}',
        "application/json",
    ),
}


@asynccontextmanager
async def answering(answer):
    """A server that answers everything alike."""
    status, text, kind = ANSWERS[answer]

    async def handle(_):
        return web.Response(status=status, text=text, content_type=kind)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def nothing(_):
    """Send nothing first."""


async def lived(folder, changes, first=nothing):
    """Do `first`, then open an incident; return what came out, by where."""
    found = {}
    with capture_logs() as lines:
        async with (
            world(folder, **changes) as (workspace, settings),
            serving(settings, HASTE) as (loops, port),
            running(loops),
        ):
            await first(f"http://127.0.0.1:{port}")
            workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")
            await workspace.command(ROBIN, HERE, "/triage", "blue alice")
            (head,) = await loops.bot.store.heads()
            await until(lambda: _is_ranked(loops, head.incident))
            posted = partial(workspace.journal.calls, "chat.postMessage")
            await workspace.wait_for(lambda: len(posted()) > 2, 20)
            rows = await loops.bot.store.events(head.incident)
            found["trail"] = "".join(row.body for row in rows)
            found["slack"] = "".join(map(str, workspace.journal.calls()))
    found["log"] = redact("".join(map(str, lines)))
    files = folder.glob("triage.db*")
    found["database"] = "".join(one.read_bytes().decode("latin-1") for one in files)
    return found


async def _is_ranked(loops, incident):
    return (await loops.bot.service.load(incident)).ranking is not None


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("server", ["token_url", "livekit_url"])
async def test_no_secret_of_an_answer_comes_out(tmp_path, server, answer):
    async with answering(answer) as url:
        found = await lived(tmp_path, {server: url})
    assert "blue" in found["slack"]
    assert sung(found, CANARIES.values()) == set()


def sung(found, secrets):
    return {
        (where, secret)
        for where, text in found.items()
        for secret in secrets
        if secret in text
    }


@asynccontextmanager
async def echoing(heard):
    """A LiveKit server that repeats what it refuses, as older ones do."""

    async def handle(request):
        header = request.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ") or request.query.get("access_token", "")
        heard.append(token)
        text = f"invalid token: {token}, error: no access_token"
        return web.Response(status=401, text=text)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def test_no_token_that_a_server_repeats_comes_out(tmp_path):
    heard = []
    async with echoing(heard) as url:
        found = await lived(tmp_path, {"livekit_url": url})
    minted = {one for one in heard if one}
    assert len(minted) > 1
    parts = {part for one in minted for part in one.split(".")[1:]}
    assert sung(found, minted | parts) == set()


MASTER = "the-master-of-all-canaries-000001"


def told_by_livekit(secret, number):
    """A signed webhook with a secret wherever somebody may write a text."""
    who = dict.fromkeys(("identity", "sid", "name", "metadata"), secret)
    body = json.dumps(
        {
            "event": "participant_joined",
            "id": f"EV_{number}_{secret}",
            "createdAt": str(int(time.time())),
            "room": {"name": "blue", "metadata": secret},
            "participant": {**who, "attributes": {"a": secret}},
        }
    ).encode()
    digest = b64encode(sha256(body).digest()).decode()
    token = api.AccessToken(KEY, SECRET).with_sha256(digest).to_jwt()
    kind = "application/webhook+json"
    return "/livekit/webhook", body, {"Authorization": token, "Content-Type": kind}


def told_by_a_device(secret):
    line = {
        "timestamp": datetime.now(UTC).isoformat(),
        **dict.fromkeys(("participant", "peerId", "message"), secret),
        "kind": "sync",
        "direction": "outbound",
    }
    bearer = room_secret(MASTER.encode(), "blue")
    headers = {"Authorization": f"Bearer {bearer}"}
    return "/diagnostics/v1/rooms/blue", f"{json.dumps(line)}\n".encode(), headers


async def tell(url):
    """Post what is in order but for the secrets in it."""
    secrets = [one for one in CANARIES.values() if not one.startswith("canary")]
    async with aiohttp.ClientSession(url) as session:
        for number, secret in enumerate(secrets):
            told = told_by_livekit(secret, number), told_by_a_device(secret)
            for path, body, headers in told:
                async with session.post(path, data=body, headers=headers) as answer:
                    assert answer.status < 300, await answer.text()


async def test_no_secret_that_webhooks_and_devices_tell_comes_out(tmp_path):
    found = await lived(tmp_path, {"diagnostics_secret": MASTER}, tell)
    assert sung(found, CANARIES.values()) == set()


@pytest.mark.parametrize("status", [200, 500])
async def test_no_secret_of_slacks_own_error_is_told(status):
    refused = {"ok": False, "error": TEXT, "needed": TEXT}

    async def refuse(_):
        return web.json_response(refused, status=status)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", refuse)
    async with (
        TestServer(app) as server,
        open_slack("xoxb-1", str(server.make_url("/api/"))) as slack,
    ):
        with pytest.raises(SlackTrouble) as caught:
            await slack.call("auth.test")
        with pytest.raises(SocketTrouble) as socket:
            await open_socket(slack.web.session, slack.web, "xapp-1")
    told = {
        "trouble": slack.trouble,
        "socket": str(socket.value),
        "error": f"{caught.value} {vars(caught.value)}",
    }
    assert sung(told, CANARIES.values()) == set()


POLICY = """# {0}
[groups]
on-call = ["S0ONCALL", "{0}"]
"{0}" = 3
[may]
open = ["{0}"]
{1} = ["members"]
"""
NOWHERE = "http://127.0.0.1:9"


def test_what_is_pasted_into_a_policy_is_not_told_at_the_start(
    tmp_path, monkeypatch, capsys
):
    policy = tmp_path / "policy.toml"
    secrets = CANARIES["a token of Slack"], CANARIES["an app's token"]
    policy.write_text(POLICY.format(*secrets))
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "s" * 32,
        "SLACK_API_URL": f"{NOWHERE}/api/",
        "TRANSPORT": "http",
        "TOKEN_URL": NOWHERE,
        "LIVEKIT_URL": NOWHERE,
        "LIVEKIT_API_KEY": "APIx",
        "LIVEKIT_API_SECRET": "s" * 40,
        "DATABASE": str(tmp_path / "t.db"),
        "POLICY": str(policy),
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"TRIAGE_{name}", value)
    monkeypatch.setattr(start.logs, "set_up", lambda _: None)
    assert main(["serve"]) == 78
    told = capsys.readouterr().err
    assert f"{policy}:3" in told
    assert [one for one in secrets if one in told] == []
