import asyncio
import time
from datetime import UTC, datetime, timedelta
from time import time as taken_before

from tests.simulation.chance import stream
from tests.simulation.clock import EPOCH, Clock
from tests.simulation.lives import LIFE, Life
from tests.simulation.loop import SimulatedLoop
from tests.simulation.network import Network

DAY = 86_400.0


def _run(work, seed: int = 1):
    clock = Clock()
    network = Network(stream(seed, "network"))
    with clock.told():
        loop = SimulatedLoop(clock, stream(seed, "turns"), network)
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            return runner.run(work())


def test_everybody_who_asks_for_the_time_is_told_the_virtual_one():
    async def work():
        await asyncio.sleep(DAY)
        return time.time(), taken_before(), datetime.now(UTC).timestamp()

    assert _run(work) == (EPOCH + DAY,) * 3


def test_the_monotonic_clock_goes_on_as_the_wall_clock_does():
    async def work():
        before = time.monotonic(), datetime.now(UTC)
        await asyncio.sleep(90)
        return time.monotonic() - before[0], datetime.now(UTC) - before[1]

    assert _run(work) == (90.0, timedelta(seconds=90))


def test_a_year_of_waiting_takes_no_time_of_ours():
    async def work():
        await asyncio.sleep(365 * DAY)

    began = time.perf_counter()
    _run(work)
    assert time.perf_counter() - began < DAY


def test_the_true_clocks_are_back_afterwards():
    async def work():
        await asyncio.sleep(DAY)

    wall, steady = time.time(), time.monotonic()
    _run(work)
    assert 0 <= time.time() - wall < DAY
    assert 0 <= time.monotonic() - steady < DAY


def test_work_for_a_thread_is_done_in_its_place():
    async def work():
        return await asyncio.to_thread(time.monotonic) == time.monotonic()

    assert _run(work)


def test_the_clock_skips_what_is_due_within_a_stride_and_does_it_late():
    async def work():
        loop = asyncio.get_running_loop()
        loop.stride = 100.0
        await asyncio.sleep(1)
        return loop.clock.passed

    assert _run(work) == 100.0


async def _asked(clock, life):
    """Return what the wall clocks and the steady one say to whoever lives so."""
    token = LIFE.set(life)
    try:
        return time.time(), datetime.now(UTC).timestamp(), time.monotonic()
    finally:
        LIFE.reset(token)


def test_the_bots_clock_may_be_wrong_and_nobody_elses_is():
    async def work():
        clock = asyncio.get_running_loop().clock
        steady = time.monotonic()
        clock.turn(-2 * 3600.0)
        bot, others = await _asked(clock, Life()), await _asked(clock, None)
        clock.turn(0.0)
        return bot, others, await _asked(clock, Life()), steady

    bot, others, right, steady = _run(work)
    assert bot == (EPOCH - 7200, EPOCH - 7200, steady)
    assert others == right == (EPOCH, EPOCH, steady)


def test_it_is_known_when_a_wrong_clock_said_what():
    async def work():
        clock = asyncio.get_running_loop().clock
        await asyncio.sleep(100)
        clock.turn(3600.0)
        await asyncio.sleep(100)
        clock.turn(0.0)
        return clock

    clock = _run(work)
    said = clock.may_have_said
    assert said(EPOCH + 50, EPOCH + 40, EPOCH + 60)
    assert said(EPOCH + 3600 + 150, EPOCH + 140, EPOCH + 160)
    assert not said(EPOCH + 150, EPOCH + 140, EPOCH + 160)
    assert not said(EPOCH + 3600 + 50, EPOCH + 40, EPOCH + 60)
    assert said(EPOCH + 250, EPOCH + 240, EPOCH + 260)
    assert not said(EPOCH + 250, EPOCH + 100, EPOCH + 240)
