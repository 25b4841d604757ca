"""The watch over a release's incidents, and the playbook of a rollback."""

import asyncio
from contextlib import suppress

import pytest
from engine_story import ANN, BEN, CHANNEL, FAST, House, spoiled

from bot.core.evidence import bad, witnessed
from bot.core.incident.commands import (
    Open,
    Press,
    Recover,
    ReportCheck,
    Resolve,
    Spread,
    Start,
)
from bot.core.incident.state import Verb
from bot.core.policy import Standing
from bot.core.report import Report
from bot.core.rollback import Thresholds
from bot.core.runbook.pages import Runbook, Step
from bot.engine.authority import Authority
from bot.engine.foreground import Foreground
from bot.engine.recovery import Recovery
from bot.engine.release_watch import ReleaseWatch
from bot.errors import StoreError
from tests.fakes.allowed import EVERYTHING
from tests.fakes.releases import RELEASE, ROLLBACK, answers, knowing

GROUP_KEY = Runbook(
    slug="missing-group-key",
    title="Missing group key",
    steps=(Step(title="Look."),),
    sha256="ab" * 32,
)
TWO = Thresholds(decrypt_failures=2, every=0.01)


@pytest.fixture
async def house(store):
    rules = knowing(FAST)
    library = {**rules.library, GROUP_KEY.slug: GROUP_KEY}
    made = House(store)
    made.service = made.service.__class__(
        store,
        rules.__class__(**{**vars(rules), "library": library}),
        made.service.now,
        made.service.new_id,
    )
    return made


async def opened(house, report, by=ANN):
    incident = await house.service.open(Open(report, CHANNEL), by=by, receipt=None)
    await house.service.follow(incident)
    return incident


async def published(house):
    """Open a release and sign all up to its publishing."""
    release = await opened(house, RELEASE)
    for _ in range(6):
        step = (await house.service.load(release)).run.current()
        press = Press(step.ref, Verb.CONFIRM, answers=answers(step.step))
        await house.service.change(release, press, by=ANN)
    return release


async def troubled(house, room):
    """Open an incident in which decrypt failures were seen."""
    incident = await opened(house, Report(room=room))
    look = next(iter((await house.service.load(incident)).looks.values()))
    seen = bad("It cannot decrypt.", {"packets.gsk_requesters": 2})
    found = witnessed(seen, source=look.call.check, at=house.service.now())
    told = ReportCheck(look.call.number, found, 0.1)
    await house.service.change(incident, told, by="bot")
    return incident


def watch(house):
    return ReleaseWatch(house.service, TWO, Foreground())


def recovery(house):
    return Recovery(
        house.service, TWO, Foreground(), Authority(EVERYTHING, house.people)
    )


async def test_a_trigger_that_trips_is_proposed_once_with_its_incidents(house):
    release = await published(house)
    first = await troubled(house, "blue")
    assert await watch(house).round() == 0
    second = await troubled(house, "green")
    assert await watch(house).round() == 1
    assert await watch(house).round() == 0
    (proposed,) = (await house.service.load(release)).proposals
    assert set(proposed.incidents) == {first, second}
    assert set(proposed.rooms) == {"blue", "green"}


async def test_nothing_is_proposed_before_publishing_or_after_settling(house):
    release = await opened(house, RELEASE)
    await troubled(house, "blue")
    await troubled(house, "green")
    assert await watch(house).round() == 0
    release = await published(house)
    assert await watch(house).round() == 0  # those were before it
    step = (await house.service.load(release)).run.current()
    await house.service.change(release, Press(step.ref, Verb.CONFIRM), by=ANN)
    await troubled(house, "red")
    await troubled(house, "white")
    assert await watch(house).round() == 0


async def test_the_named_rooms_get_their_incident_one_a_round(house):
    rollback = await opened(house, ROLLBACK)
    known = await troubled(house, "blue")
    asked = Recover(("blue", "green"), TWO.most)
    await house.service.change(rollback, asked, by=BEN)
    assert await recovery(house).round() == 1
    (first,) = (await house.service.load(rollback)).recoveries
    assert (first.room, first.incident, first.slug) == (
        "blue",
        known,
        "missing-group-key",
    )
    assert (await house.service.load(known)).run.slug == "missing-group-key"
    assert await recovery(house).round() == 1
    assert await recovery(house).round() == 0
    _, second = (await house.service.load(rollback)).recoveries
    state = await house.service.load(second.incident)
    assert (state.report.room, state.opened_by, second.slug) == ("green", BEN, None)
    assert state.run is None


@pytest.mark.parametrize("cut", [Start, Spread])
async def test_what_is_cut_off_before_it_is_written_down_opens_no_second_incident(
    house, monkeypatch, cut
):
    rollback = await opened(house, ROLLBACK)
    if cut is Start:
        await troubled(house, "blue")
    await house.service.change(rollback, Recover(("blue",), 9), by=BEN)
    change = type(house.service).change

    async def cuts_off(self, incident, command, **how):
        if isinstance(command, cut):
            raise StoreError("The power is gone.")
        return await change(self, incident, command, **how)

    with monkeypatch.context() as broken:
        broken.setattr(type(house.service), "change", cuts_off)
        with pytest.raises(StoreError):
            await recovery(house).round()
    assert await recovery(house).round() == 1
    heads = await house.service.store.heads(room="blue")
    (recovered,) = (await house.service.load(rollback)).recoveries
    assert [head.incident for head in heads] == [recovered.incident]


async def test_a_room_whose_page_is_started_keeps_it(house):
    rollback = await opened(house, ROLLBACK)
    await house.service.change(rollback, Recover(("blue",), 9), by=BEN)
    await troubled(house, "blue")
    again = recovery(house)
    await again.round()
    twice = await opened(house, ROLLBACK)
    await house.service.change(twice, Recover(("blue",), 9), by=ANN)
    await again.round()
    (kept,) = (await house.service.load(twice)).recoveries
    assert kept.slug == "missing-group-key"
    assert len((await house.service.load(kept.incident)).runs) == 1


async def test_whoever_may_not_any_more_recovers_no_further_room(house):
    rollback = await opened(house, ROLLBACK)
    await house.service.change(rollback, Recover(("blue",), 9), by=BEN)
    house.people.people[BEN] = Standing(BEN, refused="Guests cannot do that.")
    await recovery(house).round()
    await recovery(house).round()
    assert (await house.service.load(rollback)).recoveries == ()
    assert (await house.kinds(rollback)).count("press.refused") == 1


async def broken(house, incident):
    await spoiled(house.store, "events", incident)
    house.service.memory.forget(incident)


async def test_an_incident_that_does_not_open_keeps_no_trigger_from_being_seen(house):
    release = await published(house)
    for room in ("blue", "green", "red"):
        last = await troubled(house, room)
    await broken(house, last)
    await broken(house, await opened(house, RELEASE))
    assert await watch(house).round() == 1
    (proposed,) = (await house.service.load(release)).proposals
    assert set(proposed.rooms) == {"blue", "green"}


async def test_nor_does_it_keep_another_rollback_from_going_on(house, logged):
    for room in ("blue", "green"):
        rollback = await opened(house, ROLLBACK)
        await house.service.change(rollback, Recover((room,), TWO.most), by=BEN)
    await broken(house, await opened(house, ROLLBACK))
    await broken(house, await troubled(house, "green"))
    assert await recovery(house).round() == 2
    assert len(await house.store.heads(room="blue")) == 1
    assert [one["event"] for one in logged].count("recovery.broken") == 1


async def test_a_resolved_rollback_opens_nothing_more(house):
    rollback = await opened(house, ROLLBACK)
    await house.service.change(rollback, Recover(("blue",), 9), by=BEN)
    await house.service.change(rollback, Resolve(anyway=True), by=BEN)
    assert await recovery(house).round() == 0


@pytest.mark.parametrize("make", [watch, recovery])
async def test_a_round_that_fails_does_not_end_the_loop(house, monkeypatch, make):
    loop, rounds = make(house), []
    again = asyncio.Event()

    async def fails(_self):
        rounds.append(1)
        if len(rounds) > 1:
            again.set()
        raise StoreError("The disk is full.")

    monkeypatch.setattr(type(loop), "round", fails)
    monkeypatch.setattr("bot.engine.release_watch.EVERY", 0.0)
    running = asyncio.create_task(loop.run())
    await asyncio.wait_for(again.wait(), 10)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
