"""The keeper of the bot, whose lives end as a story says."""

import asyncio
from types import SimpleNamespace

import pytest

from bot.errors import StoreError
from handlers import serve
from tests.simulation.chance import stream
from tests.simulation.clock import Clock
from tests.simulation.keeper import Keeper
from tests.simulation.loop import SimulatedLoop
from tests.simulation.network import Network
from tests.simulation.story import Fate

SLOW = 8.0
"""Seconds that a bot takes to finish, once it is asked to stop."""


async def _slow_to_stop(_, stop, started):
    started.set()
    await stop.wait()
    await asyncio.sleep(SLOW)
    return 0


def _run(work):
    clock = Clock()
    loop = SimulatedLoop(clock, stream(1, "turns"), Network(stream(1, "network")))
    with clock.told(), asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work())


async def _misses_that_it_is_cancelled(_, __, started):
    started.set()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.Event().wait()


def test_what_a_dead_bot_had_under_way_is_gone_though_it_missed_its_end(monkeypatch):
    async def work():
        keeper = Keeper(SimpleNamespace(), [Fate(steps=1)])
        keeper.start()
        await keeper.until_up()
        keeper.lives[0].step()
        monkeypatch.setattr(serve, "_live", _slow_to_stop)
        await asyncio.sleep(5)
        await keeper.until_up()
        await keeper.stop()
        return len(keeper.lives), keeper.killed

    monkeypatch.setattr(serve, "_live", _misses_that_it_is_cancelled)
    assert _run(work) == (2, 1)


def test_a_bot_that_was_asked_to_stop_is_not_the_one_that_is_waited_for(monkeypatch):
    async def work():
        keeper = Keeper(SimpleNamespace(), [Fate(seconds=5, down=20)])
        keeper.start()
        await asyncio.sleep(6)
        keeper.let_be()
        await keeper.until_up()
        lives = len(keeper.lives)
        await keeper.stop()
        return lives

    monkeypatch.setattr(serve, "_live", _slow_to_stop)
    assert _run(work) == 2


async def _finds_the_disk_bad(_, __, ___):
    raise StoreError("The database is read-only.")


async def _ends_on_a_bad_disk(_, __, started):
    started.set()
    await asyncio.sleep(1)
    raise StoreError("The database is read-only.")


def test_a_bot_that_cannot_start_is_started_anew_and_that_is_noted(monkeypatch):
    async def work():
        monkeypatch.setattr(serve, "_live", _finds_the_disk_bad)
        keeper = Keeper(SimpleNamespace(), [])
        keeper.start()
        await asyncio.sleep(5)
        monkeypatch.setattr(serve, "_live", _slow_to_stop)
        await keeper.until_up()
        await keeper.stop()
        return keeper.unstarted, keeper.codes

    unstarted, codes = _run(work)
    assert set(unstarted) == {"The database is read-only."}
    assert codes == [0]


def test_a_bot_that_was_up_and_ends_by_an_error_is_a_finding(monkeypatch):
    async def work():
        monkeypatch.setattr(serve, "_live", _ends_on_a_bad_disk)
        keeper = Keeper(SimpleNamespace(), [])
        keeper.start()
        await asyncio.sleep(5)
        await keeper.stop()

    with pytest.raises(StoreError):
        _run(work)
