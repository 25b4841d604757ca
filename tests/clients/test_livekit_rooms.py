import asyncio
import json
from datetime import UTC, datetime

import jwt
import pytest
from aiohttp import web
from livekit import api

from bot.clients.livekit import LONG_AGO, LiveKitRooms, LiveKitServer
from bot.errors import WorldError
from bot.world.rooms import (
    NotThere,
    Presence,
    RoomsBusy,
    RoomsFault,
    RoomsForbidden,
    RoomsSilent,
    RoomsUnreachable,
)
from tests.fakes.tokens import API_KEY, API_SECRET
from tests.fakes.wire import fixed, serving, session, unbound
from tests.fakes.world import ALICE, ROOM

BEGAN = datetime(2026, 3, 1, 11, 55, tzinfo=UTC)


def message(made):
    return web.Response(body=made.SerializeToString())


def twirp(code, status, said=""):
    return web.json_response({"code": code, "msg": said}, status=status)


def alice(**more):
    told = {"identity": ALICE, "sid": "PA_1", "state": 2, **more}
    return api.ParticipantInfo(**told)


def client(http, url, seconds=5.0):
    return LiveKitRooms(http, LiveKitServer(url, API_KEY, API_SECRET), seconds=seconds)


async def call(handler, method, *args, seconds=5.0):
    async with serving(handler) as url, session() as http:
        return await getattr(client(http, url, seconds), method)(*args)


async def test_rooms_are_read_with_their_times():
    room = api.Room(name=ROOM, sid="RM_1", num_participants=2)
    room.creation_time = int(BEGAN.timestamp())
    answer = fixed(lambda: message(api.ListRoomsResponse(rooms=[room])))
    (seen,) = await call(answer, "rooms", [ROOM])
    assert (seen.name, seen.sid, seen.participants) == (ROOM, "RM_1", 2)
    assert seen.created_at == BEGAN


@pytest.mark.parametrize(
    ("state", "presence"),
    [
        (0, Presence.JOINING),
        (1, Presence.JOINED),
        (2, Presence.ACTIVE),
        (3, Presence.DISCONNECTED),
        (9, Presence.UNRECOGNISED),
    ],
)
async def test_each_state_is_read_and_new_ones_are_not_guessed(state, presence):
    answer = fixed(lambda: message(alice(state=state)))
    assert (await call(answer, "participant", ROOM, ALICE)).presence is presence


async def test_participants_come_with_times_and_hidden_ones_are_flagged():
    people = [
        alice(joined_at_ms=int(BEGAN.timestamp()) * 1000 + 250),
        alice(permission=api.ParticipantPermission(hidden=True)),
    ]
    listed = api.ListParticipantsResponse(participants=people)
    seen = await call(fixed(lambda: message(listed)), "participants", ROOM)
    assert [person.hidden for person in seen] == [False, True]
    assert seen[0].joined_at == BEGAN.replace(microsecond=250_000)
    assert seen[1].joined_at is None


async def test_whoever_is_not_there_is_none_and_a_room_that_is_not_open_is_empty():
    absent = fixed(lambda: twirp("not_found", 404, "participant does not exist"))
    assert await call(absent, "participant", ROOM, ALICE) is None
    assert await call(absent, "participants", ROOM) == []
    with pytest.raises(NotThere, match="participant does not exist"):
        await call(absent, "remove", ROOM, ALICE)


async def test_a_removal_revokes_no_token_that_we_know_of():
    asked = []

    async def answer(request):
        asked.append((request.path, await request.read()))
        return message(api.RemoveParticipantResponse())

    await call(answer, "remove", ROOM, ALICE)
    ((path, raw),) = asked
    sent = api.RoomParticipantIdentity.FromString(raw)
    assert path == "/twirp/livekit.RoomService/RemoveParticipant"
    assert (sent.room, sent.identity) == (ROOM, ALICE)
    assert sent.revoke_token_ts == LONG_AGO > 0


async def test_a_websocket_url_serves_as_well_and_a_base_path_is_kept():
    paths = []

    async def answer(request):
        paths.append(request.path)
        return message(api.ListRoomsResponse())

    async with serving(answer) as url, session() as http:
        await client(http, url.replace("http", "ws") + "/sfu/").rooms()
    assert paths == ["/sfu/twirp/livekit.RoomService/ListRooms"]


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (lambda: web.Response(status=401, text="invalid API key"), RoomsForbidden),
        (lambda: twirp("unauthenticated", 401, "permissions denied"), RoomsForbidden),
        (lambda: twirp("permission_denied", 403), RoomsForbidden),
        (
            lambda: twirp("unavailable", 503, "no response from servers"),
            RoomsUnreachable,
        ),
        (lambda: web.Response(status=502, text="<html>bad gateway"), RoomsUnreachable),
        (lambda: twirp("resource_exhausted", 429, "rate limit"), RoomsBusy),
        (lambda: web.Response(status=429, text="<html>slow down"), RoomsBusy),
        (lambda: web.Response(status=404, text="<html>not here"), RoomsFault),
        (lambda: twirp("bad_route", 404, "no handler"), RoomsFault),
        (lambda: twirp("invalid_argument", 400, "room"), RoomsFault),
        (
            lambda: web.Response(text="<html>log in", content_type="text/html"),
            RoomsFault,
        ),
        (lambda: web.json_response(["no"], status=500), RoomsFault),
        (lambda: web.json_response({"code": 7, "msg": []}, status=400), RoomsFault),
    ],
)
@pytest.mark.parametrize("method", ["rooms", "remove"])
async def test_errors_are_classed_by_status_first(response, error, method):
    args = (ROOM, ALICE) if method == "remove" else ()
    with pytest.raises(error) as raised:
        await call(fixed(response), method, *args)
    assert type(raised.value) is error


async def test_the_server_is_asked_once_only_whatever_it_answers():
    asked = []

    async def answer(request):
        asked.append(request.path)
        return web.Response(status=503)

    with pytest.raises(RoomsUnreachable):
        await call(answer, "remove", ROOM, ALICE)
    assert len(asked) == 1


async def test_a_server_that_hangs_is_given_up_in_time():
    async def hang(_):
        await asyncio.sleep(60)

    async with asyncio.timeout(2):
        with pytest.raises(RoomsUnreachable, match=r"no answer in 0\.05 s"):
            await call(hang, "rooms", seconds=0.05)


async def test_a_server_that_is_down_is_told_in_words():
    async with unbound() as url, session() as http:
        with pytest.raises(RoomsUnreachable, match="cannot be reached"):
            await client(http, url).rooms()


async def test_a_url_that_is_none_is_told_in_words_too():
    async with session() as http:
        with pytest.raises(WorldError):
            await client(http, "nonsense").rooms()


async def test_an_error_never_holds_our_token_even_if_the_server_echoes_it():
    sent = []

    async def echo(request):
        sent.append(request.headers["Authorization"].removeprefix("Bearer "))
        return web.Response(
            status=401,
            content_type="application/json",
            text=json.dumps({"code": "unauthenticated", "msg": f"bad: {sent[-1]}"}),
        )

    with pytest.raises(RoomsForbidden) as raised:
        await call(echo, "participants", ROOM)
    grant = jwt.decode(sent[0], API_SECRET, algorithms=["HS256"])["video"]
    assert grant["roomAdmin"]
    assert not any(part in str(raised.value) for part in sent[0].split("."))
    assert raised.value.__suppress_context__


async def test_giving_up_from_outside_is_not_taken_for_a_slow_server():
    async def hang(_):
        await asyncio.sleep(60)

    async with serving(hang) as url, session() as http:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await client(http, url).rooms()


def test_the_servers_secret_does_not_show():
    assert API_SECRET not in repr(LiveKitServer("ws://x", API_KEY, API_SECRET))


async def test_our_own_probe_is_not_among_the_participants():
    hidden = api.ParticipantPermission(hidden=True)
    people = [alice(), alice(identity="zz-triage-probe-1", permission=hidden)]
    listed = api.ListParticipantsResponse(participants=people)
    seen = await call(fixed(lambda: message(listed)), "participants", ROOM)
    assert [person.identity for person in seen] == [ALICE]


async def test_a_packet_is_sent_reliably_to_all_and_without_a_topic():
    asked = []

    async def answer(request):
        asked.append(api.SendDataRequest.FromString(await request.read()))
        return message(api.SendDataResponse())

    await call(answer, "send", ROOM, b"\x08\x03")
    (request,) = asked
    assert (request.room, request.data, request.topic) == (ROOM, b"\x08\x03", "")
    assert request.kind == api.DataPacket.Kind.RELIABLE
    assert not request.destination_identities


async def test_a_room_that_no_node_has_may_or_may_not_have_got_it():
    answer = fixed(lambda: twirp("unavailable", 503, "no response from servers"))
    with pytest.raises(RoomsUnreachable):
        await call(answer, "send", ROOM, b"x")


def stumbling(*answers):
    """Answer one after the other; the calls are counted in the list that comes too."""
    calls = []

    async def answer(request):
        calls.append(request.path.rpartition("/")[2])
        return answers[min(len(calls), len(answers)) - 1]()

    return answer, calls


async def test_what_only_looks_is_asked_once_more_when_the_server_stumbles():
    room = api.Room(name=ROOM, sid="RM_1")
    answer, calls = stumbling(
        lambda: twirp("internal", 500),
        lambda: message(api.ListRoomsResponse(rooms=[room])),
    )
    (seen,) = await call(answer, "rooms")
    assert seen.name == ROOM
    assert calls == ["ListRooms", "ListRooms"]


async def test_a_look_is_given_up_after_the_second_time():
    answer, calls = stumbling(lambda: twirp("unavailable", 503))
    with pytest.raises(RoomsUnreachable):
        await call(answer, "participants", ROOM)
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("method", "given"), [("remove", (ROOM, ALICE)), ("send", (ROOM, b"x"))]
)
async def test_what_changes_the_world_is_never_sent_twice(method, given):
    answer, calls = stumbling(lambda: twirp("internal", 500))
    with pytest.raises(RoomsUnreachable):
        await call(answer, method, *given)
    assert len(calls) == 1


async def test_a_server_that_is_asked_too_often_is_not_asked_again():
    answer, calls = stumbling(lambda: twirp("resource_exhausted", 429))
    with pytest.raises(RoomsBusy, match="wait a minute"):
        await call(answer, "rooms")
    assert len(calls) == 1


async def test_a_silent_server_is_not_asked_again():
    calls = []

    async def silent(request):
        calls.append(request.path)
        await asyncio.sleep(5)

    with pytest.raises(RoomsSilent):
        await call(silent, "rooms", seconds=0.1)
    assert len(calls) == 1
