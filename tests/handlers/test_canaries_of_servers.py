"""What a server's error text or a policy holds that is a secret comes out nowhere."""

from contextlib import asynccontextmanager
from functools import partial

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from serving_house import HASTE, HERE, ROBIN, running, world
from structlog.testing import capture_logs

from bot.__main__ import main
from bot.logs import redact
from handlers import start
from handlers.serve import serving
from tests.fakes.slack_calls import until

CANARIES = {
    "a token of Slack": "xoxb-" + "99999-canary-of-a-server",
    "an app's token": "xapp-" + "1-canary-of-a-server",
    "what a room posts with": "tdg_" + "canary0of0a0server0000000",
    "a JSON web token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJ4In0." + "Y2FuYXJ5",
    "an address": "hooks.slack.com/" + "services/canary",
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


async def lived(folder, changes):
    """Open an incident whose checks all fail; return what came out, by where."""
    found = {}
    with capture_logs() as lines:
        async with (
            world(folder, **changes) as (workspace, settings),
            serving(settings, HASTE) as (loops, port),
            running(loops),
        ):
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
    sung = {
        (where, what)
        for where, text in found.items()
        for what, canary in CANARIES.items()
        if canary in text
    }
    assert sung == set()


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
