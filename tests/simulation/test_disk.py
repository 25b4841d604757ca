"""A disk that cannot be written to for a while, and SQLite that says so."""

import asyncio
import sqlite3
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import pytest

from tests.simulation import mischief, run
from tests.simulation.chance import stream
from tests.simulation.clock import Clock
from tests.simulation.disk import FULL, READ_ONLY, InlineLink, Trouble
from tests.simulation.invariants import BAD_DISK
from tests.simulation.lives import LIFE, Life
from tests.simulation.loop import SimulatedLoop
from tests.simulation.network import Network
from tests.simulation.story import story

TABLE = "CREATE TABLE IF NOT EXISTS things (bytes)"
INSERT = "INSERT INTO things VALUES (zeroblob(100000))"
MANY = 40
"""Seeds that are tried until both kinds of bad disk were told of."""


def _run(work):
    clock, network = Clock(), Network(stream(1, "network"))
    InlineLink.chance, InlineLink.network = stream(1, "disk"), network
    LIFE.set(Life())
    loop = SimulatedLoop(clock, stream(1, "turns"), network)
    try:
        with clock.told(), asyncio.Runner(loop_factory=lambda: loop) as runner:
            return runner.run(work())
    finally:
        InlineLink.trouble = None
        LIFE.set(None)


@asynccontextmanager
async def _link(file):
    link = InlineLink(
        partial(sqlite3.connect, file, isolation_level=None), iter_chunk_size=1
    )
    await link
    await _do(link, TABLE)
    yield link
    await link.close()


async def _do(link, statement):
    return await link._execute(lambda: link._connection.execute(statement).fetchall())


@pytest.mark.parametrize(
    ("pragma", "told"), [(FULL, "disk is full"), (READ_ONLY, "readonly database")]
)
def test_a_bad_disk_takes_nothing_more_until_it_is_well(tmp_path, pragma, told):
    async def work():
        async with _link(tmp_path / "db") as link:
            await _do(link, INSERT)
            InlineLink.trouble = Trouble(pragma)
            with pytest.raises(sqlite3.OperationalError, match=told):
                await _do(link, INSERT)
            InlineLink.trouble = None
            await _do(link, INSERT)
            return await _do(link, "SELECT count(*) FROM things")

    assert _run(work) == [(2,)]


def test_who_starts_the_bot_anew_makes_the_disk_well_first(tmp_path):
    async def work():
        InlineLink.trouble = Trouble(READ_ONLY)
        async with _link(tmp_path / "db") as link:
            await _do(link, INSERT)

    _run(work)


def test_a_connection_that_only_reads_still_cannot_write_when_the_disk_is_well(
    tmp_path,
):
    async def work():
        async with _link(tmp_path / "db") as link:
            await _do(link, READ_ONLY)
            InlineLink.trouble = Trouble(FULL)
            await _do(link, "SELECT 1")
            InlineLink.trouble = None
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                await _do(link, INSERT)

    _run(work)


@pytest.mark.e2e
def test_a_disk_that_is_bad_for_a_while_loses_nothing_and_is_told(monkeypatch):
    """The bot says it in plain words, and afterwards all invariants hold."""
    told, broken = [], run.broken

    async def noting(world, record):
        told.extend(text for _, _, text in record.logged)
        return await broken(world, record)

    monkeypatch.setattr(mischief, "BAD_DISKS", 1.0)
    monkeypatch.setattr(mischief, "SPACING", 1.0)
    monkeypatch.setattr(run, "broken", noting)
    for seed in range(3, MANY):  # a disk that is full often has room for what comes
        plan = replace(story(seed), mischief=6, fates=(), wait=0.0, people=(4, 4))
        assert run.tell(plan, whole=False).wrong == ()
        if _said(BAD_DISK, told):
            return
    assert _said(BAD_DISK, told)


def _said(sentences, told):
    return all(any(words in text for text in told) for words in sentences)
