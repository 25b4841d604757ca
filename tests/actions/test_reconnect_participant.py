from datetime import timedelta

import pytest

from bot.actions import ACTIONS
from bot.actions import reconnect_participant as action
from bot.checks import participant_connected
from bot.core.actions import Effect
from bot.core.evidence import Verdict
from bot.world.rooms import NotThere, Presence, RoomsBusy, RoomsUnreachable
from tests.fakes.world import ALICE, BOB, NOON, ROOM, FakeRooms, world

BEGAN = NOON - timedelta(minutes=5)


@pytest.fixture
def rooms():
    made = FakeRooms()
    made.put(ALICE, sid="PA_1", joined_at=BEGAN)
    made.put(BOB, sid="PA_9")
    made.put("zz-ops", sid="PA_8", hidden=True)
    return made


@pytest.fixture
def here(rooms):
    return world(rooms=rooms)


@pytest.fixture
async def plan(here):
    return await action.plan(action.Params(room=ROOM, identity=ALICE), here)


def test_it_is_registered_and_says_how_far_it_reaches():
    assert ACTIONS["reconnect-participant"] is action
    assert action.EFFECT is Effect.ONE_PARTICIPANT


async def test_the_plan_says_whose_session_and_who_feels_it(plan):
    assert plan.target == f"{ALICE}'s session PA_1 in room {ROOM}"
    assert plan.touches == 1
    assert plan.binding == {"room": ROOM, "identity": ALICE, "sid": "PA_1"}
    assert "1 other in the room goes" in plan.blast
    for promise in ("30 s", "epoch", "does not refresh", "no ban"):
        assert promise in plan.blast


async def test_the_baseline_lets_the_check_tell_after_from_before(plan, rooms, here):
    asked = participant_connected.Params(room=ROOM, identity=ALICE, **plan.baseline)
    before = await participant_connected.run(asked, here)
    rooms.put(ALICE, sid="PA_2", joined_at=NOON)
    after = await participant_connected.run(asked, here)
    assert (before.verdict, after.verdict) == (Verdict.BAD, Verdict.OK)


async def test_a_session_whose_begin_is_not_told_is_known_by_its_sid(rooms, here):
    rooms.put(ALICE, sid="PA_1", joined_at=None)
    made = await action.plan(action.Params(room=ROOM, identity=ALICE), here)
    assert made.baseline == {"not_sid": "PA_1"}


async def test_there_is_no_plan_for_somebody_who_is_not_there(rooms, here):
    rooms.drop(ALICE)
    with pytest.raises(NotThere, match="no session to end"):
        await action.plan(action.Params(room=ROOM, identity=ALICE), here)


async def test_planning_touches_nothing(plan, rooms):
    assert rooms.removed == []
    assert plan.binding["sid"] == rooms.open[ROOM][ALICE].sid


async def test_the_act_ends_the_planned_session(plan, rooms, here):
    outcome = await action.act(plan, here)
    assert outcome.ok
    assert rooms.removed == [(ROOM, ALICE)]
    assert "PA_1" in outcome.detail


async def test_a_new_session_is_never_ended_in_place_of_the_planned(plan, rooms, here):
    rooms.put(ALICE, sid="PA_2")
    outcome = await action.act(plan, here)
    assert not outcome.ok
    assert "new session" in outcome.detail
    assert rooms.removed == []


async def test_somebody_who_has_left_is_not_removed(plan, rooms, here):
    rooms.drop(ALICE)
    outcome = await action.act(plan, here)
    assert not outcome.ok
    assert "already left" in outcome.detail
    assert rooms.removed == []


async def test_leaving_between_the_look_and_the_act_is_certain_too(plan, rooms, here):
    rooms.before_remove = lambda: rooms.drop(ALICE)
    outcome = await action.act(plan, here)
    assert not outcome.ok
    assert "nothing was done" in outcome.detail


async def test_a_server_that_fails_in_the_act_leaves_it_in_doubt(plan, rooms, here):
    rooms.fails = RoomsUnreachable("No answer in 5 s.")
    with pytest.raises(RoomsUnreachable):
        await action.act(plan, here)


async def test_a_server_that_is_asked_too_often_did_nothing_for_certain(
    plan, rooms, here
):
    rooms.fails = RoomsBusy("The server refuses: wait a minute.")
    outcome = await action.act(plan, here)
    assert not outcome.ok
    assert outcome.detail == "The server refuses: wait a minute. Nothing was done."


async def test_settling_finds_the_same_session_so_nothing_happened(plan, here):
    settled = await action.settle(plan, here)
    assert settled.happened is False
    assert "still there" in settled.detail


async def test_settling_finds_it_ended_but_does_not_claim_that_we_did_it(
    plan, rooms, here
):
    rooms.drop(ALICE)
    gone = await action.settle(plan, here)
    rooms.put(ALICE, sid="PA_2")
    renewed = await action.settle(plan, here)
    assert gone.happened is renewed.happened is True
    assert "nobody is there" in gone.detail
    assert "PA_2" in renewed.detail
    assert "cannot be told" in gone.detail
    assert rooms.removed == []


async def test_a_session_that_is_listed_as_disconnected_has_ended(plan, rooms, here):
    rooms.put(ALICE, sid="PA_1", presence=Presence.DISCONNECTED)
    assert (await action.settle(plan, here)).happened is True


async def test_settling_cannot_tell_while_the_server_does_not_answer(plan, rooms, here):
    rooms.fails = RoomsUnreachable("No answer in 5 s.")
    settled = await action.settle(plan, here)
    assert settled.happened is None
    assert "No answer in 5 s." in settled.detail
