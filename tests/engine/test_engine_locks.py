"""Two incidents and one target: the second is told who, and goes on when it is free."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from engine_story import ANN, BEN, FAST, House, MovableClock, ended, stands, step_of

from bot.core.actions import Effect, Outcome, Settlement
from bot.core.incident.commands import Resolve
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import StepStatus, Verb
from bot.core.policy import Caps
from bot.errors import WorldError
from bot.store.store import open_store
from tests.fakes.allowed import EVERYTHING
from tests.fakes.scripted import (
    BLIND,
    PLAN,
    ScriptedAction,
    failing,
)

FIRST, SECOND = "INC-1", "INC-2"
LIVELY = replace(FAST, settle=(timedelta(0),))


def within(**caps):
    return replace(LIVELY, policy=replace(EVERYTHING, caps=Caps(**caps)))


def at_most(acts):
    return within(one_participant_per_room_and_hour=acts)


def doubtful(store, **more):
    """Return a house whose act may or may not have happened, and nobody can tell."""
    action = ScriptedAction(
        acting=failing(WorldError("Reset.")),
        settling=lambda: Settlement(happened=None, detail="It does not say."),
    )
    return House(store, actions={"kick": action}, rules=LIVELY, **more)


async def both_ready(house):
    for incident in (FIRST, SECOND):
        await house.opened()
        await house.ready(BLIND, incident)


async def test_a_button_goes_when_another_takes_its_target_and_comes_back_afterwards(
    store,
):
    gate = asyncio.Event()
    house = House(store, rules=LIVELY)
    house.kick.acting = lambda: after(gate)
    async with house.running():
        await both_ready(house)
        await house.press(Verb.RUN, FIRST, by=BEN)
        await house.at(StepStatus.RUNNING, FIRST)
        state = await house.at(StepStatus.BLOCKED, SECOND)
        holder = step_of(state).obstacle.holder
        intent = (await house.service.events(FIRST))[holder_seq(await house.kinds())]
        assert (holder.incident, holder.by) == (FIRST, BEN)
        assert holder.since == intent.at
        gate.set()
        await house.at(StepStatus.READY, SECOND)
        assert len(house.kick.acts) == 1
        await house.press(Verb.RUN, SECOND)
        await house.at(StepStatus.OPEN, SECOND)
    assert house.kick.acts == [PLAN, PLAN]


def holder_seq(kinds):
    return kinds.index("action.intended")


async def after(event):
    await event.wait()
    return Outcome(ok=True, detail="It was ended.")


async def test_a_button_is_not_even_offered_while_another_acts_on_its_target(store):
    house = doubtful(store)
    async with house.running():
        await house.opened()
        await house.ready(BLIND)
        await house.press(Verb.RUN)
        await house.at(StepStatus.UNSURE)
        await house.opened()
        await house.start(BLIND, SECOND)
        state = await house.at(StepStatus.BLOCKED, SECOND)
        assert step_of(state).obstacle.holder.incident == FIRST
        assert "action.asked" not in await house.kinds(SECOND)
        await house.press(Verb.LOOK_AGAIN, SECOND)
        await house.at(StepStatus.BLOCKED, SECOND)
        await house.press(Verb.HAPPENED, FIRST)
        await house.at(StepStatus.READY, SECOND)


async def test_a_doubt_keeps_its_target_over_a_crash_until_it_is_settled(tmp_path):
    path = tmp_path / "held.db"
    async with open_store(path) as store:
        house = doubtful(store)
        async with house.running():
            await both_ready(house)
            await house.press(Verb.RUN)
            await house.at(StepStatus.UNSURE)
    async with open_store(path) as store:
        house = doubtful(store)
        async with house.running():
            await house.at(StepStatus.BLOCKED, SECOND)
            with pytest.raises(NotNow, match="settle it first"):
                await house.service.change(FIRST, Resolve(anyway=True), by=ANN)
            await house.press(Verb.NOT_HAPPENED, FIRST)
            await house.at(StepStatus.READY, SECOND)


async def test_an_act_that_was_cut_off_by_a_crash_is_held_until_its_probe_has_looked(
    tmp_path,
):
    path, never = tmp_path / "cut.db", asyncio.Event()
    async with open_store(path) as store:
        house = House(store, rules=LIVELY)
        house.kick.acting = lambda: after(never)
        task = asyncio.create_task(house.engine.run())
        await both_ready(house)
        await house.press(Verb.RUN)
        await house.at(StepStatus.RUNNING)
        await house.crash(task)
    async with open_store(path) as store:
        house = House(store, rules=LIVELY)
        house.kick.settling = lambda: told(never)
        async with house.running():
            await house.at(StepStatus.BLOCKED, SECOND)
            never.set()
            await house.at(StepStatus.READY, SECOND)
    assert house.kick.acts == []


async def told(event):
    await event.wait()
    return Settlement(happened=True, detail="It is gone.")


async def test_of_many_incidents_that_press_at_once_one_acts_at_a_time(store):
    house = House(store, rules=LIVELY)
    under_way, most = [], []

    async def counted():
        under_way.append(1)
        most.append(len(under_way))
        await asyncio.sleep(0.01)
        under_way.pop()
        return Outcome(ok=True, detail="It was ended.")

    house.kick.acting = counted
    async with house.running():
        incidents = [await house.opened() for _ in range(6)]
        for one in incidents:
            await house.ready(BLIND, one)
        await asyncio.gather(*(house.press(Verb.RUN, one) for one in incidents))
        async with asyncio.timeout(8):
            await asyncio.gather(*(insisted(house, one) for one in incidents))
    assert most == [1] * 6


async def insisted(house, incident):
    """Press until it is done, as a person whose button comes back would."""
    while True:
        state = await house.state(incident)
        if stands(state) is StepStatus.OPEN:
            return
        if stands(state) is StepStatus.READY:
            with suppress(NotNow):  # another one took the target since the look
                await house.press(Verb.RUN, incident)
        await asyncio.sleep(0.005)


async def test_a_resolved_incident_waits_for_nothing(store):
    house = doubtful(store)
    async with house.running():
        await both_ready(house)
        await house.press(Verb.RUN)
        await house.at(StepStatus.UNSURE)
        await house.at(StepStatus.BLOCKED, SECOND)
        done = await house.service.change(SECOND, Resolve(anyway=True), by=ANN)
        await house.press(Verb.HAPPENED, FIRST)
        await house.at(StepStatus.OPEN, FIRST)
        await house.engine._hands.actor.unblock(SECOND)
    assert (await house.state(SECOND)).seq == done.seq


async def test_a_plan_over_the_cap_is_refused_before_the_press_with_the_numbers(store):
    house = House(store, rules=within(participants=3))
    house.kick.planned = lambda: PLAN.model_copy(update={"touches": 4})
    async with house.running():
        await house.opened()
        await house.start(BLIND)
        why = step_of(await house.at(StepStatus.UNREADY)).why
    assert "disturb 4 participants" in why
    assert "disturb 3 (caps.participants)" in why


async def test_a_room_that_filled_up_after_the_press_is_refused_before_the_act(store):
    house = House(store, rules=within(participants=3))
    async with house.running():
        await house.opened()
        await house.ready(BLIND)
        house.kick.planned = lambda: PLAN.model_copy(update={"touches": 4})
        await house.press(Verb.RUN)
        why = step_of(await house.at(StepStatus.UNREADY)).why
    assert "disturb 4 participants" in why
    assert house.kick.acts == []


def is_capped(state):
    obstacle = step_of(state).obstacle
    return obstacle is not None and obstacle.holder is None


async def test_acts_are_capped_by_room_over_all_incidents_until_the_hour_is_over(
    store,
):
    clock = MovableClock()
    house = House(store, rules=at_most(1), now=clock)
    async with house.running():
        await both_ready(house)
        await house.press(Verb.RUN, FIRST)
        await house.at(StepStatus.OPEN, FIRST)
        obstacle = step_of(await house.until(is_capped, SECOND)).obstacle
        assert (obstacle.begun, obstacle.most, obstacle.holder) == (1, 1, None)
        clock.ahead = obstacle.until - clock()
        house.service.bells.timers.ring()
        await house.at(StepStatus.READY, SECOND)
    assert len(house.kick.acts) == 1


async def test_a_cap_of_nothing_lets_nothing_begin(store):
    house = House(store, rules=at_most(0))
    async with house.running():
        await house.opened()
        await house.start(BLIND)
        obstacle = step_of(await house.at(StepStatus.BLOCKED)).obstacle
    assert (obstacle.most, obstacle.until) == (0, None)


async def test_what_only_looks_is_neither_held_nor_counted(store):
    looks = replace(at_most(0), effects={"kick": Effect.LOOKS})
    house = doubtful(store)
    house.rules = looks
    house.restart()
    async with house.running():
        await both_ready(house)
        for incident in (FIRST, SECOND):
            await house.press(Verb.RUN, incident)
            await house.at(StepStatus.UNSURE, incident)
    assert len(house.kick.acts) == 2


async def test_an_intent_that_the_store_refuses_touches_nothing_and_is_told(store):
    """Somebody was quicker between the look at the locks and the batch."""
    house = House(store, rules=LIVELY)
    free = []

    class Late(type(house.engine._hands.actor)):
        async def _blocked(self, state, ref, plan):
            status = state.run.current().status
            if state.id == SECOND and status is StepStatus.READY:
                return False  # nor did it hear that the target was taken
            if status is StepStatus.ASKED and not free:
                free.append(state.id)
                return False
            return await super()._blocked(state, ref, plan)

    actor = house.engine._hands.actor
    late = Late(actor.service, actor.actions, actor.world, actor.authority)
    house.engine._hands = replace(house.engine._hands, actor=late)
    gate = asyncio.Event()
    house.kick.acting = lambda: after(gate)
    async with house.running():
        await both_ready(house)
        free.append("the first does not race")
        await house.press(Verb.RUN, FIRST)
        await house.at(StepStatus.RUNNING, FIRST)
        free.clear()
        await house.press(Verb.RUN, SECOND)
        await house.at(StepStatus.BLOCKED, SECOND)
        assert free == [SECOND]
        gate.set()
        await house.at(StepStatus.OPEN, FIRST)
    assert len(house.kick.acts) == 1
    assert not ended(await house.state(SECOND))
