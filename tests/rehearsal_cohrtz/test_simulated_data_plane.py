"""Data in the simulated rooms, over RoomService and between sessions: no rtc client."""

import pytest
from cohrtz_samples import ACTIVE, ALICE, BOB, ROOM
from livekit import api

from rehearsal.cohrtz.data_plane import DataMessage


@pytest.fixture
async def heard(world):
    """Alice and Bob are in, their apps say nothing; what each hears is kept."""
    heard = {"alice": [], "bob": []}
    for name, peer in world.deployment.peers.items():
        await peer.connect()
        await world.until_state(name, ACTIVE)
    world.deployment.apps.stop()
    for name, said in heard.items():
        world.deployment.plane.listen(world.session(name).sid, said.append)
    return heard


def payloads(heard):
    return {name: [told.payload for told in said] for name, said in heard.items()}


async def send(world, **asked):
    request = api.SendDataRequest(room=ROOM, **asked)
    await world.livekit.room.send_data(request)


async def test_what_the_api_sends_reaches_everybody_without_a_sender(world, heard):
    await send(world, data=b"\x08\x03", kind=api.DataPacket.RELIABLE)
    assert payloads(heard) == {"alice": [b"\x08\x03"], "bob": [b"\x08\x03"]}
    assert heard["bob"][0].shown_sender == ""
    assert heard["bob"][0].reliable


async def test_what_names_a_destination_reaches_nobody_else(world, heard):
    await send(world, data=b"x", destination_identities=[ALICE])
    assert payloads(heard) == {"alice": [b"x"], "bob": []}


async def test_what_a_session_sends_does_not_come_back_to_it(world, heard):
    sender = world.session("alice")
    world.deployment.plane.send(DataMessage(ROOM, b"x", sender=sender))
    assert payloads(heard) == {"alice": [], "bob": [b"x"]}
    assert heard["bob"][0].shown_sender == ALICE


async def test_who_may_not_publish_is_dropped_in_silence(world, heard):
    muted = api.ParticipantPermission(can_subscribe=True)
    await world.livekit.room.update_participant(
        api.UpdateParticipantRequest(room=ROOM, identity=BOB, permission=muted)
    )
    sender = world.session("bob")
    world.deployment.plane.send(DataMessage(ROOM, b"x", sender=sender))
    assert payloads(heard) == {"alice": [], "bob": []}
    assert [told.payload for told in world.deployment.plane.dropped] == [b"x"]


async def test_sending_to_a_room_that_is_not_open_is_unavailable(world):
    with pytest.raises(api.TwirpError) as refused:
        await world.livekit.room.send_data(api.SendDataRequest(room="no", data=b"x"))
    assert refused.value.code == "unavailable"


async def test_rtc_v1_is_not_there_so_that_sdks_fall_back(world):
    async with world.http.get(f"{world.server.livekit_http_url}/rtc/v1") as answer:
        assert answer.status == 404


@pytest.mark.parametrize(("token", "status"), [("", 401), ("nonsense", 401)])
async def test_a_bad_token_gets_no_signalling(world, token, status):
    url = f"{world.server.livekit_http_url}/rtc"
    async with world.http.get(url, params={"access_token": token}) as answer:
        assert answer.status == status
