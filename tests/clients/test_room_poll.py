from datetime import timedelta

import pytest

from bot.clients.poll import RoomPoll
from bot.cohrtz.history import trace
from bot.cohrtz.patterns import Pattern
from bot.world.rooms import Presence, RoomsUnreachable
from bot.world.transitions import Move
from tests.fakes.world import (
    ALICE,
    BOB,
    NOON,
    ROOM,
    FakeClock,
    FakeRooms,
    FakeTransitions,
)

BEGAN = NOON - timedelta(minutes=5)


@pytest.fixture
def rooms():
    return FakeRooms()


@pytest.fixture
def record():
    return FakeTransitions()


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def poll(rooms, record, clock):
    return RoomPoll(rooms, record, clock)


async def test_a_session_that_no_webhook_told_of_is_seen_since_it_began(poll, rooms):
    rooms.put(ALICE, joined_at=BEGAN)
    (seen,) = await poll.look(ROOM)
    assert (seen.move, seen.identity, seen.sid) == (Move.SEEN, ALICE, "PA_1")
    assert (seen.at, seen.joined_at, seen.source) == (BEGAN, BEGAN, "poll")


async def test_a_session_whose_end_nobody_told_is_gone(poll, rooms, clock):
    rooms.put(ALICE)
    await poll.look(ROOM)
    rooms.drop(ALICE)
    clock.advance(30)
    (gone,) = await poll.look(ROOM)
    assert (gone.move, gone.sid, gone.at) == (Move.GONE, "PA_1", clock())


async def test_what_webhooks_told_is_not_told_again(poll, rooms, record):
    rooms.put(ALICE)
    record.put(Move.JOINED, "PA_1", BEGAN)
    assert await poll.look(ROOM) == []
    rooms.drop(ALICE)
    record.put(Move.LEFT, "PA_1", NOON)
    assert await poll.look(ROOM) == []


async def test_looking_again_before_it_is_recorded_gives_the_same_ids(poll, rooms):
    rooms.put(ALICE)
    rooms.put(BOB, sid="PA_2")
    first, second = await poll.look(ROOM), await poll.look(ROOM)
    assert {one.id for one in first} == {one.id for one in second}
    assert len({one.id for one in first}) == 2


async def test_once_it_is_recorded_it_is_quiet(poll, rooms, record):
    rooms.put(ALICE)
    record.record += await poll.look(ROOM)
    assert await poll.look(ROOM) == []


async def test_a_lost_end_is_found_after_a_restart_from_the_record(poll, record):
    record.put(Move.JOINED, "PA_1", BEGAN, joined_at=BEGAN)
    (gone,) = await poll.look(ROOM)
    assert (gone.move, gone.joined_at) == (Move.GONE, BEGAN)


async def test_a_long_session_is_told_once_though_its_record_is_out_of_reach(
    poll, rooms, record, clock
):
    rooms.put(ALICE, joined_at=NOON - timedelta(hours=3))
    record.put(Move.JOINED, "PA_1", NOON - timedelta(hours=3))
    told = [await poll.look(ROOM) for _ in range(3)]
    assert [len(moves) for moves in told] == [1, 0, 0]
    rooms.drop(ALICE)
    assert [one.move for one in await poll.look(ROOM)] == [Move.GONE]


async def test_a_session_that_is_not_yet_active_is_not_news(poll, rooms):
    rooms.put(ALICE, presence=Presence.JOINED)
    assert await poll.look(ROOM) == []


async def test_a_look_that_fails_forgets_nothing(poll, rooms, record):
    rooms.put(ALICE)
    record.record += await poll.look(ROOM)
    rooms.fails = RoomsUnreachable("No answer in 5 s.")
    with pytest.raises(RoomsUnreachable):
        await poll.look(ROOM)
    rooms.fails = None
    rooms.drop(ALICE)
    assert [one.move for one in await poll.look(ROOM)] == [Move.GONE]


async def test_a_flap_without_any_webhook_is_still_a_loop(poll, rooms, record, clock):
    for number in range(3):
        rooms.put(ALICE, sid=f"PA_{number}", joined_at=clock())
        record.record += await poll.look(ROOM)
        clock.advance(15)
        rooms.drop(ALICE)
        record.record += await poll.look(ROOM)
        clock.advance(15)
    seen = trace(await record.recent(ROOM, ALICE, BEGAN), present=False)
    assert seen.pattern is Pattern.RECONNECT_LOOP
