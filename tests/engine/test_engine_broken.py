"""Rows that do not open stop neither the sweep, nor timers, nor another incident."""

import asyncio

import pytest
from engine_story import CHANNEL, SOON, now, spoiled

from bot.store.seal import SealBroken


async def swept_with_a_broken(house, table):
    """Have three incidents, the first one broken, and a new process to find them."""
    for room in ("r1", "r2", "r3"):
        await house.opened(room)
    await spoiled(house.store, table, "INC-1")
    house.restart()


@pytest.mark.parametrize("table", ["heads", "events"])
async def test_one_that_does_not_open_keeps_no_other_from_being_driven(house, table):
    await swept_with_a_broken(house, table)
    async with house.running():
        await house.ranked("INC-2")
        await house.ranked("INC-3")
    said = await house.store.ready()
    assert f"{table}, incident INC-1" in said
    assert "INC-2" not in said


async def woken(house):
    """Wait until no timer is left."""
    while await house.store.next_due() is not None:
        await house.service.bells.drawing.wait(0.01)


async def test_timers_fire_beside_a_head_that_does_not_open(house):
    await swept_with_a_broken(house, "heads")
    async with house.running():
        await house.store.wake("INC-2", now())
        house.service.bells.timers.ring()
        await asyncio.wait_for(woken(house), SOON)


async def test_no_other_incident_stands_in_for_the_one_of_a_channel(house):
    await swept_with_a_broken(house, "heads")
    assert (await house.service.latest(CHANNEL)).incident == "INC-3"
    await spoiled(house.store, "heads", "INC-3")
    with pytest.raises(SealBroken, match="heads, incident INC-3"):
        await house.service.latest(CHANNEL)


async def test_what_is_asked_of_it_is_refused_and_told(house):
    await swept_with_a_broken(house, "events")
    with pytest.raises(SealBroken, match="events, incident INC-1, 1"):
        await house.service.follow("INC-1")
    assert "events, incident INC-1, 1" in await house.store.ready()
