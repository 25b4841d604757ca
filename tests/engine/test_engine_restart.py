"""The process may die at any commit: the act happens once, and the incident ends."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from engine_story import (
    ACT,
    ANN,
    CHANNEL,
    FAST,
    SOON,
    House,
    ended,
    now,
    resolved,
    step_of,
)

from bot.core.actions import Settlement
from bot.core.incident.commands import Resolve, Start
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import StepStatus, Verb
from bot.errors import UsageError
from tests.fakes.scripted import ScriptedAction, ScriptedCheck, hang


class Mortal:
    """A store whose process dies at the n-th commit, before it or after it."""

    def __init__(self, store, at, *, after):
        self._store = store
        self._left = at
        self._after = after
        self.dead = asyncio.Event()

    def __getattr__(self, name):
        return getattr(self._store, name)

    async def commit(self, change, told=None):
        self._left -= 1
        if self._left > 0:
            return await self._store.commit(change, told)
        if self._left == 0 and self._after:
            await self._store.commit(change, told)
        self.dead.set()
        return await hang()


async def operate(house):
    """Do what a good responder does, whatever was done before, to the end."""
    while True:
        with suppress(NotNow, UsageError):
            if await step_on(house):
                return
        await house.service.bells.drawing.wait(0.01)


async def step_on(house):
    head = await house.service.latest(CHANNEL)
    if head is None:
        await house.opened(receipt="view/1")
        return False
    state = await house.service.load(head.incident)
    if not resolved(state):
        await press_on(house, state)
    return resolved(state)


async def press_on(house, state):
    if state.ranking and not state.run:
        await house.service.change(state.id, Start(ACT), by=ANN)
    elif state.run and ended(state):
        await house.service.change(state.id, Resolve("Over.", anyway=True), by=ANN)
    elif state.run and state.run.current().status in PRESSES:
        await house.press(PRESSES[state.run.current().status], state.id)


PRESSES = {
    StepStatus.READY: Verb.RUN,
    StepStatus.UNSURE: Verb.HAPPENED,
    StepStatus.UNREADY: Verb.LOOK_AGAIN,
    StepStatus.UNVERIFIED: Verb.CONFIRM,
    StepStatus.BARRED: Verb.LOOK_AGAIN,
}


async def live(house, store):
    """Run the bot on this store until the incident is over or the process dies."""
    house.restart(store)
    engine = asyncio.create_task(house.engine.run())
    person = asyncio.create_task(operate(house))
    death = asyncio.create_task(store.dead.wait())
    async with asyncio.timeout(SOON):
        await asyncio.wait({person, death}, return_when=asyncio.FIRST_COMPLETED)
    for task in (person, death):
        task.cancel()
    await house.crash(engine)
    await asyncio.gather(person, death, return_exceptions=True)


def knowing(house):
    """Let the probe say what is true, as a good one does."""
    kick = house.kick
    kick.settling = lambda: Settlement(happened=bool(kick.acts), detail="It looked.")


def ignorant(house):
    """Let the probe never tell, so that the person must; that one act happened."""
    house.kick.settling = lambda: Settlement(happened=None, detail="It cannot tell.")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 12))
async def test_a_death_at_any_commit_leaves_one_act_and_an_incident_to_finish(
    store, at, after
):
    house = House(store)
    knowing(house)
    mortal = Mortal(store, at, after=after)
    await live(house, mortal)
    await live(house, Mortal(store, 1_000, after=False))
    head = await house.service.latest(CHANNEL)
    assert head.status == "resolved"
    assert len(await store.heads()) == 1
    assert len(house.kick.acts) == 1
    kinds = await house.kinds(head.incident)
    assert kinds.count("action.intended") >= 1
    assert kinds.count("action.intended") <= kinds.count("action.asked")


@pytest.mark.parametrize("deaths", [(7, 2), (8, 1), (6, 3, 1), (3, 1, 1, 1)])
async def test_several_deaths_are_no_worse(store, deaths):
    house = House(store)
    knowing(house)
    for at in deaths:
        await live(house, Mortal(store, at, after=True))
    await live(house, Mortal(store, 1_000, after=False))
    assert (await house.service.latest(CHANNEL)).status == "resolved"
    assert len(house.kick.acts) == 1


async def died_while_acting(house):
    """Come to an act that has touched the world, and die before its outcome."""
    house.kick.acting = hang
    engine = asyncio.create_task(house.engine.run())
    await house.opened()
    await house.ready()
    await house.press(Verb.RUN)
    async with asyncio.timeout(SOON):
        while not house.kick.acts:
            await house.service.bells.drawing.wait(0.01)
    await house.crash(engine)
    house.restart()


async def test_an_intent_without_an_outcome_is_settled_at_the_next_start(house):
    knowing(house)
    await died_while_acting(house)
    async with house.running():
        state = await house.until(ended)
    assert step_of(state).detail == "It looked."
    assert len(house.kick.acts) == 1
    doubts = [
        e.body
        for e in await house.service.events("INC-1")
        if e.body.kind == "action.doubted"
    ]
    assert "before it could write down" in doubts[0].why


async def test_an_intent_that_nobody_can_settle_asks_a_person(house):
    ignorant(house)
    await died_while_acting(house)
    async with house.running():
        await house.at(StepStatus.UNSURE)
        await house.press(Verb.HAPPENED)
        await house.until(ended)
    assert len(house.kick.acts) == 1


async def test_a_timer_survives_a_restart_and_is_not_early(store):
    rules = replace(FAST, verify=(timedelta(seconds=0.3),))
    looked = []
    check = ScriptedCheck(lambda: looked.append(now()))
    house = House(store, {"connected": check}, {"kick": ScriptedAction()}, rules)
    async with house.running():
        await house.opened()
        await house.ready()
        await house.press(Verb.RUN)
        state = await house.at(StepStatus.VERIFYING)
    due = next(state.unreported()).call.due
    assert looked == []
    house.restart()
    async with house.running():
        await house.until(lambda state: "connected" in state.latest())
    assert len(looked) == 1
    assert looked[0] >= due


async def test_looks_that_were_under_way_are_taken_again(store):
    house = House(store, {"endpoint": ScriptedCheck(hang, TIMEOUT=60)})
    async with house.running():
        await house.opened()
        await house.until(lambda state: "people" in state.latest())
    house.checks["endpoint"] = ScriptedCheck()
    house.restart()
    async with house.running():
        await house.ranked()
    assert len(house.checks["people"].asked) == 1
