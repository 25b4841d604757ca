"""What costs nothing while nothing happens, and what counts as nothing happening."""

import asyncio
import time
from types import SimpleNamespace

from rehearsal.cohrtz.changes import Changes
from rehearsal.cohrtz.device import JANITOR_SECONDS, Device
from rehearsal.cohrtz.pace import Pace
from tests.simulation.chance import stream
from tests.simulation.clock import Clock
from tests.simulation.loop import SimulatedLoop
from tests.simulation.network import Network
from tests.simulation.world import QUIET, quiet

HOUR = 3600.0
ROOM = "0199f42f"


def _run(work):
    clock = Clock()
    loop = SimulatedLoop(clock, stream(1, "turns"), Network(stream(1, "network")))
    with clock.told(), asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work(loop))


def test_a_call_of_the_last_moment_is_waited_out_as_well():
    async def work(loop):
        journal = []
        world = SimpleNamespace(loop=loop, workspace=SimpleNamespace(journal=journal))
        loop.call_later(QUIET - 1, journal.append, "chat.update")
        await quiet(world)
        return loop.clock.passed

    assert _run(work) >= 2 * QUIET - 1


class _Rooms:
    """A server that lets everybody in."""

    def __init__(self):
        self.joined = []

    async def fetch_token(self, room, identity):
        return f"{room}/{identity}"

    async def join(self, token, ended, *, stuck):
        self.joined.append(time.monotonic())
        self.end = lambda: ended(SimpleNamespace(sid="PA_1"))
        return SimpleNamespace(sid="PA_1")

    def leave(self, session, reason):
        self.end()

    def note(self, *_):
        """Nobody reads it."""


async def _device():
    rooms = _Rooms()
    device = Device("alice", (ROOM,), rooms, Pace(1.0))
    await device.start()
    return device, rooms


def test_a_janitor_sleeps_while_no_session_is_lost():
    async def work(loop):
        device, _ = await _device()
        before = loop.turns
        await asyncio.sleep(HOUR)
        spent = loop.turns - before
        await device.stop()
        return spent

    assert _run(work) < HOUR / JANITOR_SECONDS / 10


def test_a_janitor_finds_a_lost_session_when_it_would_have_looked_anyway():
    async def work(_):
        device, rooms = await _device()
        began = time.monotonic()
        await asyncio.sleep(HOUR + 1)
        device.lose()
        await asyncio.sleep(JANITOR_SECONDS)
        await device.stop()
        return rooms.joined[-1] - began

    assert _run(work) == HOUR + JANITOR_SECONDS


def test_who_waits_for_something_else_is_not_woken_by_a_change():
    async def work(loop):
        changes, asked = Changes(), []
        waiting = asyncio.create_task(changes.until(lambda: bool(asked)))
        await asyncio.sleep(1)
        before = loop.turns
        for _ in range(100):
            changes.tell()
        await asyncio.sleep(1)
        spent = loop.turns - before
        asked.append("now it holds")
        changes.tell()
        await waiting
        return spent

    assert _run(work) < 10


def test_what_held_when_it_was_told_must_hold_when_one_wakes():
    async def work(_):
        changes, holds = Changes(), [True]
        waiting = asyncio.create_task(changes.until(lambda: holds[0]))
        holds[0] = False
        await asyncio.sleep(0)
        holds[0] = True
        changes.tell()
        holds[0] = False
        await asyncio.sleep(1)
        woken_for_nothing = waiting.done()
        holds[0] = True
        changes.tell()
        await waiting
        return woken_for_nothing

    assert not _run(work)
