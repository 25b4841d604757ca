"""The reconciler in bad times: lost answers, outages, 429; nothing twice, in order."""

import asyncio
from dataclasses import replace

import pytest

from bot.errors import StoreError
from handlers.pacing import Pace
from handlers.reconcile import Pauses
from rehearsal.slack import (
    Channel,
    Delay,
    DropAfter,
    DropBefore,
    Fault,
    RateLimited,
    Status,
)
from tests.fakes.slack_calls import (
    FREE,
    HERE,
    QUICK,
    THREAD,
    client,
    house,
    says,
    scripted,
    until,
)

POST, UPDATE = "chat.postMessage", "chat.update"
PARTS = ("card", *THREAD)
LOST = [DropAfter(), DropBefore(), Status(500), Status(502)]
CHANNELS = [f"C{n}ROOM" for n in range(3)]


@pytest.mark.parametrize("effect", LOST, ids=str)
@pytest.mark.parametrize("nth", [0, 2], ids=["card", "ranking"])
async def test_a_post_whose_answer_is_lost_is_not_repeated_blindly(
    tmp_path, effect, nth
):
    async with house(tmp_path, wanted=scripted(*PARTS)) as at:
        incident = await at.started()
        fault = Fault(POST, effect, when=lambda: _nth_post(at, nth))
        at.workspace.faults.add(fault)
        async with at.drawing():
            await at.drawn(incident)
        seq = (await at.store.head(incident)).seq
        assert dict(at.seen(incident)) == {part: f"{part} at {seq}" for part in PARTS}
        assert len(at.parts(incident)) == len(PARTS)
        assert at.parts(incident)[0] == "card"
        looks = at.calls("conversations.history" if nth == 0 else REPLIES)
        assert len(looks) == 1


REPLIES = "conversations.replies"


def _nth_post(at, nth):
    return len(at.calls(POST)) >= nth


async def test_an_answer_after_the_time_out_is_found(tmp_path):
    async with house(tmp_path) as at:
        at.pauses = Pauses(first=0.2, late=0.0)
        incident = await at.open()
        at.workspace.faults.add(Fault(POST, Delay(0.15)))
        url = at.workspace.api_url
        async with client(url, seconds=0.1) as hasty, at.drawing(at.reconciler(hasty)):
            await at.drawn(incident)
        assert at.parts(incident) == ["card", "checks"]


async def test_a_post_that_is_done_late_is_waited_for_and_not_repeated(tmp_path):
    async with house(tmp_path, pauses=Pauses(first=0.05, late=30.0)) as at:
        incident = await at.open()
        at.workspace.faults.add(Fault(POST, Delay(0.6)))
        url = at.workspace.api_url
        async with client(url, seconds=0.1) as hasty, at.drawing(at.reconciler(hasty)):
            await at.drawn(incident)
        assert at.parts(incident) == ["card", "checks"]
        assert len(at.calls(POST)) == 2
        assert len(_looks(at)) > 1


async def test_while_nobody_can_say_whether_it_arrived_nothing_is_posted(tmp_path):
    async with house(tmp_path, wanted=scripted("card")) as at:
        at.workspace.faults.add(Fault(POST, Status(500)))
        at.workspace.faults.add(Fault("conversations.history", Status(500), times=5))
        async with at.drawing():
            incident = await at.open()
            await at.workspace.wait_for(lambda: len(_looks(at)) == 5)
            assert at.parts(incident) == []
            assert len(at.calls(POST)) == 1
            await at.drawn(incident)
        assert at.parts(incident) == ["card"]


def _looks(at):
    return at.calls("conversations.history")


async def test_an_adopted_message_is_brought_up_to_date(tmp_path):
    async with house(tmp_path, wanted=scripted("card")) as at:
        at.workspace.faults.add(Fault(POST, DropAfter()))
        at.workspace.faults.add(Fault("conversations.history", Delay(0.1)))
        async with at.drawing():
            incident = await at.open()
            await at.workspace.wait_for(lambda: at.workspace.api.under_way)
            seq = await at.change(incident)
            await at.drawn(incident)
        assert at.seen(incident) == [("card", f"card at {seq}")]
        assert len(at.calls(UPDATE)) == 1


@pytest.mark.parametrize("effect", LOST, ids=str)
async def test_an_update_is_repeated_until_it_is_shown(tmp_path, effect):
    """And once more when none of those without an answer can be done any more."""
    pauses = replace(QUICK, late=0.3)
    async with (
        house(tmp_path, wanted=scripted("card"), pauses=pauses) as at,
        at.drawing(),
    ):
        incident = await at.open()
        await at.drawn(incident)
        at.workspace.faults.add(Fault(UPDATE, effect, times=3))
        seq = await at.change(incident)
        await at.drawn(incident)
        assert at.seen(incident) == [("card", f"card at {seq}")]
        assert len(at.calls(UPDATE)) == 5


async def test_a_lost_update_is_taken_back_when_the_state_goes_back(tmp_path):
    def sides(state, events):
        return [says("card", state.status.value)]

    pauses = Pauses(first=0.1, late=0.0)
    async with house(tmp_path, wanted=sides, pauses=pauses) as at, at.drawing():
        incident = await at.open()
        await at.drawn(incident)
        at.workspace.faults.add(Fault(UPDATE, DropAfter()))
        await at.change(incident)
        await at.workspace.wait_for(lambda: at.calls(UPDATE))
        await at.change(incident)
        await at.drawn(incident)
        assert at.seen(incident) == [("card", "open")]


async def test_a_429_is_waited_out_where_it_came_and_looks_for_nothing(tmp_path):
    settings = replace(FREE, channels=(*FREE.channels, _channel(CHANNELS[0])))
    async with house(tmp_path, settings, wanted=scripted("card", "checks")) as at:
        at.workspace.faults.add(Fault(POST, RateLimited(1)))
        async with at.drawing():
            first = await at.open()
            await at.workspace.wait_for(lambda: at.calls(POST))
            second, free = await at.open(), await at.open(CHANNELS[0])
            await at.drawn(free)
            assert await at.store.behind(9) == [first, second]
            await at.drawn(first, second)
        limited, *others = at.calls(POST)
        held = [one for one in others if one.arguments["channel"] == HERE]
        assert all(one.began - limited.began >= 1.0 for one in held)
        assert len(at.calls()) == 7
        assert at.parts(first) == at.parts(second) == ["card", "checks"]


def _channel(name):
    return Channel(name, name.lower(), members=("U0RESP", "U0BOT"))


@pytest.mark.parametrize("status", [500, 429])
async def test_after_an_outage_everything_arrives_once_and_in_order(tmp_path, status):
    channels = tuple(_channel(name) for name in CHANNELS)
    settings = replace(FREE, channels=(*FREE.channels, *channels))
    async with house(tmp_path, settings) as at, at.drawing():
        places = [*CHANNELS, *CHANNELS, HERE]
        ids = [await at.open(place) for place in places[:2]]
        await at.drawn(*ids)
        _break_slack(at, status)
        ids += [await at.started(place) for place in places[2:]]
        await asyncio.sleep(0.1)
        for incident in ids[2:]:
            await at.confirm(incident, 1)
            await asyncio.sleep(0.03)
        for incident in ids:
            await at.change(incident)
        at.workspace.faults.clear()
        await at.drawn(*ids, within=6.0)
        steps = ["ranking", "step:1:1", "step:1:2"]
        for incident, place in zip(ids[2:], places[2:], strict=True):
            whole = ["card", "checks", *steps, "summary:1"]
            assert at.parts(incident, place) == whole
        for incident, place in zip(ids[:2], places[:2], strict=True):
            assert at.parts(incident, place) == ["card", "checks", "summary:1"]


def _break_slack(at, status):
    effect = Status(500) if status == 500 else RateLimited(1)
    at.workspace.faults.add(Fault("web_api", effect, times=None))


async def test_trouble_is_not_answered_with_a_busy_loop(tmp_path):
    pauses = Pauses(first=0.02, longest=0.1, late=0.0)
    async with house(tmp_path, wanted=scripted(*PARTS), pauses=pauses) as at:
        at.workspace.faults.outage(500)
        async with at.drawing():
            await at.open()
            await asyncio.sleep(0.5)
            assert len(at.calls()) <= 12
            await at.workspace.wait_for(lambda: len(at.calls()) >= 4)


async def test_a_store_that_fails_is_not_answered_with_a_busy_loop(tmp_path):
    async with house(tmp_path, wanted=scripted("card", "checks")) as at:
        sick = FullDisk(at.store)
        async with at.drawing(at.reconciler(store=sick)):
            incident = await at.open()
            await asyncio.sleep(0.3)
            assert sick.refused <= 12

            async def was_refused_twice() -> bool:
                return sick.refused >= 2

            await until(was_refused_twice)
            assert at.calls(POST) == []
            sick.full = False
            await at.drawn(incident)
        assert at.parts(incident) == ["card", "checks"]


class FullDisk:
    """A store that cannot write drawings for a while."""

    def __init__(self, store):
        self._store, self.full, self.refused = store, True, 0

    def __getattr__(self, name):
        return getattr(self._store, name)

    async def keep_drawing(self, drawing):
        if self.full:
            self.refused += 1
            raise StoreError("The disk is full.")
        await self._store.keep_drawing(drawing)


async def test_a_press_is_drawn_before_the_refreshes_that_wait(tmp_path):
    def render(state, events):
        words = f"at {state.seq}"
        urgent = state.status.value == "resolved"
        return [says("card", words), says("step:1:1", words, urgent=urgent)]

    async with house(tmp_path, wanted=render) as at:
        async with at.drawing():
            ids = [await at.open() for _ in range(4)]
            await at.drawn(*ids)
        before = len(at.calls(UPDATE))
        at.pace = Pace(20, 1)
        async with at.drawing():
            for incident in ids:
                await at.change(incident)
            await at.drawn(*ids)
        texts = [c.arguments["metadata"] for c in at.calls(UPDATE)[before:]]
        parts = [one["event_payload"]["part"] for one in texts]
        assert parts.count("card") == 4
        # The first had its leave before anybody else asked.
        assert set(parts[1:4]) == {"step:1:1"}
