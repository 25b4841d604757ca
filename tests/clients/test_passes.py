"""Tokens are made once for many calls, and are those that the SDK would make."""

import jwt
import pytest
from aiohttp import web
from livekit import api

from bot.clients.livekit import LiveKitRooms, LiveKitServer
from bot.clients.passes import USED, Passes
from tests.fakes.tokens import API_KEY, API_SECRET
from tests.fakes.wire import serving, session
from tests.fakes.world import ALICE, ROOM


class Clock:
    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


def passes(limit=8):
    clock = Clock()
    return Passes(API_KEY, API_SECRET, limit=limit, now=clock), clock


@pytest.fixture
def made(monkeypatch):
    """Count the tokens that the SDK makes."""
    counted, real = [], api.AccessToken.to_jwt

    def counting(token):
        counted.append(token)
        return f"{real(token)}.{len(counted)}"

    monkeypatch.setattr(api.AccessToken, "to_jwt", counting)
    return counted


def test_a_token_is_used_for_a_while_and_no_longer(made):
    kept, clock = passes()
    first = kept.of(ROOM)
    clock.now += USED - 1
    assert kept.of(ROOM) == first
    clock.now += 1
    assert kept.of(ROOM) != first
    assert len(made) == 2


def test_a_clock_that_is_set_back_gives_a_token_with_the_right_times(made):
    kept, clock = passes()
    first = kept.of(ROOM)
    clock.now -= 1
    assert kept.of(ROOM) != first


def test_each_room_has_a_token_of_its_own(made):
    kept, _ = passes()
    assert len({kept.of(ROOM), kept.of("other"), kept.of(None), kept.of("")}) == 4


def test_only_so_many_are_kept_and_the_least_used_goes_first(made):
    kept, _ = passes(limit=2)
    first = kept.of("one")
    kept.of("two")
    assert kept.of("one") == first
    kept.of("three")
    assert kept.of("one") == first
    assert len(made) == 3
    kept.of("two")
    assert len(made) == 4


def test_what_is_kept_shows_no_token():
    kept, _ = passes()
    token = kept.of(ROOM)
    assert token not in str(vars(kept))


async def test_they_grant_what_the_sdk_would_grant_for_the_call():
    sent = []

    async def answer(request):
        sent.append(request.headers["Authorization"].removeprefix("Bearer "))
        return web.Response()

    who = api.RoomParticipantIdentity(room=ROOM, identity=ALICE)
    async with serving(answer) as url, session() as http:
        sdk = api.LiveKitAPI(url, API_KEY, API_SECRET, session=http).room
        await sdk.list_rooms(api.ListRoomsRequest())
        await sdk.list_participants(api.ListParticipantsRequest(room=ROOM))
        await sdk.get_participant(who)
        await sdk.remove_participant(who)
        await sdk.send_data(api.SendDataRequest(room=ROOM))
        rooms = LiveKitRooms(http, LiveKitServer(url, API_KEY, API_SECRET))
        await rooms.rooms()
        await rooms.participants(ROOM)
        await rooms.participant(ROOM, ALICE)
        await rooms.remove(ROOM, ALICE)
        await rooms.send(ROOM, b"{}")
    theirs, ours = [granted(one) for one in sent[:5]], [granted(s) for s in sent[5:]]
    assert ours == theirs
    assert len(set(sent[5:])) == 2


def granted(token):
    """Return what a token says, and for how long it is good."""
    told = jwt.decode(token, API_SECRET, algorithms=["HS256"])
    began = told.pop("nbf")
    return told | {"exp": told["exp"] - began}
