import asyncio
import contextvars
from contextlib import closing, suppress

import pytest

from tests.simulation.chance import stream
from tests.simulation.clock import Clock
from tests.simulation.lives import LIFE, Life
from tests.simulation.loop import SimulatedLoop
from tests.simulation.network import Network
from tests.simulation.story import Fate

PORT = 7000


def _run(work, seed: int = 1):
    clock = Clock()
    loop = SimulatedLoop(clock, stream(seed, "turns"), Network(stream(seed, "network")))
    with clock.told(), asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work())


async def _echo(reader, writer):
    with closing(writer), suppress(ConnectionResetError):
        while data := await reader.read(100):
            writer.write(data)


def test_what_is_sent_arrives_whole_and_in_order_after_a_while():
    async def work():
        loop = asyncio.get_running_loop()
        async with await asyncio.start_server(_echo, "127.0.0.1", PORT):
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
            for number in range(50):
                writer.write(b"%03d" % number)
            said = await reader.readexactly(150)
            writer.close()
        return said, loop.clock.passed

    said, passed = _run(work)
    assert said == b"".join(b"%03d" % number for number in range(50))
    assert 0 < passed < 10


def test_nobody_is_reached_where_nobody_listens():
    async def work():
        await asyncio.open_connection("127.0.0.1", PORT)

    with pytest.raises(ConnectionRefusedError):
        _run(work)


def test_a_port_is_taken_once_and_free_again_when_its_listener_closes():
    async def work():
        server = await asyncio.start_server(_echo, "127.0.0.1", PORT)
        with pytest.raises(OSError, match="in use"):
            await asyncio.start_server(_echo, "127.0.0.1", PORT)
        server.close()
        return await asyncio.start_server(_echo, "127.0.0.1", PORT)

    assert _run(work).is_serving()


def test_the_other_side_reads_to_the_end_when_one_closes():
    async def work():
        async def say(_, writer):
            writer.write(b"and that is all")
            writer.close()

        async with await asyncio.start_server(say, "127.0.0.1", PORT):
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
            with closing(writer):
                return await reader.read()

    assert _run(work) == b"and that is all"


def _of(life, work):
    """Run a coroutine as a task of that life."""
    context = contextvars.copy_context()
    context.run(LIFE.set, life)
    return asyncio.create_task(work, context=context)


def test_what_a_bot_sent_before_it_died_arrives_and_then_the_connection_breaks():
    async def work():
        heard = []

        async def hear(reader, _):
            heard.append(await reader.readexactly(5))
            heard.append(await _broken(reader))

        life = Life(Fate(steps=2))

        async def speak():
            _, writer = await asyncio.open_connection("127.0.0.1", PORT)
            writer.write(b"first")
            writer.write(b"second")
            await asyncio.sleep(60)

        async with await asyncio.start_server(hear, "127.0.0.1", PORT):
            task = _of(life, speak())
            await life.ended.wait()
            await life.bury(task)
            await asyncio.sleep(5)
        return heard, task.cancelled()

    assert _run(work) == ([b"first", "reset"], True)


async def _broken(reader):
    try:
        return await reader.read(100)
    except ConnectionResetError:
        return "reset"


def test_a_dead_bot_neither_listens_nor_calls():
    async def work():
        life = Life()

        async def listen():
            await asyncio.start_server(_echo, "127.0.0.1", PORT)

        await _of(life, listen())
        life.end()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", PORT)
        async with await asyncio.start_server(_echo, "127.0.0.1", PORT):
            late = _of(life, asyncio.open_connection("127.0.0.1", PORT))
            await asyncio.wait({late})
            return late.cancelled() or type(late.exception())

    assert _run(work) in (True, ConnectionRefusedError)


def test_a_connection_that_breaks_does_so_for_both_sides():
    async def work():
        life = Life()
        asyncio.get_running_loop().network.breaks_next = 1

        async def speak():
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
            writer.write(b"hello")
            said = await _broken(reader)
            writer.close()
            return said

        async with await asyncio.start_server(_echo, "127.0.0.1", PORT):
            return await _of(life, speak())

    assert [_run(work, seed) for seed in range(6)] == ["reset"] * 6


def test_nobody_who_dials_is_left_to_time_out_while_time_is_skipped():
    async def work():
        loop = asyncio.get_running_loop()
        async with await asyncio.start_server(_echo, "127.0.0.1", PORT):
            loop.stride = 60.0
            async with asyncio.timeout(10):
                _, writer = await asyncio.open_connection("127.0.0.1", PORT)
            loop.stride = 0.0
            writer.close()

    _run(work)
