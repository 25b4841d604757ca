"""Fetching files over real sockets: only from Slack, only so much, never elsewhere."""

import time
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.artefacts.source import Unfetched
from handlers.slack import open_slack
from handlers.slack_files import SlackFiles

pytestmark = pytest.mark.wire

TOKEN = "xoxb-secret"
CONTENT = b"a log of the app\n" * 1000


class Slack:
    """A Slack that says of its one file what a test wants, and another host."""

    def __init__(self):
        self.told = {"mode": "hosted", "is_external": False, "size": len(CONTENT)}
        self.answers = []
        self.serve = self.bytes
        self.elsewhere = []
        self.tokens = []

    async def info(self, request):
        if self.answers:
            return self.answers.pop(0)
        here = f"{request.url.origin()}/files-pri/T-F1/download/app.log"
        told = {"url_private_download": here, **self.told}
        return web.json_response({"ok": True, "file": told})

    async def file(self, request):
        self.tokens.append(request.headers.get("Authorization"))
        return await self.serve(request)

    async def bytes(self, _):
        return web.Response(body=CONTENT, content_type="text/plain")

    async def other(self, request):
        self.elsewhere.append(request.headers.get("Authorization"))
        return web.Response(body=CONTENT)


@pytest.fixture
async def slack():
    double = Slack()
    app, other = web.Application(), web.Application()
    app.router.add_route("*", "/api/files.info", double.info)
    app.router.add_get("/files-pri/{rest:.*}", double.file)
    other.router.add_get("/{rest:.*}", double.other)
    async with TestServer(app) as server, TestServer(other) as foreign:
        double.url, double.foreign = str(server.make_url("/api/")), foreign
        yield double


@asynccontextmanager
async def client(slack, **how):
    async with open_slack(TOKEN, slack.url) as web_client:
        yield SlackFiles(web_client, TOKEN, slack.url, pause=0.0, **how)


async def fetched(slack, folder, **how):
    path = folder / "file"
    async with client(slack, **how) as files:
        await files.fetch("F1", path)
    return path.read_bytes()


async def why_not(slack, folder, **how):
    with pytest.raises(Unfetched) as refused:
        await fetched(slack, folder, **how)
    return str(refused.value)


async def test_a_file_is_fetched_with_the_bots_token(slack, tmp_path):
    assert await fetched(slack, tmp_path) == CONTENT
    assert slack.tokens == [f"Bearer {TOKEN}"]


@pytest.mark.parametrize(
    "address",
    [
        "{foreign}",
        "https://files.slack.com.evil.example/x",
        "https://files.slack.com@evil.example/x",
        "https://evil.example/files.slack.com",
        "http://files.slack.com/x",
        "https://files.slack.com:8443/x",
        "file:///etc/passwd",
        "//files.slack.com/x",
        "",
        None,
        ["https://files.slack.com/x"],
        "https://[::1/x",
    ],
)
async def test_the_token_goes_to_no_other_host(slack, tmp_path, address):
    if address == "{foreign}":
        address = str(slack.foreign.make_url("/x"))
    slack.told["url_private_download"] = address
    assert "file host" in await why_not(slack, tmp_path)
    assert slack.elsewhere == slack.tokens == []


async def test_slacks_own_api_leaves_only_slacks_file_host(slack):
    async with open_slack(TOKEN, slack.url) as web_client:
        files = SlackFiles(web_client, TOKEN)
        here = {"url_private_download": "https://files.slack.com/files-pri/x"}
        assert files._address(here).host == "files.slack.com"
        for other in (slack.url, "https://slack.com/api/x"):
            with pytest.raises(Unfetched):
                files._address({"url_private_download": other})


@pytest.mark.parametrize("told", [{"is_external": True}, {"mode": "external"}, {}])
async def test_a_file_that_slack_does_not_keep_is_not_fetched(slack, tmp_path, told):
    slack.told = told
    assert "outside of Slack" in await why_not(slack, tmp_path)


async def test_a_redirect_is_not_followed(slack, tmp_path):
    async def away(_):
        raise web.HTTPFound(str(slack.foreign.make_url("/x")))

    slack.serve = away
    assert "HTTP 302" in await why_not(slack, tmp_path)
    assert slack.elsewhere == []


async def test_the_sign_in_page_is_not_taken_for_the_file(slack, tmp_path):
    async def page(_):
        return web.Response(text="<html>Sign in</html>", content_type="text/html")

    slack.serve = page
    assert "files:read" in await why_not(slack, tmp_path)


async def test_a_page_that_somebody_dropped_is_a_file(slack, tmp_path):
    async def page(_):
        headers = {"Content-Disposition": "attachment"}
        kind = "text/html"
        return web.Response(body=CONTENT, content_type=kind, headers=headers)

    slack.serve = page
    assert await fetched(slack, tmp_path) == CONTENT


@pytest.mark.parametrize("size", [10**12, -1, None, "17"])
async def test_a_file_of_too_many_bytes_is_not_begun(slack, tmp_path, size):
    slack.told["size"] = size
    assert "not read" in await why_not(slack, tmp_path)
    assert slack.tokens == []


async def test_a_file_that_says_less_than_it_has_is_cut_off(slack, tmp_path):
    slack.told["size"] = 10
    assert "larger than" in await why_not(slack, tmp_path, max_bytes=100)
    assert (tmp_path / "file").stat().st_size <= 100


async def test_a_file_that_ends_early_is_told(slack, tmp_path):
    slack.told["size"] = len(CONTENT) + 1
    assert f"{len(CONTENT)} of its" in await why_not(slack, tmp_path)


async def test_a_connection_that_breaks_is_told(slack, tmp_path):
    async def breaks(request):
        answer = web.StreamResponse(headers={"Content-Length": str(len(CONTENT))})
        await answer.prepare(request)
        await answer.write(CONTENT[:100])
        request.transport.abort()
        return answer

    slack.serve = breaks
    assert "connection broke" in await why_not(slack, tmp_path)


async def test_what_passes_by_itself_is_waited_out(slack, tmp_path):
    slack.answers = [web.Response(status=503), web.Response(status=503)]
    assert await fetched(slack, tmp_path) == CONTENT


async def test_a_slack_that_does_not_answer_is_told(slack, tmp_path):
    slack.answers = [web.Response(status=503) for _ in range(3)]
    assert "does not answer" in await why_not(slack, tmp_path)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("file_not_found", "not there any more"),
        ("missing_scope", "files:read"),
        ("invalid_auth", "invalid_auth"),
    ],
)
async def test_a_refusal_is_told_in_words(slack, tmp_path, code, said):
    slack.answers = [web.json_response({"ok": False, "error": code})]
    assert said in await why_not(slack, tmp_path)


async def test_what_breaks_off_is_fetched_anew(slack, tmp_path):
    broken = [web.Response(status=502), web.Response(status=500)]
    whole = slack.serve

    async def stumble(request):
        return broken.pop(0) if broken else await whole(request)

    slack.serve = stumble
    assert await fetched(slack, tmp_path) == CONTENT
    assert len(slack.tokens) == 3


async def test_what_breaks_off_again_and_again_is_given_up(slack, tmp_path):
    async def fail(_):
        return web.Response(status=502)

    slack.serve = fail
    assert "HTTP 502" in await why_not(slack, tmp_path)
    assert len(slack.tokens) == 3


def slow_down(seconds):
    return web.Response(status=429, headers={"Retry-After": str(seconds)})


async def test_slack_is_given_the_time_that_it_asks_for(slack, tmp_path):
    whole, came = slack.serve, []

    async def busy_at_first(request):
        came.append(time.monotonic())
        return await whole(request) if came[1:] else slow_down(1)

    slack.serve = busy_at_first
    assert await fetched(slack, tmp_path) == CONTENT
    first, second = came
    assert second - first >= 1


async def test_a_slack_that_asks_to_wait_again_and_again_is_told(slack, tmp_path):
    async def busy(_):
        return slow_down(0)

    slack.serve = busy
    assert "drop it again in a while" in await why_not(slack, tmp_path)
    assert len(slack.tokens) == 3
