"""`/rtc/validate`, health, and the faults of the LiveKit server."""

import asyncio
import time

import aiohttp
import pytest
from cohrtz_samples import ACTIVE, ALICE, ROOM, SECRET, token_for
from livekit import api


async def list_rooms(world):
    async with asyncio.timeout(5):
        return await world.livekit.room.list_rooms(api.ListRoomsRequest())


@pytest.mark.parametrize("path", ["/rtc/validate", "/rtc/v1/validate"])
async def test_a_fresh_token_of_the_endpoint_is_validated(world, path):
    assert await world.validate(await world.fetch(), path) == (200, "success")
    assert world.deployment.journal.find(path=path, room=ROOM, identity=ALICE)
    assert world.deployment.rooms.room(ROOM) is None


async def test_the_token_may_come_as_a_parameter(world):
    url = world.server.livekit_http_url + "/rtc/validate"
    params = {"access_token": await world.fetch()}
    async with world.http.get(url, params=params) as answer:
        assert await answer.text() == "success"


@pytest.mark.parametrize(
    ("fault", "status", "says"),
    [
        ("token.expired", 401, "token is expired (exp)"),
        ("token.old-secret", 401, "error in cryptographic primitive"),
        ("token.missing-iss", 401, "invalid API key: "),
        ("token.missing-grant", 401, "permissions denied"),
        ("token.float-exp", 200, "success"),
        ("token.wrong-identity", 200, "success"),
        ("livekit.secret-rotated", 401, "error in cryptographic primitive"),
    ],
)
async def test_the_server_judges_the_endpoint_s_tokens(world, fault, status, says):
    world.faults.set(fault)
    got, text = await world.validate(await world.fetch())
    assert got == status
    assert says in text


@pytest.mark.parametrize(("seconds", "status"), [(30, 200), (300, 401)])
async def test_the_server_forgives_a_minute_of_skew(world, seconds, status):
    world.faults.set("token.clock-skew", seconds=seconds)
    assert (await world.validate(await world.fetch()))[0] == status


async def test_no_token_and_no_identity_are_told_apart(world):
    url = world.server.livekit_http_url + "/rtc/validate"
    async with world.http.get(url) as answer:
        assert answer.status == 401
        assert await answer.text() == "no permissions to access the room"
    nameless = api.AccessToken("APIrehearsal", SECRET)
    nameless.claims.video = api.VideoGrants(room=ROOM)
    nameless.claims.video.room_join = None
    assert (await world.validate(nameless.to_jwt()))[1] == "permissions denied"


async def test_only_old_servers_repeat_the_token_that_they_refuse(world):
    token = token_for(ttl=-3600)
    assert token not in (await world.validate(token))[1]
    world.faults.set("livekit.echoes-token")
    assert token in (await world.validate(token))[1]


async def test_health_is_ok_without_a_token(world):
    async with world.http.get(world.server.livekit_http_url) as answer:
        assert (answer.status, await answer.text()) == (200, "OK")


async def test_a_server_with_a_new_secret_refuses_the_bot(world):
    world.faults.set("livekit.secret-rotated")
    with pytest.raises(api.TwirpError) as refusal:
        await list_rooms(world)
    assert refusal.value.status == 401


async def test_a_server_that_fails_answers_500(world):
    world.faults.set("livekit.status-500", text="disk full")
    with pytest.raises(api.TwirpError) as refusal:
        await list_rooms(world)
    assert refusal.value.status == 500


async def test_a_server_that_is_asked_too_often_says_so_in_its_own_words(world):
    world.faults.set("livekit.status-429")
    with pytest.raises(api.TwirpError) as refusal:
        await list_rooms(world)
    assert refusal.value.status == 429
    assert refusal.value.code == api.TwirpErrorCode.RESOURCE_EXHAUSTED


async def test_html_of_a_proxy_is_no_protobuf(world):
    world.faults.set("livekit.html")
    with pytest.raises(Exception, match=r"(?i)pars|decod|wire"):
        await list_rooms(world)


async def test_a_slow_server_takes_its_seconds(world):
    world.faults.set("livekit.slow", seconds=0.15)
    began = time.monotonic()
    await list_rooms(world)
    assert time.monotonic() - began >= 0.15


async def test_a_hanging_server_outlasts_the_caller(world):
    world.faults.set("livekit.hanging")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await world.livekit.room.list_rooms(api.ListRoomsRequest())
    world.faults.clear("livekit.hanging")
    await list_rooms(world)


@pytest.mark.parametrize("fault", ["livekit.reset", "livekit.refused"])
async def test_a_server_that_is_down_keeps_its_sessions(world, fault):
    await world.deployment.peers["alice"].connect()
    await world.until_state("alice", ACTIVE)
    world.faults.set(fault)
    with pytest.raises(aiohttp.ClientConnectionError):
        await list_rooms(world)
    assert world.session("alice").state == ACTIVE
    world.faults.clear(fault)
    await asyncio.sleep(0.02)
    assert len((await list_rooms(world)).rooms) == 1


@pytest.mark.parametrize(
    "fault", ["livekit.reset", "livekit.html", "livekit.status-502"]
)
async def test_nobody_joins_a_server_that_is_down(world, fault):
    world.faults.set(fault)
    await world.deployment.peers["alice"].connect()
    assert world.session("alice") is None
    world.faults.clear()
    await world.until_state("alice", ACTIVE)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("livekit.lost", aiohttp.ClientConnectionError),
        ("livekit.status-502", api.TwirpError),
    ],
)
async def test_an_answer_can_be_lost_after_all_was_done(world, fault, error):
    await world.deployment.peers["alice"].connect()
    await world.until_state("alice", ACTIVE)
    session = world.session("alice")
    world.faults.set(fault)
    gone = api.RoomParticipantIdentity(room=ROOM, identity=session.identity)
    with pytest.raises(error):
        await world.livekit.room.remove_participant(gone)
    assert world.session("alice") is not session
    (entry,) = world.deployment.journal.find(outcome="answer lost")
    assert entry.path.endswith("/RemoveParticipant")


async def test_a_fault_of_some_odds_meets_some_requests_alike_in_every_run(world):
    world.faults.set("livekit.status-500", odds=0.5)
    met = [await _fails(world) for _ in range(12)]
    assert 2 < sum(met) < 10


async def _fails(world):
    try:
        await list_rooms(world)
    except api.TwirpError:
        return True
    return False
