"""An act on everybody in a room reaches those whom people saw, or nobody."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from engine_story import FAST, House, step_of

from bot.actions import announce_handshakes
from bot.core.actions import Effect
from bot.core.incident.state import StepStatus, Verb
from bot.core.runbook.pages import Call, Step, StepKind
from tests.fakes.allowed import EVERYTHING
from tests.fakes.scripted import ROOM, page
from tests.fakes.world import ALICE, BOB, FakeRooms

ALONE = replace(EVERYTHING, approvals=EVERYTHING.approvals | {Effect.ROOM: 0})
"""A policy by which nobody else must approve what disturbs a room."""
RULES = replace(FAST, effects={"announce": Effect.ROOM}, policy=ALONE)
ANNOUNCE = Step(
    title="Ask for the keys.",
    kind=StepKind.ACTION,
    call=Call(name="announce", params={"room": "{room}"}),
)


@dataclass
class Comers(FakeRooms):
    """A room into which Bob comes as soon as `moment` says so."""

    moment: Callable[[], Awaitable[bool]] | None = None

    async def participants(self, room):
        if self.moment and await self.moment():
            self.put(BOB, room=room)
        return await super().participants(room)


async def announced(store, rooms, comes_after=None):
    """Press Run where Alice is; Bob comes right after an event of that kind."""
    rooms.put(ALICE, room=ROOM)
    actions = {"announce": announce_handshakes}
    house = House(store, actions=actions, rules=RULES, rooms=rooms)

    async def moment():
        return comes_after in await house.kinds()

    rooms.moment = moment
    async with house.running():
        await house.opened()
        await house.ready(page("tell", ANNOUNCE))
        await house.press(Verb.RUN)
        await house.until(lambda it: step_of(it).status not in _UNDER_WAY)
    return step_of(await house.state()), await house.kinds()


_UNDER_WAY = (StepStatus.ASKED, StepStatus.RUNNING)


async def test_it_is_sent_to_those_who_are_still_there_alone(store):
    rooms = Comers()
    step, _ = await announced(store, rooms)
    assert step.status is StepStatus.DONE
    assert len(rooms.sent) == 1


async def test_who_comes_between_press_and_intent_is_shown_before_another_press(store):
    rooms = Comers()
    step, kinds = await announced(store, rooms, "action.asked")
    assert (step.status, step.plan.touches) == (StepStatus.READY, 2)
    assert step.replanned
    assert "action.intended" not in kinds
    assert rooms.sent == []


async def test_who_comes_between_intent_and_sending_keeps_it_from_being_sent(store):
    rooms = Comers()
    step, kinds = await announced(store, rooms, "action.intended")
    assert step.status is StepStatus.UNREADY
    assert "it was for 1 participant, and would reach all 2" in step.why
    assert kinds[-1] == "action.finished"
    assert rooms.sent == []
