import asyncio

import pytest

from tests.simulation import loop as loop_module
from tests.simulation.chance import stream
from tests.simulation.clock import Clock
from tests.simulation.loop import SimulatedLoop, Stuck
from tests.simulation.network import Network

MANY = 20


def _run(work, seed: int):
    clock = Clock()
    loop = SimulatedLoop(clock, stream(seed, "turns"), Network(stream(seed, "network")))
    with clock.told(), asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work())


async def _order_of_turns():
    order = []

    async def one(number):
        await asyncio.sleep(0)
        order.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(MANY):
            group.create_task(one(number))
    return order


def test_the_same_seed_deals_the_same_turns():
    assert _run(_order_of_turns, 7) == _run(_order_of_turns, 7)


def test_another_seed_deals_other_turns_to_the_same_tasks():
    one, other = _run(_order_of_turns, 7), _run(_order_of_turns, 8)
    assert one != other
    assert sorted(one) == sorted(other) == list(range(MANY))


def test_tasks_that_a_set_wakes_take_their_turns_as_the_seed_says():
    async def work():
        order, events = [], {asyncio.Event() for _ in range(MANY)}

        async def one(number, event):
            await event.wait()
            order.append(number)

        tasks = [
            asyncio.create_task(one(number, event))
            for number, event in zip(range(MANY), events, strict=True)
        ]
        await asyncio.sleep(1)
        for event in events:
            event.set()
        await asyncio.gather(*tasks)
        return order

    assert _run(work, 3) == _run(work, 3)


def test_callbacks_keep_the_order_that_asyncio_promises():
    async def work():
        order, loop = [], asyncio.get_running_loop()
        for number in range(MANY):
            loop.call_soon(order.append, number)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return order

    assert _run(work, 5) == list(range(MANY))


def test_waiting_for_what_will_never_happen_is_told():
    async def work():
        await asyncio.Event().wait()

    with pytest.raises(Stuck, match="no timer is set"):
        _run(work, 1)


def test_a_busy_loop_is_told(monkeypatch):
    monkeypatch.setattr(loop_module, "TURNS", 500)

    async def work():
        while True:  # noqa: ASYNC110  that it never ends is the point
            await asyncio.sleep(0)

    with pytest.raises(Stuck, match="no end after 500 turns"):
        _run(work, 1)
