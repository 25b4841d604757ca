import pytest

from bot.actions import ACTIONS
from bot.actions import announce_handshakes as action
from bot.core.actions import Effect
from bot.world.rooms import NotThere, Presence, RoomsBusy, RoomsUnreachable
from tests.fakes.scripted import failing
from tests.fakes.world import ALICE, BOB, ROOM, FakeRooms, world

CAROL = "user:0195b2f0-0000-7000-8000-0000000ca201"


@pytest.fixture
def rooms():
    made = FakeRooms()
    made.put(ALICE)
    made.put(BOB)
    made.put(CAROL, presence=Presence.JOINED)
    made.put("zz-ops", hidden=True)
    return made


def comes(rooms):
    rooms.put(CAROL)


def goes(rooms):
    rooms.drop(BOB)


def is_another(rooms):
    goes(rooms)
    comes(rooms)


@pytest.fixture
def here(rooms):
    return world(rooms=rooms)


@pytest.fixture
async def plan(here):
    return await action.plan(action.Params(room=ROOM), here)


def test_it_is_registered_and_says_how_far_it_reaches():
    assert ACTIONS["announce-handshakes"] is action
    assert action.EFFECT is Effect.ROOM


async def test_the_plan_counts_the_active_ones_and_tells_the_side_effect(plan):
    assert plan.touches == 2
    assert "all 2 participants" in plan.target
    assert "epoch" in plan.blast
    assert "ghost" in plan.blast
    assert "nobody is disconnected" in plan.blast


async def test_somebody_who_came_in_between_asks_for_another_press(plan, rooms, here):
    rooms.put(CAROL)
    again = await action.plan(action.Params(room=ROOM), here)
    assert again.binding != plan.binding


async def test_as_many_but_others_are_not_the_same_plan(plan, rooms, here):
    rooms.drop(BOB)
    rooms.put(CAROL)
    again = await action.plan(action.Params(room=ROOM), here)
    assert (again.target, again.touches) == (plan.target, plan.touches)
    assert again.binding != plan.binding


async def test_the_same_people_in_another_order_or_session_are_the_same_plan(
    plan, rooms, here
):
    rooms.drop(ALICE)
    rooms.put(ALICE, sid="PA_7")
    assert await action.plan(action.Params(room=ROOM), here) == plan


async def test_nobodys_identity_stands_in_the_plan(plan):
    assert ALICE not in plan.model_dump_json()


async def test_where_nobody_is_active_there_is_nobody_to_ask(rooms, here):
    for who in (ALICE, BOB):
        rooms.drop(who)
    with pytest.raises(NotThere, match="Nobody"):
        await action.plan(action.Params(room=ROOM), here)


async def test_one_participant_is_told_as_one(rooms, here):
    rooms.drop(BOB)
    plan = await action.plan(action.Params(room=ROOM), here)
    assert "the apps of 1 participant in" in plan.target


async def test_it_sends_an_empty_handshake_and_promises_nothing(plan, rooms, here):
    outcome = await action.act(plan, here)
    assert rooms.sent == [(ROOM, b"\x08\x03")]
    assert outcome.ok
    assert "does not say who answered" in outcome.detail


@pytest.mark.parametrize(
    "change", [comes, goes, is_another], ids=lambda it: it.__name__
)
async def test_it_reaches_exactly_the_planned_ones_or_nobody(plan, rooms, here, change):
    change(rooms)
    outcome = await action.act(plan, here)
    assert not outcome.ok
    assert "come or gone" in outcome.detail
    assert outcome.detail.endswith("Nothing was sent.")
    assert rooms.sent == []


async def test_whom_it_does_not_reach_may_come_and_go(plan, rooms, here):
    rooms.put("zz-more-ops", hidden=True)
    rooms.drop(CAROL)
    assert (await action.act(plan, here)).ok


async def test_a_server_in_trouble_before_anything_is_sent_leaves_no_doubt(
    plan, rooms, here
):
    rooms.fails = RoomsUnreachable("no answer")
    outcome = await action.act(plan, here)
    assert not outcome.ok
    assert "no answer" in outcome.detail
    assert rooms.sent == []


async def test_a_server_in_trouble_leaves_a_doubt(plan, rooms, here):
    rooms.before_send = failing(RoomsUnreachable("no answer"))
    with pytest.raises(RoomsUnreachable):
        await action.act(plan, here)


async def test_a_server_that_is_asked_too_often_sent_nothing_for_certain(
    plan, rooms, here
):
    rooms.before_send = failing(RoomsBusy("The server refuses: wait a minute."))
    outcome = await action.act(plan, here)
    assert not outcome.ok
    assert outcome.detail == "The server refuses: wait a minute. Nothing was sent."


async def test_whether_it_happened_is_for_a_person_to_say(plan, rooms, here):
    settled = await action.settle(plan, here)
    assert settled.happened is None
    assert rooms.sent == []
