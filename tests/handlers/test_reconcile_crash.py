"""A crash at every point: each part exists once, in order, and is current."""

import asyncio
from dataclasses import replace

import pytest

from rehearsal.slack import Delay, Fault
from tests.fakes.slack_calls import QUICK, house, scripted

PARTS = ["card", "checks", "ranking"]


@pytest.fixture(autouse=True)
def _close_together(monkeypatch):
    monkeypatch.setattr("handlers.easel.STAGGER", 0.004)


class Death:
    """Lets everything stand still from the nth point on, as a killed process does."""

    def __init__(self, nth: int) -> None:
        self.left = nth
        self.came = asyncio.Event()

    async def point(self) -> None:
        self.left -= 1
        if self.left <= 0:
            self.came.set()
            await asyncio.Event().wait()


class MortalSlack:
    """Points before each call and after its answer."""

    def __init__(self, slack, death: Death) -> None:
        self._slack, self._death = slack, death

    async def call(self, method, **arguments):
        await self._death.point()
        answer = await self._slack.call(method, **arguments)
        await self._death.point()
        return answer


class MortalStore:
    """Points before and after each write of the drawing half."""

    def __init__(self, store, death: Death) -> None:
        self._store, self._death = store, death

    def __getattr__(self, name):
        known = getattr(self._store, name)
        if name not in ("keep_drawing", "forget_drawing", "drawn"):
            return known

        async def write(*arguments):
            await self._death.point()
            await known(*arguments)
            await self._death.point()

        return write


async def draw_until_death(at, incident, nth) -> bool:
    """Draw with a bot that dies at the nth point; tell whether it came to that."""
    death = Death(nth)
    slack, store = MortalSlack(at.slack, death), MortalStore(at.store, death)
    async with at.drawing(at.reconciler(slack, store)):
        drawn = asyncio.create_task(at.drawn(incident))
        died = asyncio.create_task(death.came.wait())
        await asyncio.wait({drawn, died}, return_when=asyncio.FIRST_COMPLETED)
        for one in (drawn, died):
            one.cancel()
        await asyncio.gather(drawn, died, return_exceptions=True)
    await at.workspace.wait_for(lambda: not at.workspace.api.under_way)
    return death.came.is_set()


async def healed(at, incident) -> None:
    """Draw with a new bot and look at what Slack shows then."""
    async with at.drawing():
        await at.drawn(incident)
    seq = (await at.store.head(incident)).seq
    assert at.seen(incident) == [(part, f"{part} at {seq}") for part in PARTS]
    cards = {m["ts"] for m in at.workspace.messages("C0INC")}
    assert len(set(at.threads(incident))) == 1
    assert set(at.threads(incident)) <= cards


async def test_a_crash_at_any_point_of_the_first_drawing(tmp_path):
    async with house(tmp_path, wanted=scripted(*PARTS)) as at:
        nth, died = 0, True
        while died:
            nth += 1
            incident = await at.open()
            died = await draw_until_death(at, incident, nth)
            await healed(at, incident)
        assert nth > 18


async def test_a_crash_at_any_point_of_an_update_while_the_state_goes_on(tmp_path):
    async with house(tmp_path, wanted=scripted(*PARTS)) as at:
        nth, died = 0, True
        while died:
            nth += 1
            incident = await at.open()
            await healed(at, incident)
            await at.change(incident)
            died = await draw_until_death(at, incident, nth)
            await at.change(incident)
            await healed(at, incident)
        assert nth > 9


async def test_an_update_that_outlives_its_bot_does_not_stay(tmp_path):
    """Slack may do it after what the next bot says, which must be said again then."""
    pauses = replace(QUICK, late=0.4)
    async with house(tmp_path, wanted=scripted("card"), pauses=pauses) as at:
        incident = await at.open()
        await healed_card(at, incident)
        at.workspace.faults.add(Fault("chat.update", Delay(0.2)))
        await at.change(incident)
        async with at.drawing():
            await at.workspace.wait_for(lambda: at.workspace.api.under_way)
        await at.change(incident)
        await healed_card(at, incident)


async def healed_card(at, incident) -> None:
    async with at.drawing():
        await at.drawn(incident)
    await at.workspace.wait_for(lambda: not at.workspace.api.under_way)
    seq = (await at.store.head(incident)).seq
    assert at.seen(incident) == [("card", f"card at {seq}")]


async def test_a_crash_at_any_point_of_replacing_a_deleted_message(tmp_path):
    async with house(tmp_path, wanted=scripted("card")) as at:
        nth, died = 0, True
        while died:
            nth += 1
            incident = await at.open()
            async with at.drawing():
                await at.drawn(incident)
            at.delete("card")
            seq = await at.change(incident)
            died = await draw_until_death(at, incident, nth)
            async with at.drawing():
                await at.drawn(incident)
            assert at.seen(incident) == [("card", f"card at {seq}")]
        assert nth > 6


async def test_a_bot_that_dies_again_and_again_posts_nothing_twice(tmp_path):
    async with house(tmp_path, wanted=scripted(*PARTS)) as at:
        incident = await at.open()
        for nth in (5, 3, 4, 2, 6, 5, 3, 7, 4):
            await draw_until_death(at, incident, nth)
        await healed(at, incident)
