import asyncio
import time
from datetime import timedelta

import pytest
from engine_story import ANN, CHANNEL, House, ended, now, resolved

from bot.core.incident.commands import Open, Resolve, Start
from bot.core.incident.state import StepStatus, Verb
from bot.core.report import Report
from bot.engine import engine as engine_module
from bot.engine import service as service_module
from bot.engine.foreground import Foreground
from bot.errors import StoreError
from tests.fakes.scripted import BLIND, ROOM, ScriptedAction, ScriptedCheck, hang


class Faulty:
    """A store whose commits or reads of wakes fail while `broken` is set."""

    def __init__(self, store, name):
        self._store = store
        self._name = name
        self.broken = False
        self.calls = 0

    def __getattr__(self, name):
        return self._fault if name == self._name else getattr(self._store, name)

    async def _fault(self, *args, **kwargs):
        self.calls += 1
        if self.broken:
            raise StoreError("The disk is full.")
        return await getattr(self._store, self._name)(*args, **kwargs)


async def test_fifty_incidents_at_once_finish(house):
    house.kick.acting = slow_outcome
    async with house.running():
        incidents = [await house.opened(f"room-{n}") for n in range(50)]
        await asyncio.gather(*(finished(house, one) for one in incidents))
    assert len(house.kick.acts) == 50


async def slow_outcome():
    await asyncio.sleep(0.001)
    return (await ScriptedAction().act(None, None)).model_copy()


async def finished(house, incident):
    await at(house, incident, lambda s: s.ranking is not None)
    await house.service.change(incident, Start(BLIND), by=ANN)
    await at(house, incident, lambda s: s.run.current().status is StepStatus.READY)
    await house.press(Verb.RUN, incident)
    await at(house, incident, lambda s: s.run.current().status is StepStatus.OPEN)
    await house.press(Verb.CONFIRM, incident)
    await house.service.change(incident, Resolve("Over.", anyway=True), by=ANN)


async def at(house, incident, true):
    async with asyncio.timeout(20):
        while not true(await house.state(incident)):  # noqa: ASYNC110  many wait
            await asyncio.sleep(0.01)


async def test_stop_cancels_what_can_be_done_again_at_once(store):
    house = House(store, {"endpoint": ScriptedCheck(hang, TIMEOUT=60)})
    async with house.running():
        await house.opened()
        await house.until(lambda state: "people" in state.latest())
        began = time.monotonic()
        await house.engine.stop(5.0)
        assert time.monotonic() - began < 1.0
    assert house.engine._tasks == {}
    assert house.checks["endpoint"].at_once == 0


async def test_stop_lets_an_act_finish(house):
    go = asyncio.Event()
    house.kick.acting = lambda: after(go)
    async with house.running():
        await house.opened()
        await house.ready()
        await house.press(Verb.RUN)
        await house.at(StepStatus.RUNNING)
        asyncio.get_running_loop().call_later(0.05, go.set)
        await house.engine.stop(5.0)
    assert "action.finished" in await house.kinds()


async def after(event):
    await event.wait()
    return await ScriptedAction().act(None, None)


async def test_stop_ends_within_its_bound_and_leaves_a_doubt_for_the_next_start(house):
    house.kick.acting = hang
    async with house.running():
        await house.opened()
        await house.ready()
        await house.press(Verb.RUN)
        await house.at(StepStatus.RUNNING)
        began = time.monotonic()
        await house.engine.stop(0.05)
        assert 0.04 < time.monotonic() - began < 1.0
    assert (await house.kinds())[-1] == "action.intended"


async def test_stop_does_not_wait_for_what_does_not_end(house, monkeypatch):
    monkeypatch.setattr(engine_module, "END", 0.05)
    enough = asyncio.Event()
    house.checks["endpoint"].script = lambda: stubborn(enough)
    async with house.running():
        await house.opened()
        await house.until(lambda state: "people" in state.latest())
        began = time.monotonic()
        await house.engine.stop(5.0)
        assert time.monotonic() - began < 1.0
        enough.set()
        await asyncio.sleep(0.01)


async def stubborn(enough):
    while not enough.is_set():
        try:
            await enough.wait()
        except asyncio.CancelledError:
            continue


async def test_nothing_new_begins_after_stop(house):
    async with house.running():
        await house.opened()
        await house.ready()
        await house.engine.stop(0.0)
        await house.press(Verb.RUN)
        house.engine._begin(await house.state())
        await asyncio.sleep(0.02)
        assert house.engine._tasks == {}
    assert house.kick.acts == []


@pytest.mark.parametrize("name", ["commit", "woken", "events"])
async def test_a_store_that_fails_does_not_make_a_busy_loop(
    store, monkeypatch, name, logged
):
    monkeypatch.setattr(engine_module, "REST", 0.2)
    monkeypatch.setattr(engine_module, "NAP", 0.05)
    house = House(store)
    await store.wake(await house.opened(), house.now())
    faulty = Faulty(store, name)
    faulty.broken = True
    house.restart(faulty)
    async with house.running():
        await asyncio.sleep(0.5)
        assert 1 <= faulty.calls <= 12
        failed = [one for one in logged if one["event"] == "engine.failed"]
        assert 1 <= len(failed) <= 12
        faulty.broken = False
        await house.ranked()


async def test_the_rest_of_an_incident_ends_with_the_engine(house, monkeypatch):
    await house.opened()
    faulty = Faulty(house.store, "events")
    faulty.broken = True
    house.restart(faulty)
    async with house.running():
        async with asyncio.timeout(5):
            while not house.engine._resting:  # noqa: ASYNC110  nobody rings
                await asyncio.sleep(0.005)
        (handle,) = house.engine._resting.values()
    assert handle.cancelled()
    house.engine._rest_then_ring("INC-1")
    assert len(house.engine._resting) == 1


async def test_a_lost_ring_is_made_up_for_by_the_wake(house, monkeypatch):
    monkeypatch.setattr(service_module, "BELL_LOST", timedelta(seconds=0.05))
    async with house.running():
        await house.opened()
        await house.ready(BLIND)
        await asyncio.sleep(0.02)
        rung = house.service.bells.engine._rung
        rung.set = lambda: None
        await house.press(Verb.RUN)
        del rung.set
        house.service.bells.engine._changed.clear()
        house.service.bells.engine.ring()
        await house.at(StepStatus.OPEN)
    assert len(house.kick.acts) == 1


async def test_what_is_opened_in_a_burst_costs_nothing_until_it_is_quiet(house):
    house.engine._foreground = foreground = Foreground(patience=60)
    command = Open(Report(room=ROOM, participant="alice"), CHANNEL)
    async with house.running():
        while house.service.bells.timers._wakes is None:  # noqa: ASYNC110  nobody rings
            await asyncio.sleep(0.005)  # its first sweep would find what is opened
        with foreground.serving():
            for receipt in "abc":
                await house.service.open(command, by=ANN, receipt=receipt)
            await asyncio.sleep(0.03)
            assert house.engine._tasks == {}
        for incident in ("INC-1", "INC-2", "INC-3"):
            await house.ranked(incident)


async def test_without_wakes_the_engine_sweeps_at_its_start(house):
    await house.opened()
    await house.store.woken("INC-1", now() + timedelta(hours=1))
    assert await house.store.next_due() is None
    async with house.running():
        await house.ranked()


async def test_a_resolved_incident_is_left_alone(house):
    async with house.running():
        await house.opened()
        await house.ranked()
        await house.service.change("INC-1", Resolve(anyway=True), by=ANN)
        before = (await house.state()).seq
        house.service.bells.engine.ring("INC-1")
        await asyncio.sleep(0.02)
        state = await house.state()
    assert resolved(state)
    assert not ended(state)
    assert state.seq == before


async def test_an_incident_that_is_not_there_does_not_stop_the_others(house, logged):
    async with house.running():
        house.service.bells.engine.ring("INC-404")
        await house.opened()
        await house.ranked()
    assert [one["event"] for one in logged if one["log_level"] == "error"] == [
        "engine.failed"
    ]
