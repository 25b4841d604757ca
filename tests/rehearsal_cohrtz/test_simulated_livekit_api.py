"""RoomService over Twirp, asked by the real livekit-api client and by hand."""

import asyncio

import pytest
from cohrtz_samples import (
    ACTIVE,
    ALICE,
    BOB,
    KEY,
    ROOM,
    SECRET,
    deployment,
    living,
    token_for,
)
from livekit import api

TWIRP = "/twirp/livekit.RoomService/"


@pytest.fixture
async def inhabited(world):
    for name in ("alice", "bob"):
        await world.deployment.peers[name].connect()
        await world.until_state(name, ACTIVE)
    return world


@pytest.fixture
def rooms(world):
    return world.livekit.room


@pytest.fixture(autouse=True)
async def bounded():
    async with asyncio.timeout(5):
        yield


async def post(world, method, token, body=b"", content_type="application/protobuf"):
    url = world.server.livekit_http_url + TWIRP + method
    headers = {"Content-Type": content_type}
    if token:
        headers["Authorization"] = token
    async with world.http.post(url, data=body, headers=headers) as answer:
        return answer.status, answer.content_type, await answer.text(errors="replace")


async def test_rooms_are_listed_all_or_by_name(inhabited, rooms):
    everything = await rooms.list_rooms(api.ListRoomsRequest())
    assert [(r.name, r.num_participants) for r in everything.rooms] == [(ROOM, 2)]
    assert everything.rooms[0].sid.startswith("RM_")
    named = await rooms.list_rooms(api.ListRoomsRequest(names=[ROOM, "nowhere"]))
    assert [r.name for r in named.rooms] == [ROOM]


async def test_participants_are_listed_with_their_sessions(inhabited, rooms):
    listed = await rooms.list_participants(api.ListParticipantsRequest(room=ROOM))
    assert {p.identity: p.state for p in listed.participants} == {
        ALICE: ACTIVE,
        BOB: ACTIVE,
    }
    alice = inhabited.session("alice")
    asked = api.RoomParticipantIdentity(room=ROOM, identity=ALICE)
    got = await rooms.get_participant(asked)
    assert (got.sid, got.joined_at_ms) == (alice.sid, alice.joined_at_ms)


async def test_participants_of_a_room_that_is_not_open_are_an_empty_list(rooms):
    listed = await rooms.list_participants(api.ListParticipantsRequest(room="nowhere"))
    assert not listed.participants


@pytest.mark.parametrize("method", ["get_participant", "remove_participant"])
async def test_an_absent_participant_is_not_found(rooms, method):
    asked = api.RoomParticipantIdentity(room=ROOM, identity="user:nobody")
    with pytest.raises(api.TwirpError) as refusal:
        await getattr(rooms, method)(asked)
    assert (refusal.value.status, refusal.value.code) == (404, "not_found")
    assert refusal.value.message == "participant does not exist"


async def test_a_removed_participant_is_gone_at_once(inhabited, rooms):
    asked = api.RoomParticipantIdentity(room=ROOM, identity=ALICE, revoke_token_ts=1)
    before = inhabited.session("alice").sid
    await rooms.remove_participant(asked)
    listed = await rooms.list_participants(api.ListParticipantsRequest(room=ROOM))
    assert before not in [p.sid for p in listed.participants]


async def test_an_update_changes_the_participant_and_its_version(inhabited, rooms):
    before = inhabited.session("alice").version
    got = await rooms.update_participant(
        api.UpdateParticipantRequest(
            room=ROOM,
            identity=ALICE,
            metadata="m",
            attributes={"k": "v"},
            permission=api.ParticipantPermission(can_subscribe=True),
        )
    )
    assert (got.metadata, dict(got.attributes), got.version) == (
        "m",
        {"k": "v"},
        before + 1,
    )
    assert not got.permission.can_publish


async def test_packets_go_to_open_rooms_only(inhabited, rooms):
    await rooms.send_data(api.SendDataRequest(room=ROOM, data=b"\x08\x03"))
    with pytest.raises(api.TwirpError) as refusal:
        await rooms.send_data(api.SendDataRequest(room="nowhere", data=b"x"))
    assert (refusal.value.status, refusal.value.code) == (503, "unavailable")
    assert refusal.value.message == "no response from servers"


async def test_a_room_can_be_made_and_deleted(rooms):
    made = await rooms.create_room(api.CreateRoomRequest(name="new", metadata="m"))
    again = await rooms.create_room(api.CreateRoomRequest(name="new"))
    assert (made.metadata, again.sid) == ("m", made.sid)
    await rooms.delete_room(api.DeleteRoomRequest(room="new"))
    with pytest.raises(api.TwirpError, match="requested room does not exist"):
        await rooms.delete_room(api.DeleteRoomRequest(room="new"))


async def test_a_room_needs_a_name(rooms):
    with pytest.raises(api.TwirpError) as refusal:
        await rooms.create_room(api.CreateRoomRequest())
    assert (refusal.value.status, refusal.value.code) == (400, "invalid_argument")


async def test_a_deleted_room_is_left_by_all(inhabited, rooms):
    await rooms.delete_room(api.DeleteRoomRequest(room=ROOM))
    assert not (await rooms.list_rooms(api.ListRoomsRequest())).rooms


async def test_a_hidden_agent_is_listed_and_not_counted(world, rooms):
    token = api.AccessToken(KEY, SECRET).with_identity("probe").with_kind("agent")
    grants = api.VideoGrants(room_join=True, room=ROOM, hidden=True)
    await world.deployment.livekit.join(
        token.with_grants(grants).to_jwt(), lambda _: None
    )
    (room,) = (await rooms.list_rooms(api.ListRoomsRequest())).rooms
    (probe,) = (
        await rooms.list_participants(api.ListParticipantsRequest(room=ROOM))
    ).participants
    assert room.num_participants == 0
    assert probe.permission.hidden


GRANTS = {
    "ListRooms": {"room_list": True},
    "CreateRoom": {"room_create": True},
    "DeleteRoom": {"room_create": True},
    "ListParticipants": {"room_admin": True},
    "SendData": {"room_admin": True},
}


@pytest.mark.parametrize("method", sorted(GRANTS))
@pytest.mark.parametrize("given", ["room_list", "room_create", "room_admin"])
async def test_each_method_asks_for_its_grant_and_no_other(world, method, given):
    token = f"Bearer {token_for(**{given: True})}"
    body = api.ListParticipantsRequest(room=ROOM).SerializeToString()
    status, kind, text = await post(world, method, token, body)
    if given in GRANTS[method]:
        assert "permissions denied" not in text
    else:
        assert (status, kind) == (401, "application/json")
        assert '"unauthenticated"' in text


async def test_an_administrator_of_one_room_is_none_of_another(world):
    token = f"Bearer {token_for(room='other', room_admin=True)}"
    body = api.ListParticipantsRequest(room=ROOM).SerializeToString()
    assert (await post(world, "ListParticipants", token, body))[0] == 401


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Basic x", "invalid authorization header. Must start with Bearer "),
        ("Bearer x.y", "invalid authorization token: "),
        (f"Bearer {token_for(key='other')}", "invalid API key: other"),
        (
            f"Bearer {token_for(secret=SECRET[::-1])}",
            "error in cryptographic primitive",
        ),
        (f"Bearer {token_for(ttl=-3600)}", "token is expired (exp)"),
    ],
)
async def test_a_bad_token_is_refused_in_plain_text(world, header, says):
    status, kind, text = await post(world, "ListRooms", header)
    assert (status, kind) == (401, "text/plain")
    assert says in text


async def test_a_call_without_any_token_lacks_permission(world):
    status, kind, text = await post(world, "ListRooms", None)
    assert (status, kind) == (401, "application/json")
    assert "permissions denied" in text


async def test_the_client_sees_a_wrong_secret_as_401_without_words():
    async with living(deployment(), secret=SECRET[::-1]) as world:
        with pytest.raises(api.TwirpError) as refusal:
            await world.livekit.room.list_rooms(api.ListRoomsRequest())
    assert (refusal.value.status, refusal.value.code) == (401, "unknown")


async def test_json_is_spoken_too(inhabited):
    token = f"Bearer {token_for(room_list=True)}"
    asked = b'{"names": ["%s"], "extra": 1}' % ROOM.encode()
    status, kind, text = await post(
        inhabited, "ListRooms", token, asked, "application/json"
    )
    assert (status, kind) == (200, "application/json")
    assert '"num_participants":2' in text.replace(" ", "")


@pytest.mark.parametrize(
    ("method", "body", "content_type", "code"),
    [
        ("ListRooms", b"\xff\xff", "application/protobuf", "malformed"),
        ("ListRooms", b"{", "application/json", "malformed"),
        ("ListRooms", b'{"names": 3}', "application/json", "malformed"),
        ("ListRooms", b"", "text/plain", "bad_route"),
        ("ForwardMail", b"", "application/protobuf", "bad_route"),
    ],
)
async def test_what_is_no_request_is_refused(world, method, body, content_type, code):
    token = f"Bearer {token_for(room_list=True)}"
    status, _, text = await post(world, method, token, body, content_type)
    assert status == (400 if code == "malformed" else 404)
    assert f'"{code}"' in text


async def test_only_post_is_a_call(world):
    url = world.server.livekit_http_url + TWIRP + "ListRooms"
    async with world.http.get(url) as answer:
        assert answer.status == 404
        assert (await answer.json())["code"] == "bad_route"
