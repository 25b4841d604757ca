"""Posting diagnostics over real sockets: what is taken, and what is refused and why."""

import gzip
import json
import zlib
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from aiohttp import ClientError, web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs
from yarl import URL

from bot.clients.diagnostics import BURST, DiagnosticsDoor, room_secret
from bot.engine.diagnostics import NoRings, Rings
from bot.store.store import open_store
from handlers.diagnostics import BODY_LIMIT, ROOM_PATH, DiagnosticsRoute
from tests.fakes.world import ALICE, NOON, FakeClock

MASTER = b"the master of all rooms' secrets"
ROOM = "Família & Co/2 🎉"


def line(number=0, **more):
    written = {
        "timestamp": (NOON + timedelta(seconds=number)).isoformat(),
        "participant": ALICE,
        "kind": "sync",
        "direction": "outbound",
    }
    return json.dumps(written | more).encode() + b"\n"


@pytest.fixture
async def route(tmp_path):
    async with open_store(tmp_path / "triage.db") as store:
        rings = Rings(store, FakeClock())
        yield DiagnosticsRoute(DiagnosticsDoor([MASTER], clock=lambda: 0.0), rings)


@asynccontextmanager
async def served(route):
    app = web.Application(client_max_size=1024)
    app.router.add_post(ROOM_PATH, route.take)
    server = TestServer(app)
    await server.start_server(auto_decompress=False)  # as it is served
    async with TestClient(server) as client:
        yield client


@pytest.fixture
async def client(route):
    async with served(route) as opened:
        yield opened


async def post(client, body, *, room=ROOM, secret=None, **headers):
    bearer = room_secret(MASTER, room) if secret is None else secret
    headers = {"Authorization": f"Bearer {bearer}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    url = URL(f"/diagnostics/v1/rooms/{quote(room, safe='')}", encoded=True)
    async with client.post(url, data=body, headers=headers) as response:
        assert response.content_type == "application/json"
        return response.status, await response.json(), response.headers


async def stored(route, room=ROOM):
    return list((await route.rings.recent(room, NOON)).events)


async def test_a_batch_is_taken_and_kept(client, route):
    status, told, _ = await post(client, line(1) + line(2))
    assert status == 202
    assert (told["events"], told["repeated"]) == (2, False)
    assert len(await stored(route)) == 2


async def test_the_same_batch_again_is_taken_once(client, route):
    first = (await post(client, line()))[1]
    status, told, _ = await post(client, line())
    assert status == 202
    assert told == {**first, "repeated": True}
    assert len(await stored(route)) == 1


async def test_a_batch_may_be_packed(client, route):
    status, *_ = await post(client, gzip.compress(line()), Content_Encoding="gzip")
    assert status == 202
    assert len(await stored(route)) == 1


async def test_a_batch_may_come_in_pieces(client, route):
    async def pieces():
        for at in range(0, len(line()), 40):
            yield line()[at : at + 40]

    assert (await post(client, pieces()))[0] == 202
    assert len(await stored(route)) == 1


@pytest.mark.parametrize(
    "secret", ["", "canary", room_secret(MASTER, "another"), room_secret(b"x", ROOM)]
)
async def test_another_secret_is_refused_before_the_body_is_read(client, route, secret):
    status, told, headers = await post(client, b"x" * 100, secret=secret)
    assert status == 401
    assert headers["WWW-Authenticate"] == "Bearer"
    assert "secret" in told["reason"]
    assert len(route.door._rooms) == 0


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no event"),
        (b"canary", "Line 1: it is not JSON."),
        (line() + b"{}", "Line 2: timestamp is missing."),
        (line(roomName="canary"), "roomName is another room"),
        (b"\xff\xfe\x00", "Line 1"),
    ],
)
async def test_what_is_not_in_order_is_refused_whole(client, route, body, reason):
    status, told, _ = await post(client, body)
    assert status == 400
    assert reason in told["reason"]
    assert not await stored(route)


@pytest.mark.parametrize(
    "body",
    [line() * 501, line(tag="x" * 5000), b" " * (BODY_LIMIT + 1)],
)
async def test_what_is_too_large_is_refused(client, route, body):
    status, told, _ = await post(client, body)
    assert status == 413
    assert "over" in told["reason"] or "more than" in told["reason"]
    assert not await stored(route)


async def test_a_stream_without_a_length_is_cut_at_the_limit(client):
    async def endless():
        for _ in range(100):
            yield b" " * 65_536

    try:
        status, *_ = await post(client, endless())
    except (ConnectionError, ClientError):  # it may be closed while we still write
        return
    assert status == 413


async def test_a_bomb_is_refused_at_the_limit(client, route):
    bomb = gzip.compress(b" " * (40 * BODY_LIMIT))
    assert len(bomb) < BODY_LIMIT / 10
    status, told, _ = await post(client, bomb, Content_Encoding="gzip")
    assert status == 413
    assert "unpacked" in told["reason"]
    assert not await stored(route)


@pytest.mark.parametrize(
    ("body", "encoding", "refused"),
    [
        (b"no gzip at all", "gzip", 400),
        (gzip.compress(line())[:-4], "gzip", 400),
        (gzip.compress(line()) * 2, "gzip", 400),
        (zlib.compress(line()), "gzip", 400),
        (gzip.compress(gzip.compress(line())), "gzip, gzip", 400),
        (zlib.compress(line()), "deflate", 415),
        (zlib.compress(gzip.compress(line())), "gzip, deflate", 415),
        (line(), "canary", 415),
    ],
)
async def test_what_cannot_be_unpacked_is_refused(client, body, encoding, refused):
    headers = {"Content_Encoding": encoding}
    status, told, _ = await post(client, body, **headers)
    assert status == refused
    assert "canary" not in told["reason"]


async def test_a_room_that_posts_too_often_is_told_how_long_to_wait(client):
    for number in range(BURST):
        assert (await post(client, line(number)))[0] == 202
    status, told, headers = await post(client, line())
    assert status == 429
    assert headers["Retry-After"] == "2"
    assert "2 s" in told["reason"]
    assert (await post(client, line(), room="other"))[0] == 202


async def test_switched_off_it_says_what_is_missing(route):
    off = replace(route, rings=NoRings("TRIAGE_DIAGNOSTICS_SECRET is not set."))
    async with served(off) as client:
        status, told, _ = await post(client, line())
    assert status == 503
    assert told["reason"] == "TRIAGE_DIAGNOSTICS_SECRET is not set."


async def test_what_cannot_be_saved_is_said_and_may_be_sent_again(client, route):
    await route.rings.store._writer.close()
    status, told, _ = await post(client, line())
    assert status == 500
    assert told["reason"] == "It could not be saved. Send it again later."


async def test_nothing_that_somebody_sent_reaches_the_log(client):
    with capture_logs() as entries:
        await post(client, b"canary", room="canary-room")
        await post(client, line(message="canary"), room="canary-room")
        await post(client, line(), room="canary-room", secret="canary-secret")
        await post(client, line(), room="canary", Content_Encoding="canary")
    assert [entry["event"] for entry in entries] == [
        "diagnostics.refused",
        "diagnostics.taken",
        "diagnostics.refused",
        "diagnostics.refused",
    ]
    assert "canary" not in repr(entries)
