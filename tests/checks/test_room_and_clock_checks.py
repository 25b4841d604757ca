from datetime import timedelta

import pytest

from bot.checks import clock_skew, room_occupied
from bot.core.evidence import Verdict
from bot.world.rooms import Presence, RoomsForbidden
from bot.world.tokens import Trouble
from tests.fakes.tokens import body, claims, signed
from tests.fakes.world import (
    ALICE,
    BOB,
    NOON,
    ROOM,
    FakeRooms,
    FakeTokens,
    answered,
    unanswered,
    world,
)


async def occupied(rooms):
    return await room_occupied.run(room_occupied.Params(room=ROOM), world(rooms=rooms))


async def test_a_room_that_is_not_open_is_bad():
    finding = await occupied(FakeRooms())
    assert finding.verdict is Verdict.BAD
    assert finding.facts["room.exists"] is False
    assert finding.facts["room.participants"] == 0


async def test_participants_are_counted_as_the_peers_see_them():
    rooms = FakeRooms()
    rooms.put(ALICE)
    rooms.put(BOB, presence=Presence.JOINED)
    rooms.put("zz-ops", hidden=True)
    finding = await occupied(rooms)
    assert finding.verdict is Verdict.OK
    assert finding.facts == {
        "room.exists": True,
        "room.participants": 2,
        "room.hidden": 1,
        "room.active": 1,
    }


@pytest.mark.parametrize(
    ("presence", "hidden"), [(Presence.JOINING, False), (Presence.ACTIVE, True)]
)
async def test_a_room_without_an_active_visible_participant_is_bad(presence, hidden):
    rooms = FakeRooms()
    rooms.put(ALICE, presence=presence, hidden=hidden)
    finding = await occupied(rooms)
    assert finding.verdict is Verdict.BAD
    assert finding.facts["room.active"] == 0


async def test_a_server_that_does_not_let_us_look_leaves_it_unknown():
    finding = await occupied(FakeRooms(fails=RoomsForbidden("Compare the keys.")))
    assert finding.verdict is Verdict.UNKNOWN
    assert "Compare the keys." in finding.headline
    assert not finding.facts


async def skew(answer):
    tokens = FakeTokens(lambda *_: answer)
    return await clock_skew.run(clock_skew.Params(room=ROOM), world(tokens=tokens))


def dated(seconds, *, token_seconds=None):
    made = claims() | {
        "nbf": int(NOON.timestamp()) + (token_seconds or seconds),
    }
    stamp = NOON + timedelta(seconds=seconds)
    return answered(body(signed(made)), server_time=stamp, took=0.0)


@pytest.mark.parametrize(
    ("seconds", "verdict", "way"),
    [
        (0, Verdict.OK, "agree"),
        (30, Verdict.OK, "agree"),
        (31, Verdict.BAD, "ahead of"),
        (-31, Verdict.OK, "agree"),
        (-32, Verdict.BAD, "behind"),
    ],
)
async def test_more_than_half_a_minute_of_skew_is_bad(seconds, verdict, way):
    finding = await skew(dated(seconds))
    assert finding.verdict is verdict
    assert way in finding.headline


async def test_one_second_is_within_what_a_date_can_tell():
    finding = await skew(dated(-1))
    assert finding.facts == {"skew.endpoint_s": 0.0, "skew.token_s": 0.0}


async def test_an_old_token_is_not_taken_for_a_slow_clock():
    finding = await skew(dated(0, token_seconds=-7200))
    assert finding.verdict is Verdict.OK
    assert "cache" in finding.headline
    assert finding.facts["skew.token_s"] == -7199.0


async def test_a_token_from_the_future_is_bad_though_the_date_is_right():
    finding = await skew(dated(0, token_seconds=90))
    assert finding.verdict is Verdict.BAD
    assert finding.facts["skew.token_s"] == 90.0


async def test_without_a_date_the_clock_is_unseen():
    finding = await skew(answered(body(signed(claims())), server_time=None))
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.facts == {"skew.token_s": 0.0}
    assert (await skew(unanswered(Trouble.TIMEOUT))).verdict is Verdict.UNKNOWN


async def test_the_date_is_enough_when_there_is_no_token():
    finding = await skew(answered(b"no", status=500))
    assert finding.verdict is Verdict.OK
    assert finding.facts == {"skew.endpoint_s": 0.0}
