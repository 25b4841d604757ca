"""Only what Slack signed comes in, and each request once."""

import asyncio
from contextlib import asynccontextmanager, suppress
from io import BytesIO

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from handlers import edge as edge_module
from handlers.edge import BODY_LIMIT, KEPT, Edge, Refusal, _stamp
from rehearsal.slack.delivery.http import signed

SECRET = "the signing secret"
NOW = 1_800_000_000


class Clock:
    """Slack's time, which may be set, and seconds that only go on."""

    def __init__(self) -> None:
        self.now = float(NOW)
        self.on = 50.0
        self.doubted = 0
        self.right = None
        """What it is set to when somebody doubts it."""

    def __call__(self) -> float:
        return self.now

    def steady(self) -> float:
        return self.on

    def go_on(self, seconds) -> None:
        self.now += seconds
        self.on += seconds

    async def doubt(self) -> None:
        self.doubted += 1
        self.now = self.now if self.right is None else self.right


class Desk:
    """Counts what it is given, and answers with it."""

    def __init__(self) -> None:
        self.taken = []
        self.status = 200
        self.begun = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, body) -> web.Response:
        self.taken.append(body)
        self.begun.set()
        await self.open.wait()
        if self.status == 0:
            raise ConnectionAbortedError
        number = str(len(self.taken))
        return web.json_response(
            {"number": number}, status=self.status, headers={"X-Number": number}
        )


@asynccontextmanager
async def served(clock, desk):
    edge = Edge(SECRET, clock, clock.steady, clock.doubt)

    async def answer(request: web.Request) -> web.Response:
        return await edge.answer(request, desk)

    app = web.Application()
    app.router.add_post("/", answer)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def desk():
    return Desk()


@pytest.fixture
async def client(clock, desk):
    async with served(clock, desk) as client:
        yield client


async def send(client, body, headers=None):
    given = signed(SECRET, body, NOW) if headers is None else headers
    async with client.post("/", data=body, headers=given) as response:
        return response.status, await response.text()


async def test_what_slack_signed_is_dispatched(client, desk) -> None:
    status, text = await send(client, b"text=hello")
    assert (status, text) == (200, '{"number": "1"}')
    assert desk.taken == [b"text=hello"]


@pytest.mark.parametrize(
    "spoilt",
    [
        {"X-Slack-Signature": "v0=" + 64 * "0"},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=\u00e9"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "-5"},
        {"X-Slack-Request-Timestamp": 5000 * "9"},
        {"X-Slack-Request-Timestamp": str(NOW + 1)},
    ],
)
async def test_what_is_signed_otherwise_is_refused(client, desk, spoilt) -> None:
    body = b"text=secret words"
    with capture_logs() as logs:
        status, text = await send(client, body, signed(SECRET, body, NOW) | spoilt)
    assert status == 401
    assert desk.taken == []
    assert "secret words" not in text + str(logs)


async def test_headers_are_required(client, desk) -> None:
    assert (await send(client, b"ssl_check=1", {}))[0] == 401
    assert desk.taken == []


async def test_another_apps_signature_is_refused(client) -> None:
    headers = signed("another secret", b"a=1", NOW)
    assert (await send(client, b"a=1", headers))[0] == 401


async def test_a_changed_body_is_refused(client) -> None:
    assert (await send(client, b"a=2", signed(SECRET, b"a=1", NOW)))[0] == 401


@pytest.mark.parametrize(("off", "status"), [(300, 200), (-300, 200), (301, 401)])
async def test_a_request_may_be_five_minutes_off(client, clock, off, status) -> None:
    clock.now = NOW + off
    assert (await send(client, b"a=1"))[0] == status


async def test_bytes_that_are_no_text_are_verified_as_they_are(client, desk) -> None:
    assert (await send(client, b"\xff\x00\xfe"))[0] == 200
    assert desk.taken == [b"\xff\x00\xfe"]


async def test_a_body_of_a_mebibyte_is_read(client, desk) -> None:
    assert (await send(client, BODY_LIMIT * b"a"))[0] == 200
    assert len(desk.taken[0]) == BODY_LIMIT


async def test_a_longer_body_is_refused(client, desk) -> None:
    headers = signed(SECRET, b"", NOW)
    body = BytesIO((BODY_LIMIT + 1) * b"a")
    async with client.post("/", data=body, headers=headers) as response:
        assert response.status == 413
    assert desk.taken == []


async def test_a_longer_body_of_unknown_length_is_refused(client, desk) -> None:
    async def pieces():
        for _ in range(17):
            yield (BODY_LIMIT // 16) * b"a"

    headers = signed(SECRET, b"", NOW)
    async with client.post("/", data=pieces(), headers=headers) as response:
        assert response.status == 413
    assert desk.taken == []


async def test_a_body_that_does_not_come_is_refused(client, monkeypatch) -> None:
    monkeypatch.setattr(edge_module, "READ_PATIENCE", 0.05)
    rest = asyncio.Event()

    async def pieces():
        yield b"a"
        await rest.wait()

    headers = signed(SECRET, b"a", NOW)
    async with client.post("/", data=pieces(), headers=headers) as response:
        assert response.status == 408
    rest.set()


async def test_a_replay_gets_the_same_answer_and_runs_nothing(client, desk) -> None:
    first = await send(client, b"a=1")
    assert await send(client, b"a=1") == first
    assert desk.taken == [b"a=1"]


async def test_a_replay_gets_the_same_headers(client) -> None:
    headers = signed(SECRET, b"a=1", NOW)
    seen = []
    for _ in range(2):
        async with client.post("/", data=b"a=1", headers=headers) as response:
            seen.append((response.content_type, response.headers["X-Number"]))
    assert seen == [("application/json", "1")] * 2


async def test_a_replay_waits_for_the_first_one(client, desk) -> None:
    desk.open.clear()
    both = [asyncio.create_task(send(client, b"a=1")) for _ in range(2)]
    await desk.begun.wait()
    await asyncio.sleep(0.05)
    desk.open.set()
    one, other = await asyncio.gather(*both)
    assert one == other
    assert desk.taken == [b"a=1"]


async def test_a_redelivery_with_a_new_time_runs(client, desk) -> None:
    await send(client, b"a=1")
    await send(client, b"a=1", signed(SECRET, b"a=1", NOW + 3))
    assert len(desk.taken) == 2


async def test_what_failed_may_run_again(client, desk) -> None:
    desk.status = 503
    assert (await send(client, b"a=1"))[0] == 503
    desk.status = 200
    assert (await send(client, b"a=1"))[0] == 200
    assert len(desk.taken) == 2


async def test_what_broke_off_may_run_again(client, desk) -> None:
    desk.status = 0
    assert (await send(client, b"a=1"))[0] == 500
    desk.status = 200
    assert (await send(client, b"a=1"))[0] == 200


async def test_whoever_waits_for_what_broke_off_is_told(client, desk) -> None:
    desk.status = 0
    desk.open.clear()
    both = [asyncio.create_task(send(client, b"a=1")) for _ in range(2)]
    await desk.begun.wait()
    await asyncio.sleep(0.05)
    desk.open.set()
    assert sorted(status for status, _ in await asyncio.gather(*both)) == [500, 503]


async def test_answers_are_forgotten_in_time(clock, desk) -> None:
    async with served(clock, desk) as client:
        await send(client, b"a=1", signed(SECRET, b"a=1", NOW + 300))
        clock.go_on(KEPT - 1)
        await send(client, b"a=1", signed(SECRET, b"a=1", NOW + 300))
        assert len(desk.taken) == 1
        clock.go_on(2)
        late = await send(client, b"a=1", signed(SECRET, b"a=1", NOW + 300))
    assert late[0] == 401
    assert len(desk.taken) == 1


@pytest.mark.parametrize("turned", [-3600, 3600])
async def test_a_clock_that_is_turned_to_and_fro_lets_nothing_in_twice(
    client, clock, desk, turned
) -> None:
    await send(client, b"a=1")
    clock.now += turned
    await send(client, b"a=2", signed(SECRET, b"a=2", int(clock.now)))
    clock.now -= turned
    assert (await send(client, b"a=1"))[1] == '{"number": "1"}'
    assert desk.taken == [b"a=1", b"a=2"]


async def test_what_was_forgotten_is_not_let_in_when_the_clock_is_set_back(
    client, clock, desk
) -> None:
    await send(client, b"a=1")
    clock.go_on(KEPT + 1)
    await send(client, b"a=2", signed(SECRET, b"a=2", int(clock.now)))
    clock.now = NOW
    assert (await send(client, b"a=1"))[0] == 401
    assert desk.taken == [b"a=1", b"a=2"]
    assert (await send(client, b"a=3", signed(SECRET, b"a=3", NOW + 1)))[0] == 200


async def test_a_time_that_is_doubted_is_asked_for_before_anything_is_refused(
    client, clock, desk
) -> None:
    clock.now, clock.right = NOW - 3600, NOW
    assert (await send(client, b"a=1"))[0] == 200
    assert (await send(client, b"a=2"))[0] == 200
    assert clock.doubted == 1


async def test_a_time_that_is_right_is_asked_for_and_the_request_refused(
    client, clock, desk
) -> None:
    headers = signed(SECRET, b"a=1", NOW - 301)
    assert (await send(client, b"a=1", headers))[0] == 401
    assert clock.doubted == 1
    assert desk.taken == []


async def test_what_is_no_time_makes_nobody_doubt(client, clock) -> None:
    headers = signed(SECRET, b"a=1", NOW) | {"X-Slack-Request-Timestamp": "soon"}
    assert (await send(client, b"a=1", headers))[0] == 401
    assert clock.doubted == 0


async def test_only_so_many_answers_are_kept(clock, desk, monkeypatch) -> None:
    monkeypatch.setattr(edge_module, "MOST_KEPT", 3)
    async with served(clock, desk) as client:
        for number in range(4):
            await send(client, b"a=%d" % number)
        await send(client, b"a=3")
        assert len(desk.taken) == 4
        await send(client, b"a=0")
        assert len(desk.taken) == 5


async def test_only_so_many_bytes_of_answers_are_kept(clock, desk, monkeypatch) -> None:
    monkeypatch.setattr(edge_module, "MOST_BYTES", 40)
    async with served(clock, desk) as client:
        for number in range(4):
            await send(client, b"a=%d" % number)
        await send(client, b"a=3")
        assert len(desk.taken) == 4
        await send(client, b"a=0")
        assert len(desk.taken) == 5


@given(st.text(max_size=20) | st.integers(NOW - 400, NOW + 400).map(str))
def test_any_time_is_read_or_refused(text) -> None:
    with suppress(Refusal):
        stamp = _stamp(text, NOW)
        assert abs(int(stamp) - NOW) <= 300
        assert stamp.decode() == text
