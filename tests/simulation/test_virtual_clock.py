import asyncio
import time
from datetime import UTC, datetime, timedelta
from time import time as taken_before

from tests.simulation.chance import stream
from tests.simulation.clock import EPOCH, Clock
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
