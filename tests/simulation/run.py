"""Runs one seed: everything is drawn from it, so it comes out the same every time."""

import asyncio
import gc
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch

from tests.simulation.chance import seeded, stream
from tests.simulation.clock import Clock
from tests.simulation.disk import InlineLink
from tests.simulation.invariants import broken
from tests.simulation.loop import SimulatedLoop
from tests.simulation.network import Network
from tests.simulation.probing import Prober
from tests.simulation.reader import Reader
from tests.simulation.record import Record, recording
from tests.simulation.seams import in_memory
from tests.simulation.story import Story, story
from tests.simulation.world import World, happen, put_up

MEMORY = Path("/dev/shm")  # noqa: S108  each run has a folder of its own in it
"""A folder in memory, where there is one."""

Place = Callable[[], AbstractAsyncContextManager[World]]
"""Puts up the world of one story."""


@dataclass(frozen=True)
class Ran:
    """What came of a seed."""

    story: Story
    wrong: tuple[str, ...]
    """Which invariants do not hold, in words; empty: all is well."""
    digest: str
    """Over everything that was said and kept: the same for the same seed."""
    passed: float
    """Seconds of virtual time."""
    deeds: int
    killed: int
    lines: tuple[str, ...]
    """What the digest is over."""


def run(seed: int, *, whole: bool = True) -> Ran:
    """Run a seed from its beginning to its end."""
    return tell(story(seed), whole=whole)


def tell(told: Story, *, whole: bool = True) -> Ran:
    """Let a story happen; not `whole`: spare the digest and what it is over."""
    with _unmourned():
        return _tell(told, whole=whole)


def _tell(told: Story, *, whole: bool) -> Ran:
    clock = Clock()
    network = Network(stream(told.seed, "network"))
    prober = Prober(stream(told.seed, "probe"), network) if told.listens else None
    with (
        _folder() as folder,
        seeded(told.seed),
        clock.told(),
        in_memory(network, Reader(stream(told.seed, "reader"), network), prober),
        patch.object(tempfile, "tempdir", str(folder)),
    ):
        InlineLink.chance, InlineLink.network = stream(told.seed, "disk"), network
        InlineLink.trouble = None
        loop = SimulatedLoop(clock, stream(told.seed, "turns"), network)
        with recording() as record, asyncio.Runner(loop_factory=lambda: loop) as runner:
            there = partial(put_up, told, folder, prober)
            return runner.run(_ran(there, record, whole=whole))


async def _ran(there: Place, record: Record, *, whole: bool) -> Ran:
    wrong: list[str] = []
    async with there() as world:
        try:
            await happen(world)
        except Exception as error:  # noqa: BLE001  what stopped it is the finding
            wrong.append(f"it stopped: {type(error).__name__}: {error}")
        else:
            wrong += await broken(world, record)
            if whole:
                await record.add_store(world.database)
        if whole:
            record.add_world(world)
        return Ran(
            story=world.story,
            wrong=tuple(wrong),
            digest=record.digest(),
            passed=world.loop.clock.passed,
            deeds=len(world.deeds.all),
            killed=world.keeper.killed,
            lines=tuple(record.lines),
        )


@contextmanager
def _unmourned() -> Iterator[None]:
    """Collect here what dead bots left open: nobody else need hear of it.

    What then is left, what was read once and is known from now on, the collector need
    not go through again after each seed.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Unclosed ", ResourceWarning)
        gc.disable()  # when it would collect rests on what ran before
        try:
            yield
        finally:
            gc.collect()
            gc.freeze()
            gc.enable()


@contextmanager
def _folder() -> Iterator[Path]:
    memory = MEMORY if MEMORY.is_dir() else None
    where = tempfile.mkdtemp(prefix="simulate-", dir=memory)
    try:
        yield Path(where)
    finally:
        shutil.rmtree(where)


def spare_the_collector() -> None:
    """Keep the collector from going through all that was imported, seed for seed."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
