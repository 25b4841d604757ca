"""The real rtc SDK joins the simulated server, hidden or not, and hears its data."""

import asyncio
from datetime import timedelta

import pytest
from cohrtz_samples import (
    ACTIVE,
    ALICE,
    BOB,
    KEY,
    ROOM,
    SECRET,
    Hook,
    deployment,
    listening,
    living,
)
from livekit import api, rtc
from livekit.protocol import rtc as signal

from rehearsal.cohrtz import links
from rehearsal.cohrtz.data_plane import DataMessage

LISTENER = "zz-listener"
QUIET = {"can_publish": False, "can_publish_data": False, "can_subscribe": True}


def token(identity=LISTENER, secret=SECRET, **grants):
    grants = {"hidden": True, **QUIET, **grants}
    made = api.AccessToken(KEY, secret).with_identity(identity).with_kind("agent")
    made = made.with_ttl(timedelta(minutes=1))
    video = api.VideoGrants(room_join=True, room=ROOM, **grants)
    return made.with_grants(video).to_jwt()


class Client:
    """An SDK room that keeps what it is told."""

    def __init__(self, world):
        self.world = world
        self.room = rtc.Room()
        self.heard = []
        self.ended = []
        self.gone = []
        self.room.on("data_received", self._hear)
        self.room.on("disconnected", self.ended.append)
        self.room.on("participant_disconnected", lambda p: self.gone.append(p.identity))

    def _hear(self, packet):
        who = packet.participant.identity if packet.participant else None
        self.heard.append((packet.data, who))

    async def join(self, **how):
        options = rtc.RoomOptions(auto_subscribe=False, connect_timeout=5)
        await self.room.connect(self.world.server.livekit_url, token(**how), options)
        who = how.get("identity", LISTENER)
        await self.world.deployment.wait_for(lambda: self.session(who) == ACTIVE)

    def session(self, who=LISTENER):
        session = self.world.deployment.rooms.session(ROOM, who)
        return session.state if session else None

    async def until(self, holds):
        await self.world.deployment.wait_for(holds)


@pytest.fixture
async def world():
    async with living(deployment()) as world:
        for name, peer in world.deployment.peers.items():
            await peer.connect()
            await world.until_state(name, ACTIVE)
        world.deployment.apps.stop()
        yield world


@pytest.fixture
async def client(world):
    client = Client(world)
    yield client
    await client.room.disconnect()


async def test_a_hidden_listener_hears_what_is_for_all_and_nothing_else(world, client):
    await client.join()
    alice = world.session("alice")
    send = world.deployment.plane.send
    send(DataMessage(ROOM, b"for bob", sender=alice, to=frozenset({BOB})))
    send(DataMessage(ROOM, b"for all", sender=alice))
    await world.livekit.room.send_data(api.SendDataRequest(room=ROOM, data=b"api"))
    await client.until(lambda: len(client.heard) == 2)
    assert client.heard == [(b"for all", ALICE), (b"api", None)]
    assert set(client.room.remote_participants) == {ALICE, BOB}


async def test_a_hidden_listener_is_listed_and_webhooked_but_not_shown(world, client):
    hook = Hook()
    async with listening(hook) as url:
        world.deployment.set_webhook_url(url)
        other = Client(world)
        await other.join(identity="user:seen", hidden=False)
        await client.join()
        await client.until(lambda: ("participant_joined", LISTENER) in hook.told)
        asked = api.ListParticipantsRequest(room=ROOM)
        listed = (await world.livekit.room.list_participants(asked)).participants
        hidden = {one.identity for one in listed if one.permission.hidden}
        assert hidden == {LISTENER}
        assert set(other.room.remote_participants) == {ALICE, BOB}
        await client.room.disconnect()
        await client.until(lambda: ("participant_left", LISTENER) in hook.told)
        assert other.gone == []
        await other.room.disconnect()
        await client.until(lambda: client.session("user:seen") is None)
        await world.deployment.webhooks.stop()


async def test_a_listener_that_publishes_is_heard_by_nobody(world, client):
    heard = []
    world.deployment.plane.listen(world.session("alice").sid, heard.append)
    await client.join()
    await client.room.local_participant.publish_data(b"no")
    await client.until(lambda: world.deployment.plane.dropped)
    assert heard == []


async def test_who_may_publish_is_heard(world, client):
    heard = []
    world.deployment.plane.listen(world.session("alice").sid, heard.append)
    await client.join(can_publish_data=True, hidden=False)
    await client.room.local_participant.publish_data(b"yes")
    await client.until(lambda: heard)
    assert (heard[0].payload, heard[0].shown_sender) == (b"yes", LISTENER)


async def test_being_removed_is_told_with_its_reason(world, client):
    await client.join()
    await world.remove(LISTENER)
    await client.until(lambda: client.ended)
    assert client.ended == [rtc.DisconnectReason.PARTICIPANT_REMOVED]


async def test_a_wrong_secret_does_not_get_in(world, client):
    options = rtc.RoomOptions(connect_timeout=5)
    with pytest.raises(rtc.ConnectError):
        await client.room.connect(
            world.server.livekit_url, token(secret="x" * 40), options
        )
    assert client.session() is None


async def test_without_the_library_there_are_no_data_channels(world, monkeypatch):
    monkeypatch.setattr(links, "MODULE", "rehearsal.cohrtz.no_such_module")
    url = f"{world.server.livekit_http_url}/rtc"
    async with world.http.get(url, params={"access_token": token()}) as answer:
        assert answer.status == 503
    assert world.deployment.rooms.session(ROOM, LISTENER) is None


async def test_noise_on_the_socket_ends_nothing_but_that_client(world):
    async with world.http.ws_connect(
        f"{world.server.livekit_http_url}/rtc", params={"access_token": token()}
    ) as socket:
        await asyncio.wait_for(socket.receive_bytes(), 5)
        await socket.send_bytes(b"\xff\xff")
        asked = signal.SignalRequest(ping=7)
        await socket.send_bytes(asked.SerializeToString())
        while True:
            told = signal.SignalResponse.FromString(await socket.receive_bytes())
            if told.WhichOneof("message") == "pong":
                break
        assert told.pong == 7
        asked = signal.SignalRequest(leave=signal.LeaveRequest())
        await socket.send_bytes(asked.SerializeToString())
        gone = lambda: world.deployment.rooms.session(ROOM, LISTENER) is None  # noqa: E731
        await world.deployment.wait_for(gone)


async def test_a_client_whose_socket_breaks_fades(world):
    async with world.http.ws_connect(
        f"{world.server.livekit_http_url}/rtc", params={"access_token": token()}
    ) as socket:
        await asyncio.wait_for(socket.receive_bytes(), 5)
        assert world.deployment.rooms.session(ROOM, LISTENER) is not None
        await socket.close()
    gone = lambda: world.deployment.rooms.session(ROOM, LISTENER) is None  # noqa: E731
    await world.deployment.wait_for(gone)
