import asyncio
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from bot.clients.tokens import BODY_LIMIT, TokenClient
from bot.world.tokens import Spelling, Trouble
from tests.fakes.tokens import body, claims, signed
from tests.fakes.wire import fixed, serving, session, unbound
from tests.fakes.world import ALICE, NOON, ROOM

TOKEN = signed(claims())


def client(http, url, seconds=5.0, livekit=""):
    return TokenClient(
        http,
        lambda: NOON,
        token_url=f"{url}/token",
        livekit_url=livekit or url.replace("http", "ws"),
        seconds=seconds,
    )


async def fetch(handler, room=ROOM, spelling=Spelling.RAW, seconds=5.0):
    async with serving(handler) as url, session() as http:
        return await client(http, url, seconds).fetch(room, ALICE, spelling)


async def accepts(handler, token=TOKEN, seconds=5.0):
    async with serving(handler) as url, session() as http:
        return await client(http, url, seconds).accepts(token)


async def test_an_answer_is_given_as_it_came():
    stamped = "Sun, 01 Mar 2026 11:59:00 GMT"
    got = await fetch(
        fixed(
            lambda: web.Response(
                body=body(TOKEN),
                content_type="application/json",
                headers={"Date": stamped},
            )
        )
    )
    assert (got.trouble, got.status, got.content_type) == (
        None,
        200,
        "application/json",
    )
    assert got.body == body(TOKEN)
    assert got.server_time == datetime(2026, 3, 1, 11, 59, tzinfo=UTC)
    assert got.asked_at == NOON
    assert got.took > 0
    assert TOKEN not in repr(got)


@pytest.mark.parametrize("stamped", ["yesterday", ""])
async def test_a_date_that_is_none_is_left_out(stamped):
    headers = {"Date": stamped}
    got = await fetch(fixed(lambda: web.Response(headers=headers)))
    assert got.server_time is None


@pytest.mark.parametrize(
    ("room", "spelling", "raw"),
    [
        ("R&D", Spelling.RAW, "room=R&D&identity=" + ALICE),
        ("R&D", Spelling.PROPER, "room=R%26D&identity=" + ALICE.replace(":", "%3A")),
        ("A+B c", Spelling.RAW, "room=A+B%20c&identity=" + ALICE),
        ("100%", Spelling.RAW, "room=100%25&identity=" + ALICE),
        ("Família", Spelling.RAW, "room=Fam%C3%ADlia&identity=" + ALICE),
        ("C#", Spelling.RAW, "room=C"),
    ],
)
async def test_on_the_wire_it_is_spelled_as_the_app_spells_it(room, spelling, raw):
    asked = []

    async def answer(request):
        asked.append(request.raw_path)
        return web.Response(body=body(TOKEN))

    await fetch(answer, room, spelling)
    assert asked == [f"/token?{raw}"]


@pytest.mark.parametrize("status", [204, 401, 404, 500, 503])
async def test_an_error_status_is_an_answer_and_is_not_asked_again(status):
    asked = []

    async def answer(request):
        asked.append(request.path)
        return web.Response(status=status)

    got = await fetch(answer)
    assert (got.trouble, got.status) == (None, status)
    assert len(asked) == 1


async def test_a_redirect_on_the_same_host_is_followed_as_by_the_app():
    async def answer(request):
        if request.path == "/token":
            raise web.HTTPFound("/v2/token?" + request.query_string)
        return web.Response(text=parse_qs(request.query_string)["room"][0])

    got = await fetch(answer)
    assert (got.status, got.body) == (200, ROOM.encode())


async def test_a_redirect_to_another_host_is_told_and_not_followed():
    got = await fetch(
        fixed(
            lambda: web.Response(status=302, headers={"Location": "http://other.test/"})
        )
    )
    assert (got.trouble, got.status) == (None, 302)


async def test_a_redirect_in_a_circle_ends():
    circle = {"Location": "/token"}
    got = await fetch(fixed(lambda: web.Response(status=307, headers=circle)))
    assert got.status == 307


async def test_an_endless_body_is_cut_off():
    async def flood(request):
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(10_000):
            await response.write(b"x" * BODY_LIMIT)
        return response

    got = await fetch(flood)
    assert (got.trouble, got.body) == (Trouble.TOO_LARGE, b"")


@pytest.mark.parametrize("starts", [False, True])
async def test_a_server_that_hangs_before_or_in_its_body_is_given_up(starts):
    async def hang(request):
        response = web.StreamResponse()
        if starts:
            await response.prepare(request)
            await response.write(b"{")
        await asyncio.sleep(60)

    got = await fetch(hang, seconds=0.1)
    assert got.trouble is Trouble.TIMEOUT
    assert 0.1 <= got.took < 2


async def test_a_server_that_is_down_and_an_address_that_is_none_are_unreachable():
    async with unbound() as url, session() as http:
        down = await client(http, url).fetch(ROOM, ALICE, Spelling.RAW)
        lost = await client(http, "gopher:", livekit=url).fetch(
            ROOM, ALICE, Spelling.RAW
        )
    assert down.trouble is lost.trouble is Trouble.UNREACHABLE


async def test_a_connection_that_is_reset_is_unreachable():
    async def reset(request):
        request.transport.abort()
        return web.Response()

    assert (await fetch(reset)).trouble is Trouble.UNREACHABLE


async def test_the_server_is_asked_with_the_token_in_the_header_only():
    asked = []

    async def answer(request):
        asked.append((request.raw_path, request.headers["Authorization"]))
        return web.Response(text="success")

    said = await accepts(answer)
    assert (said.accepted, said.reason) == (True, "")
    assert asked == [("/rtc/validate", f"Bearer {TOKEN}")]


async def test_only_a_server_that_demands_it_gets_the_token_in_the_url():
    async def answer(request):
        if request.query.get("access_token") == TOKEN:
            return web.Response(text="success")
        return web.Response(status=401, text="no access_token was provided")

    assert (await accepts(answer)).accepted is True


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_refusal_comes_with_the_servers_words(status):
    said = await accepts(
        fixed(lambda: web.Response(status=status, text="invalid API key\n"))
    )
    assert (said.accepted, said.reason) == (False, "invalid API key")


async def test_a_refusal_without_words_tells_its_status():
    said = await accepts(fixed(lambda: web.Response(status=401)))
    assert said.reason == "HTTP 401"


@pytest.mark.parametrize("token", [TOKEN, "not-a-real-token", ""])
async def test_a_refusal_that_repeats_the_token_is_cleaned(token):
    said = await accepts(
        fixed(lambda: web.Response(status=401, text=f"invalid: {token}, error: x")),
        token,
    )
    assert said.accepted is False
    assert said.reason.startswith("invalid: ")
    assert said.reason.endswith(", error: x")
    assert not token or token not in said.reason


@pytest.mark.parametrize(
    ("response", "accepted"),
    [
        (lambda: web.Response(text="<html>welcome"), None),
        (lambda: web.Response(status=404, text="404: Not Found"), None),
        (lambda: web.Response(status=404, text="requested room does not exist"), False),
        (lambda: web.Response(status=503, text="no capacity"), None),
        (lambda: web.Response(status=302, headers={"Location": "/login"}), None),
    ],
)
async def test_what_is_no_word_on_the_token_is_not_taken_for_one(response, accepted):
    said = await accepts(fixed(response))
    assert said.accepted is accepted
    assert said.reason


async def test_a_server_that_hangs_says_nothing_of_the_token_either():
    async def hang(_):
        await asyncio.sleep(60)

    said = await accepts(hang, seconds=0.1)
    assert (said.accepted, said.reason) == (None, "no answer in 0.05 s")


async def test_a_server_that_is_down_says_nothing_of_the_token():
    async with unbound() as url, session() as http:
        said = await client(http, url).accepts(TOKEN)
    assert said.accepted is None
    assert "cannot be reached" in said.reason
