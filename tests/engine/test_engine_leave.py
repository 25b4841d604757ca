"""Right before an act the engine asks once more whether everybody may."""

from dataclasses import replace

import pytest
from engine_story import ANN, BEN, FAST, House

from bot.core.actions import Effect
from bot.core.incident.commands import Press
from bot.core.incident.state import StepStatus, Verb
from bot.core.policy import Deed, Standing
from bot.engine.authority import Authority, NobodyKnown
from tests.fakes.allowed import EVERYTHING

ONE_OTHER = replace(EVERYTHING, approvals={**EVERYTHING.approvals, Effect.ROOM: 1})
WATCHED = replace(FAST, policy=ONE_OTHER, effects={"kick": Effect.ROOM})


@pytest.fixture
async def asked(store):
    """A house in which Ann has asked for what another must approve."""
    house = House(store, rules=WATCHED)
    async with house.running():
        await house.opened()
        await house.ready()
        await house.press(Verb.RUN)
        await house.at(StepStatus.AWAITING)
        yield house


async def approve(house, verb=Verb.APPROVE):
    state = await house.state()
    step = state.run.current()
    press = Press(step.ref, verb, "So.", step.approval.digest)
    return await house.service.change(state.id, press, by=BEN)


async def test_what_another_approved_is_done_once(asked):
    await approve(asked)
    await asked.until(lambda state: state.run.current() is None)
    assert len(asked.kick.acts) == 1


async def test_nothing_is_done_before(asked):
    assert asked.kick.acts == []


@pytest.mark.parametrize("person", [ANN, BEN])
async def test_whoever_may_not_any_more_stops_the_act(asked, person):
    asked.people.people[person] = Standing(person, refused="Guests cannot do that.")
    await approve(asked)
    state = await asked.at(StepStatus.UNREADY)
    assert "may not" in state.run.current().why
    assert asked.kick.acts == []
    assert "action.refused" in await asked.kinds()


async def test_broken_glass_spares_approvals_and_no_leave(asked):
    asked.people.people[BEN] = Standing(BEN, member=False)
    await approve(asked, Verb.BREAK_GLASS)
    await asked.at(StepStatus.UNREADY)
    assert asked.kick.acts == []


async def test_what_disturbs_is_asked_freshly(asked):
    await approve(asked)
    await asked.until(lambda state: state.run.current() is None)
    assert asked.people.asked[-2:] == [(ANN, True), (BEN, True)]


async def test_without_anybody_who_knows_people_nothing_disturbs():
    authority = Authority(EVERYTHING, NobodyKnown())
    assert not (await authority.rule(Deed.ROOM, ANN)).allows
    assert (await authority.rule(Deed.OPEN, ANN)).allows
