import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from engine_story import (
    ACT,
    ANN,
    BEN,
    FAST,
    House,
    MovableClock,
    ended,
    stands,
    step_of,
)

from bot.core.actions import Outcome, Settlement
from bot.core.evidence import bad, ok
from bot.core.incident.commands import Start
from bot.core.incident.moves import MOVES
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import StepStatus, Verb
from bot.errors import WorldError
from tests.fakes.scripted import (
    BLIND,
    CALM,
    KICK_BLINDLY,
    LOOK,
    OTHER_PLAN,
    PLAN,
    ScriptedAction,
    ScriptedCheck,
    failing,
    hang,
    page,
)

TWO = ok("Two.", {"room.people": 2})


def acting(store, **scripts):
    return House(store, actions={"kick": ScriptedAction(**scripts)})


async def test_nothing_is_done_before_a_press(house):
    async with house.running():
        await house.opened()
        await house.ready()
        assert house.kick.acts == []
        await house.press(Verb.RUN)
        await house.until(ended)
    assert house.kick.acts == [PLAN]
    kinds = await house.kinds()
    places = [kinds.index(f"action.{k}") for k in ("asked", "intended", "finished")]
    assert places == sorted(places)


async def test_a_press_acts_at_once_while_a_slow_look_runs(store):
    house = House(store, {"endpoint": ScriptedCheck(hang, TIMEOUT=60)})
    async with house.running():
        incident = await house.opened()
        await house.service.change(incident, Start(BLIND), by=ANN)
        await house.at(StepStatus.READY)
        await house.press(Verb.RUN)
        state = await house.at(StepStatus.OPEN)
        assert state.ranking is None
    assert house.kick.acts == [PLAN]


async def test_of_many_presses_one_acts_and_the_others_are_told_who(house):
    async with house.running():
        await house.opened()
        await house.ready()
        presses = [house.press(Verb.RUN, by=f"U{n}") for n in range(20)]
        answers = await asyncio.gather(*presses, return_exceptions=True)
        await house.until(ended)
    lost = [one for one in answers if isinstance(one, NotNow)]
    (winner,) = {one.by for one in lost}
    assert len(lost) == 19
    assert winner in {f"U{n}" for n in range(20)}
    assert len(house.kick.acts) == 1


async def test_a_plan_that_changed_after_the_press_is_shown_again(house):
    async with house.running():
        await house.opened()
        await house.ready()
        house.kick.planned = lambda: OTHER_PLAN
        await house.press(Verb.RUN)
        state = await house.until(lambda s: step_of(s).replanned)
        assert step_of(state).plan == OTHER_PLAN
        assert house.kick.acts == []
        await house.press(Verb.RUN)
        await house.until(ended)
    assert house.kick.acts == [OTHER_PLAN]


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (failing(WorldError("Nobody is there.")), "Nobody is there."),
        (failing(KeyError("x")), "It failed unexpectedly (KeyError)."),
        (hang, "No answer in time."),
    ],
)
async def test_what_cannot_be_planned_says_why_and_can_be_looked_at_again(
    store, script, why
):
    house = acting(store, planned=script, TIMEOUT=0.02)
    async with house.running():
        await house.opened()
        await house.start(ACT)
        state = await house.at(StepStatus.UNREADY)
        assert step_of(state).why == why
        house.kick.planned = lambda: PLAN
        await house.press(Verb.LOOK_AGAIN)
        await house.at(StepStatus.READY)


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"who": "{participant}"}, "It lacks room: the report does not say it."),
        ({"room": 7}, "It could not be asked: room is missing or wrong."),
    ],
)
async def test_an_action_that_cannot_be_asked_says_what_it_lacks(house, params, why):
    call = KICK_BLINDLY.call.model_copy(update={"params": params})
    async with house.running():
        await house.opened()
        await house.start(page("odd", KICK_BLINDLY.model_copy(update={"call": call})))
        assert step_of(await house.at(StepStatus.UNREADY)).why == why


@pytest.mark.parametrize(
    "call", [None, KICK_BLINDLY.call.model_copy(update={"name": "gone"})]
)
async def test_an_action_of_another_version_cannot_be_run(house, call):
    async with house.running():
        await house.opened()
        await house.start(page("odd", KICK_BLINDLY.model_copy(update={"call": call})))
        state = await house.at(StepStatus.UNREADY)
    assert "does not have the action" in step_of(state).why


@pytest.mark.parametrize(
    "script", [failing(WorldError("Reset.")), failing(KeyError()), hang]
)
async def test_an_act_that_raises_is_a_doubt_and_the_probe_settles_it(store, script):
    house = acting(store, acting=script, TIMEOUT=0.02)
    async with house.running():
        await house.opened()
        await house.ready()
        await house.press(Verb.RUN)
        state = await house.until(ended)
    assert step_of(state).detail == "It is gone."
    assert (len(house.kick.acts), house.kick.settles) == (1, 1)
    assert "action.doubted" in await house.kinds()


async def test_an_act_that_did_not_happen_is_shown_again_and_not_repeated(store):
    gone = Settlement(happened=False, detail="It is still there.")
    house = acting(store, acting=failing(WorldError("Reset.")), settling=lambda: gone)
    async with house.running():
        await house.opened()
        await house.ready()
        await house.press(Verb.RUN)
        await house.until(
            lambda s: step_of(s).attempt and stands(s) is StepStatus.READY
        )
        await asyncio.sleep(0.02)
        assert len(house.kick.acts) == 1


@pytest.mark.parametrize(
    "script",
    [
        lambda: Settlement(happened=None, detail="The server does not say."),
        failing(WorldError("The server is away.")),
        failing(ZeroDivisionError()),
        hang,
    ],
)
async def test_when_no_probe_can_tell_a_person_is_asked(store, script):
    doubt = failing(WorldError("Reset."))
    house = acting(store, acting=doubt, settling=script, TIMEOUT=0.02)
    async with house.running():
        await house.opened()
        await house.ready()
        await house.press(Verb.RUN)
        await house.at(StepStatus.UNSURE)
        assert house.kick.settles == len(FAST.settle)
        await house.press(Verb.HAPPENED, by=BEN)
        await house.until(ended)
    assert len(house.kick.acts) == 1


async def test_an_act_that_surely_did_nothing_says_so(store):
    house = acting(store, acting=lambda: Outcome(ok=False, detail="She left."))
    async with house.running():
        await house.opened()
        await house.ready()
        await house.press(Verb.RUN)
        state = await house.until(
            lambda s: step_of(s).attempt and stands(s) is StepStatus.UNREADY
        )
    assert step_of(state).why == "She left."


async def test_an_effect_is_looked_for_until_it_is_seen(house):
    answers = iter([bad("Not yet."), ok("Back.")])
    house.checks["connected"].script = lambda: next(answers)
    async with house.running():
        await house.opened()
        await house.ready()
        await house.press(Verb.RUN)
        await house.until(ended)
    asked = house.checks["connected"].asked
    assert [one.not_sid for one in asked] == ["PA_1", "PA_1"]


async def test_an_effect_that_is_not_seen_asks_a_person(house):
    house.checks["connected"].script = lambda: bad("Not there.")
    async with house.running():
        await house.opened()
        await house.ready()
        await house.press(Verb.RUN)
        await house.at(StepStatus.UNVERIFIED)
        await house.press(Verb.CONFIRM)
        await house.until(ended)


async def test_facts_that_grow_old_take_the_button_away_until_they_are_seen_again(
    store,
):
    """Nobody presses anything: the timer alone does it."""
    clock, seen = MovableClock(), asyncio.Event()
    house = House(store, now=clock)
    async with house.running():
        await house.opened()
        await house.ready()
        house.checks["people"].script = lambda: after(seen, TWO)
        clock.ahead = timedelta(minutes=6)
        house.service.bells.timers.ring()
        state = await house.at(StepStatus.WAITING)
        assert MOVES[step_of(state).status] == ()
        seen.set()
        await house.at(StepStatus.READY)
        house.checks["people"].script = lambda: bad("Empty.", {"room.people": 0})
        clock.ahead += timedelta(minutes=6)
        house.service.bells.timers.ring()
        state = await house.at(StepStatus.BARRED)
    assert "now room.people is 0" in step_of(state).why
    assert house.kick.acts == []


async def after(event, finding):
    await event.wait()
    return finding


async def test_facts_that_are_too_old_by_the_time_of_the_act_bar_it(store):
    """It holds at the press, and no longer when the plan was looked up at last."""
    fresh = ACT.steps[0].model_copy(update={"fresh": timedelta(seconds=0.15)})
    house = House(store)
    async with house.running():
        await house.opened()
        await house.ready(page("fresh", fresh))
        house.kick.planned = lambda: slowly(0.5)
        await house.press(Verb.RUN)
        await house.at(StepStatus.BARRED)
    assert house.kick.acts == []


async def slowly(seconds):
    await asyncio.sleep(seconds)
    return PLAN


async def test_a_runbook_started_while_another_is_verified_takes_over(store):
    rules = replace(FAST, verify=(timedelta(seconds=0.05),))
    house = House(store, rules=rules)
    async with house.running():
        await house.opened()
        await house.ready()
        await house.press(Verb.RUN)
        await house.at(StepStatus.VERIFYING)
        await house.start(page("other", LOOK, *CALM.steps))
        state = await house.until(lambda s: s.runs[0].current() is None)
    assert state.run.number == 2


async def test_a_doubt_without_a_plan_cannot_be_settled_by_the_bot(house):
    async with house.running():
        await house.opened()
        state = await house.ready()
    step = replace(step_of(state), plan=None)
    said = await house.engine._hands.actor._settlement(step)
    assert said.happened is None


async def test_an_outcome_of_a_step_that_is_not_there_is_a_fault_of_ours(house):
    await house.opened()
    state = await house.state()
    with pytest.raises(ValueError, match="There is no step"):
        await house.engine._hands.actor.prepare(state, (1, 1))
