import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from engine_story import ANN, BEN, CHANNEL, FAST, House

from bot.core.evidence import ok, witnessed
from bot.core.incident.commands import Open, Press, ReportCheck, Resolve, See, Start
from bot.core.incident.events import StepRef
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import StepStatus, Verb
from bot.core.report import Report
from bot.engine.service import BELL_LOST, Bells, Service
from bot.errors import StoreError, UsageError
from bot.store.rows import Commit
from tests.fakes.scripted import BLIND, CALM, RULES

CONFIRM = Press(StepRef(1, 1), Verb.CONFIRM)


async def calm(house):
    """Open an incident with a runbook of two steps for people."""
    incident = await house.opened()
    await house.service.change(incident, Start(CALM), by=ANN)
    return incident


def another(house):
    """Return a second service on the same store, with a memory of its own."""
    service = house.service
    return Service(service.store, service.rules, service.now, service.new_id)


async def test_of_two_commands_on_one_version_one_wins_and_the_other_hears_who(house):
    incident = await calm(house)
    services = (house.service, another(house))
    for service in services:
        await service.load(incident)
    presses = [
        service.change(incident, CONFIRM, by=by)
        for service, by in zip(services, (ANN, BEN), strict=True)
    ]
    answers = await asyncio.gather(*presses, return_exceptions=True)
    (lost,) = [one for one in answers if isinstance(one, NotNow)]
    (won,) = [one for one in answers if not isinstance(one, NotNow)]
    winner = won.step(StepRef(1, 1)).by
    assert {winner, lost.by} == {lost.by}
    assert [ANN, BEN][answers.index(won)] == winner
    seqs = [event.seq for event in await house.service.events(incident)]
    assert all(b == a + 1 for a, b in pairwise(seqs))


async def test_a_command_that_still_fits_is_decided_anew_and_goes_on(house):
    incident = await calm(house)
    other = another(house)
    await other.load(incident)
    await house.service.change(incident, CONFIRM, by=ANN)
    state = await other.change(incident, Resolve("Over.", anyway=True), by=BEN)
    assert state.step(StepRef(1, 1)).by == ANN
    assert state.settled_by == BEN


async def test_a_timer_that_is_sooner_is_not_put_off_by_a_press(store):
    house = House(store, rules=replace(FAST, verify=(timedelta(seconds=2),)))
    async with house.running():
        await house.opened()
        await house.ready()
        await house.press(Verb.RUN)
        state = await house.at(StepStatus.VERIFYING)
    due = next(state.unreported()).call.due
    await store.woken("INC-1", house.now() + timedelta(days=1))
    await house.service.change("INC-1", Start(BLIND), by=ANN)
    assert await store.next_due() == due


async def test_many_reports_at_once_are_all_kept(house):
    many = tuple(f"check-{n}" for n in range(40))
    rules = type(RULES)(library={}, opening=many, takes={}, yields={})
    house.rules = rules
    house.restart()
    incident = await house.opened()
    seen = witnessed(ok("Fine."), source="x", at=house.now())
    reports = [ReportCheck(n, seen, 0.1) for n in range(1, 41)]
    await asyncio.gather(
        *(house.service.change(incident, one, by="bot") for one in reports)
    )
    state = await house.service.load(incident)
    assert len(state.latest()) == 40
    assert state.ranking is not None


async def test_an_incident_delivered_twice_is_opened_once(house):
    assert await house.opened(receipt="view/1") == "INC-1"
    assert await house.opened(receipt="view/1") is None
    assert len(await house.store.heads()) == 1


async def test_a_press_delivered_twice_is_done_once_and_not_refused(house):
    incident = await calm(house)
    for _ in range(2):
        await house.service.change(incident, CONFIRM, by=ANN, receipt="press/1")
    assert (await house.kinds()).count("step.settled") == 1


async def test_a_delivery_that_comes_twice_and_still_fits_is_done_once(house):
    incident = await calm(house)
    skip = Press(StepRef(1, 1), Verb.SKIP, "So.")
    await house.service.change(incident, skip, by=ANN, receipt="press/1")
    second = Press(StepRef(1, 2), Verb.SKIP, "So.")
    state = await house.service.change(incident, second, by=ANN, receipt="press/1")
    assert state.run.current().number == 2


async def test_another_delivery_of_the_same_press_is_refused(house):
    incident = await calm(house)
    await house.service.change(incident, CONFIRM, by=ANN, receipt="press/1")
    with pytest.raises(NotNow):
        await house.service.change(incident, CONFIRM, by=ANN, receipt="press/2")


async def test_an_id_that_is_taken_is_told(house):
    await house.opened()
    house.restart()
    with pytest.raises(StoreError, match="id is taken"):
        await house.opened()


async def test_an_incident_that_is_not_there_is_told(house):
    with pytest.raises(UsageError, match="There is no incident INC-9"):
        await house.service.load("INC-9")


async def test_the_channels_incident_is_the_newest_that_is_not_resolved(house):
    assert await house.service.latest(CHANNEL) is None
    for _ in range(3):
        await house.opened()
    for incident in ("INC-3", "INC-2"):
        await house.service.change(incident, Resolve(anyway=True), by=ANN)
    assert (await house.service.latest(CHANNEL)).incident == "INC-1"
    await house.service.change("INC-1", Resolve(anyway=True), by=ANN)
    assert (await house.service.latest(CHANNEL)).incident == "INC-3"


async def test_what_changes_nothing_is_not_kept_and_rings_nobody(house):
    incident = await house.opened()
    for bell in (house.service.bells.engine, house.service.bells.drawing):
        assert await bell.wait(0) == (incident,)
    before = (await house.service.load(incident)).seq
    state = await house.service.change(incident, See(()), by="bot")
    assert state.seq == before
    assert await house.service.bells.drawing.wait(0) == ()


class Losing:
    """A store that always says that somebody else was first."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        return getattr(self._store, name)

    async def commit(self, change, told=None):
        return Commit.STALE


async def test_a_change_that_never_wins_is_given_up(house):
    incident = await calm(house)
    house.restart(Losing(house.store))
    with pytest.raises(StoreError, match="Too many changes"):
        await house.service.change(incident, CONFIRM, by=ANN)


class Slow(Losing):
    """A store that tells when a commit has been asked for."""

    def __init__(self, store):
        super().__init__(store)
        self.begun = asyncio.Event()

    async def commit(self, change, told=None):
        self.begun.set()
        return await self._store.commit(change, told)


async def test_what_was_kept_is_known_even_if_whoever_asked_has_gone(house):
    incident = await calm(house)
    slow = Slow(house.store)
    house.restart(slow)
    await house.service.load(incident)
    press = asyncio.create_task(house.service.change(incident, CONFIRM, by=ANN))
    await slow.begun.wait()
    press.cancel()
    with pytest.raises(asyncio.CancelledError):
        await press
    assert await house.service.bells.engine.wait(10) == (incident,)
    state = await house.service.load(incident)
    assert state.step(StepRef(1, 1)).by == ANN
    assert state.seq == (await house.store.head(incident)).seq


async def test_a_state_that_was_read_late_does_not_hide_a_newer_one(house):
    incident = await calm(house)
    house.restart()
    reading = asyncio.create_task(house.service.load(incident))
    await house.service.change(incident, CONFIRM, by=ANN)
    newest = (await house.store.head(incident)).seq
    await reading
    assert (await house.service.load(incident)).seq == newest


async def test_what_a_person_left_to_do_asks_to_be_looked_at(house):
    """Should nobody hear the bell, the wake makes up for it."""
    await house.opened()
    assert await house.store.next_due() is None
    await house.service.change("INC-1", Resolve(), by=ANN)
    assert await house.store.due(house.now(), 10) == []
    assert await house.store.due(house.now() + BELL_LOST, 10) == ["INC-1"]


async def test_without_opening_checks_there_is_nothing_to_wake_for(house):
    house.rules = type(RULES)(library={}, opening=(), takes={}, yields={})
    house.restart()
    report = Open(Report(room="r1"), CHANNEL)
    assert await house.service.open(report, by=ANN, receipt=None) == "INC-1"
    assert await house.store.next_due() is None
    assert (await house.service.follow("INC-1")).ranking is not None


def test_the_bells_are_three():
    bells = Bells()
    assert len({id(bells.engine), id(bells.drawing), id(bells.notices)}) == 3


async def test_two_houses_on_one_store_see_the_same(store):
    first, second = House(store), House(store)
    incident = await first.opened()
    one, other = await first.state(incident), await second.state(incident)
    assert one == other
