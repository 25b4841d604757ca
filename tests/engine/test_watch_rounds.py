import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest
from engine_story import ANN, SOON, House, spoiled

from bot.core.incident.commands import Resolve
from bot.core.incident.telling import AS_THEY_COME, LISTED
from bot.core.transitions import Move, Transition
from bot.engine.foreground import Foreground
from bot.engine.watch import EVERY, RECENT, SELDOM, Recorded, Watch
from bot.errors import StoreError, WorldError
from tests.fakes.world import FakeClock


class ScriptedPoll:
    """Finds what a test says, room by room; remembers where it looked."""

    def __init__(self):
        self.found = {}
        self.looked = []
        self.once = asyncio.Event()

    async def look(self, room):
        self.looked.append(room)
        self.once.set()
        found = self.found.get(room, [])
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def house(store, clock):
    return House(store, now=clock)


@pytest.fixture
def poll():
    return ScriptedPoll()


@pytest.fixture
def watch(house, poll):
    return Watch(house.service, poll, Foreground())


def moved(number, room="r1", move=Move.JOINED, at=None):
    return Transition(
        id=f"EV_{number}",
        room=room,
        identity="alice",
        sid=f"PA_{number}",
        move=move,
        at=at or FakeClock().at + timedelta(seconds=number),
        source="webhook",
    )


async def known(house, incident="INC-1"):
    return [move.id for move in (await house.state(incident)).transitions]


async def test_transitions_are_recorded_and_told_to_the_incidents_of_their_room(
    house, watch, store, clock
):
    await house.opened("r1")
    await house.opened("r2")
    await house.opened("r1")
    assert await watch.record([moved(1), moved(2, "r2"), moved(3)]) == 3
    assert await known(house, "INC-1") == await known(house, "INC-3")
    assert await known(house, "INC-1") == ["EV_1", "EV_3"]
    assert await known(house, "INC-2") == ["EV_2"]
    record = await Recorded(store).recent("r1", None, clock.at)
    assert [move.id for move in record] == ["EV_1", "EV_3"]
    assert await Recorded(store).recent("r1", "bob", clock.at) == []


async def test_a_redelivery_changes_nothing(house, watch):
    await house.opened("r1")
    assert await watch.record([moved(1)]) == 1
    before = (await house.state()).seq
    assert await watch.record([moved(1)]) == 0
    assert (await house.state()).seq == before


async def test_a_resolved_incident_is_not_told(house, watch):
    await house.opened("r1")
    await house.service.change("INC-1", Resolve(anyway=True), by=ANN)
    await watch.record([moved(1)])
    assert await known(house) == []


async def test_nothing_to_record_is_fine(watch):
    assert await watch.record([]) == 0


class Failing:
    """A store that refuses the commits of one incident."""

    def __init__(self, store, incident):
        self._store = store
        self.incident = incident

    def __getattr__(self, name):
        return getattr(self._store, name)

    async def commit(self, change, told=None):
        if change.head.incident == self.incident:
            raise StoreError("The disk is full.")
        return await self._store.commit(change, told)


async def test_one_incident_that_cannot_be_told_does_not_keep_it_from_the_others(
    house, store, poll
):
    await house.opened("r1")
    await house.opened("r1")
    failing = Failing(store, "INC-2")
    house.restart(failing)
    watch = Watch(house.service, poll, Foreground())
    with pytest.raises(StoreError, match="disk is full"):
        await watch.record([moved(1)])
    assert await known(house, "INC-1") == ["EV_1"]
    failing.incident = ""
    assert await watch.record([moved(1)]) == 0
    assert await known(house, "INC-2") == ["EV_1"]


async def test_one_that_does_not_open_does_not_keep_other_rooms_from_being_polled(
    house, watch, store, poll
):
    await house.opened("r1")
    await house.opened("r2")
    await spoiled(store, "events", "INC-2")
    house.service.memory.forget("INC-2")
    await watch._round()
    assert set(poll.looked) == {"r1", "r2"}


async def test_the_poll_fills_in_what_no_webhook_told(house, watch, poll):
    await house.opened("r1")
    poll.found["r1"] = [moved(1, move=Move.SEEN)]
    await watch._round()
    assert await known(house) == ["EV_1"]


async def test_an_incident_is_told_what_was_recorded_before_it_was_opened(
    house, watch, clock
):
    await watch.record([moved(1), moved(2, at=clock.at - RECENT * 2)])
    await house.opened("r1")
    assert await known(house) == []
    await watch._round()
    assert await known(house) == ["EV_1"]


async def test_each_room_is_polled_once_and_only_while_an_incident_is_open(
    house, watch, poll, clock
):
    for room in ("r1", "r2", "r1"):
        await house.opened(room)
    await watch._round()
    assert sorted(poll.looked) == ["r1", "r2"]
    for incident in ("INC-1", "INC-2", "INC-3"):
        await house.service.change(incident, Resolve(anyway=True), by=ANN)
    clock.advance(3600)
    await watch._round()
    assert len(poll.looked) == 2
    assert watch._polled == {}


async def test_incidents_are_read_again_only_when_something_has_changed(
    house, watch, store, monkeypatch
):
    asked, heads = [], store.heads

    async def noting(**what):
        asked.append(what)
        return await heads(**what)

    monkeypatch.setattr(type(store), "heads", lambda _, **what: noting(**what))
    for _ in range(2):
        await watch._round()
    assert len(asked) == 1
    await house.opened("r1")
    await watch._round()
    assert [one for one in asked[1:] if "room" not in one] == [asked[0]]


async def test_a_fresh_incidents_room_is_polled_often_and_an_old_ones_seldom(
    house, watch, poll, clock
):
    await house.opened("r1")
    for step in (timedelta(0), EVERY - timedelta(seconds=1), timedelta(seconds=1)):
        clock.at += step
        await watch._round()
    assert len(poll.looked) == 2
    clock.at += RECENT
    await watch._round()
    for step in (EVERY, SELDOM - EVERY):
        clock.at += step
        await watch._round()
    assert len(poll.looked) == 4


async def test_a_newer_incident_makes_its_room_fresh_again(house, watch, poll, clock):
    await house.opened("r1")
    clock.at += RECENT
    await house.opened("r1")
    await watch._round()
    clock.at += EVERY
    await watch._round()
    assert len(poll.looked) == 2


async def test_a_room_that_does_not_answer_does_not_keep_the_others(
    house, watch, poll, logged
):
    await house.opened("r1")
    await house.opened("r2")
    poll.found = {"r1": WorldError("LiveKit is away."), "r2": [moved(2, "r2")]}
    await watch._round()
    assert await known(house, "INC-2") == ["EV_2"]
    assert [one["why"] for one in logged if one["event"] == "poll.unanswered"] == [
        "LiveKit is away."
    ]


async def test_the_watch_polls_by_itself_and_stands_back_for_people(house, poll):
    await house.opened("r1")
    foreground = Foreground(patience=60)
    watch = Watch(house.service, poll, foreground)
    with foreground.serving():
        running = asyncio.create_task(watch.run())
        await asyncio.sleep(0.02)
        assert poll.looked == []
    async with asyncio.timeout(SOON):
        await poll.once.wait()
    assert poll.looked == ["r1"]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_store_that_fails_does_not_end_the_watch(house, store, poll, logged):
    class Away(Failing):
        async def heads(self, **_):
            raise StoreError("The disk is full.")

    house.restart(Away(store, ""))
    watch = Watch(house.service, poll, Foreground())
    running = asyncio.create_task(watch.run())
    await asyncio.sleep(0.02)
    assert not running.done()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert logged[-1]["event"] == "poll.failed"


async def test_in_a_room_that_flaps_an_incident_is_told_in_one_go_what_has_gathered(
    house, watch, clock, poll
):
    await house.opened("r1")
    for number in range(AS_THEY_COME):
        await watch.record([moved(number)])
    before = (await house.state()).seq
    gathered = [moved(AS_THEY_COME + n) for n in range(LISTED + 7)]
    for move in gathered:
        await watch.record([move])
    assert (await house.state()).seq == before
    clock.advance(3_600)
    await watch._round()
    state = await house.state()
    assert state.seq == before + 1
    assert [one.id for one in state.transitions] == [m.id for m in gathered[-LISTED:]]
    assert [(one.identity, one.times) for one in state.counted] == [("alice", "7")]


async def test_of_more_than_is_read_at_a_time_it_is_told_that_there_are_more(
    house, watch, clock, monkeypatch
):
    monkeypatch.setattr("bot.engine.watch.GATHERED", LISTED + 2)
    await house.opened("r1")
    for number in range(AS_THEY_COME):
        await watch.record([moved(number)])
    await watch.record([moved(AS_THEY_COME + n) for n in range(LISTED + 7)])
    clock.advance(3_600)
    await watch._round()
    assert [one.times for one in (await house.state()).counted] == ["at least 2"]
