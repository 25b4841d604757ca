"""The order within a thread after trouble, and changes that come at bad moments."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from bot.store.rows import Drawing
from handlers.easel import Easel
from handlers.pacing import Pace
from handlers.reconcile import Pauses
from handlers.slack import SlackRejected
from rehearsal.slack import Fault, Status
from tests.fakes.slack_calls import FREE, HERE, house, now, says, scripted

POST = "chat.postMessage"
PARTS = ("card", "checks", "ranking")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def drawing(part, state="drawn", ts="1.000001") -> Drawing:
    return Drawing("INC-1", part, HERE, ts, None, part, state, None, now())


def easel(**shown) -> Easel:
    """Want all parts; show some in these states."""
    kept = {
        p: drawing(p, s, "1.000001" if s == "drawn" else None) for p, s in shown.items()
    }
    made = Easel("INC-1", kept)
    made.want([says(part, part) for part in PARTS], {part: part for part in PARTS})
    return made


async def test_all_waits_for_the_card_even_if_it_is_refused():
    assert easel().may_go("card")
    for card in ("posting", "blocked"):
        at = easel(card=card)
        at.under_way.add("card")
        assert not at.may_go("checks")
    assert easel(card="drawn").may_go("checks")


async def test_in_good_times_it_is_enough_that_those_before_have_gone_out(tmp_path):
    """That their calls have begun is not: who opens a connection is overtaken."""
    at = easel(card="drawn")
    async with house(tmp_path, replace(FREE, latency=0.2)) as slack:
        posted = partial(slack.slack.call, POST, channel=HERE, text="x")
        async with at.posting("checks", NOON):
            await posted()
            assert not at.may_go("ranking"), "its connection was new"
            call = asyncio.create_task(posted())
            async with asyncio.timeout(5), at.moved:
                await at.moved.wait_for(lambda: at.may_go("ranking"))
            assert not call.done()
            at.failed.add("checks")
            assert not at.may_go("ranking")
            await call
        at.failed.clear()
        assert not at.may_go("ranking")


async def test_what_reads_from_slack_meanwhile_is_no_post_that_has_gone_out(tmp_path):
    at = easel(card="drawn")
    async with house(tmp_path, FREE) as slack, at.posting("checks", NOON):
        await slack.slack.call("conversations.info", channel=HERE)
        assert not at.may_go("ranking")


async def test_a_refused_part_and_one_no_longer_wanted_hold_nobody_back():
    at = easel(card="drawn", checks="blocked")
    assert at.may_go("ranking")
    waits = easel(card="drawn")
    turn = asyncio.create_task(waits.turn("ranking"))
    await asyncio.sleep(0)
    waits.want([says("card", ""), says("ranking", "")], {})
    await waits.tell()
    async with asyncio.timeout(1):
        await turn


async def test_a_part_that_waits_for_leave_lets_the_one_before_it_try_again(tmp_path):
    async with house(tmp_path, wanted=scripted(*PARTS), pace=Pace(10, 2)) as at:
        at.workspace.faults.add(Fault(POST, Status(500), when=lambda: at.calls(POST)))
        incident = await at.open()
        async with at.drawing():
            await at.drawn(incident)
        assert at.parts(incident) == list(PARTS)


async def test_what_failed_side_by_side_arrives_one_by_one(tmp_path):
    slow = replace(FREE, latency=0.06)
    async with house(tmp_path, slow, wanted=scripted(*PARTS, "step:1:1")) as at:
        incident = await at.open()
        fault = Fault(POST, Status(500), times=4, when=lambda: at.parts(incident))
        at.workspace.faults.add(fault)
        async with at.drawing():
            await at.drawn(incident)
        assert at.parts(incident) == [*PARTS, "step:1:1"]
        assert len(at.calls(POST)) == 8


def still(*parts):
    """Render these parts, which never change."""
    return lambda state, events: [says(part, part) for part in parts]


async def crashed_before_checks(at) -> str:
    """Leave a store in which the checks may have been posted, and were not."""
    at.wanted = still("card")
    incident = await at.open()
    async with at.drawing():
        await at.drawn(incident)
    at.wanted = still(*PARTS)
    await at.change(incident)
    await at.store.keep_drawing(drawing("checks", "posting", None))
    return incident


async def test_while_one_is_looked_for_the_next_does_not_overtake(tmp_path):
    async with house(tmp_path, replace(FREE, latency=0.06)) as at:
        incident = await crashed_before_checks(at)
        async with at.drawing():
            await at.drawn(incident)
        assert at.parts(incident) == list(PARTS)


async def test_who_waits_for_one_that_is_refused_hears_of_it_at_once(tmp_path):
    class Refusing:
        async def call(self, method, **arguments):
            if method == "conversations.replies":
                raise SlackRejected("missing_scope")
            return await at.slack.call(method, **arguments)

    async with house(tmp_path, pauses=Pauses(blocked=30.0, late=0.0)) as at:
        incident = await crashed_before_checks(at)
        async with at.drawing(at.reconciler(Refusing())):
            await at.workspace.wait_for(lambda: "ranking" in at.parts(incident))
        assert at.parts(incident) == ["card", "ranking"]


class BusyStore:
    """A store in which somebody else changes the incident just before a note."""

    def __init__(self, at) -> None:
        self._at, self.seq = at, 0

    def __getattr__(self, name):
        return getattr(self._at.store, name)

    async def drawn(self, incident, seq):
        if not self.seq:
            self.seq = await self._at.change(incident)
            await asyncio.sleep(0.02)  # the bell is heard meanwhile
        await self._at.store.drawn(incident, seq)


async def test_a_change_while_a_look_is_under_way_is_not_lost(tmp_path):
    pauses = Pauses(rest=60.0, late=0.0)
    async with house(tmp_path, wanted=scripted("card"), pauses=pauses) as at:
        store = BusyStore(at)
        async with at.drawing(at.reconciler(store=store)):
            incident = await at.open()
            await at.workspace.wait_for(lambda: store.seq)
            await at.drawn(incident)
        assert at.seen(incident) == [("card", f"card at {store.seq}")]


@pytest.mark.parametrize("failures", [0, 1, 3, 60, 5_000])
def test_pauses_grow_and_have_a_bound(failures):
    pauses = Pauses(first=0.5, longest=15.0, late=0.0)
    assert pauses.after(failures) == min(0.5 * 2 ** min(failures, 9), 15.0)
