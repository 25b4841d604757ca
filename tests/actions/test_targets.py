"""What each action's plan says of its target, on which locks and caps rest."""

import pytest

from bot.actions import ACTIONS
from bot.core.actions import Effect
from bot.core.locks import target_of
from bot.world.rooms import Presence
from tests.fakes.world import ALICE, BOB, ROOM, FakeRooms, world


@pytest.mark.parametrize("name", ACTIONS)
async def test_a_plan_binds_the_room_and_of_one_participant_who_it_is(name):
    rooms, action = FakeRooms(), ACTIONS[name]
    for identity in (ALICE, BOB):
        rooms.put(identity, presence=Presence.ACTIVE)
    params = action.Params(room=ROOM, identity=ALICE)
    plan = await action.plan(params, world(rooms=rooms))
    target = target_of(plan, action.EFFECT, "what the report says")
    one = action.EFFECT is Effect.ONE_PARTICIPANT
    assert target.room == ROOM
    assert target.participant == (ALICE if one else None)
    assert plan.touches == (1 if one else 2)
