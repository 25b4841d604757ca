"""The benchmark's own arithmetic and its load, on servers that are easily known."""

import asyncio
import itertools
import os
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from benchmarks.cores import Cores, find_cores
from benchmarks.spread import Spread, middle, spread
from benchmarks.table import Row, missed, table
from benchmarks.wire import (
    PATH,
    Sender,
    Unanswered,
    all_at_once,
    closed_loop,
    one_by_one,
)

SENDER = Sender("secret", "T0TEAM", "U0RESP", ("C0ONE", "C0TWO"))
SECONDS = st.lists(st.floats(0, 100), min_size=1)


@given(SECONDS)
def test_the_tail_is_never_below_the_middle_nor_above_the_worst(seconds):
    told = spread(seconds)
    assert told.p50 <= told.p99 <= told.worst == max(seconds)


def test_the_tail_of_a_hundred_is_the_ninety_ninth():
    assert spread(range(1, 101)).p99 == 99


def test_a_round_without_measurements_is_refused():
    with pytest.raises(ValueError, match="without a single"):
        spread([])


def test_one_slow_round_does_not_move_the_middle():
    rounds = [Spread(one, one, one, 10) for one in (1.0, 2.0, 900.0)]
    assert middle(rounds) == Spread(2.0, 2.0, 2.0, 30)


def test_a_missed_figure_is_named_and_says_no():
    rows = [
        Row("fast", "1", "2", "0.5x", "<= 1x", reached=True),
        Row("slow", "3", "2", "1.5x", "<= 1x", reached=False),
        Row("told", "3", "", "", "", reached=None),
    ]
    assert missed(rows) == ["slow"]
    assert [line.split()[-1] for line in table(rows).splitlines()[2:]] == [
        "yes",
        "NO",
        "-",
    ]


def test_a_machine_without_cores_to_pin_is_left_alone():
    none, before = Cores(), find_cores()
    with none.apart(), none.server_side():
        assert find_cores() == before


@pytest.mark.skipif(not find_cores().load, reason="SKIPPED: one core cannot be shared")
def test_the_load_keeps_to_its_core_and_a_server_to_one_or_to_all():
    cores = find_cores()
    everything = cores.all_for_servers()
    before = os.sched_getaffinity(0)
    with everything.apart():
        assert os.sched_getaffinity(0) == cores.load
        with cores.server_side():
            assert os.sched_getaffinity(0) == cores.server
        with everything.server_side():
            assert os.sched_getaffinity(0) == cores.server | cores.load
        assert os.sched_getaffinity(0) == cores.load
    assert os.sched_getaffinity(0) == before


@asynccontextmanager
async def server(status=200):
    verifier, bodies = SignatureVerifier("secret"), []

    async def take(request):
        body = await request.read()
        assert verifier.is_valid_request(body, dict(request.headers))
        bodies.append(body)
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post(PATH, take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1], bodies
    finally:
        await runner.cleanup()
        await asyncio.sleep(0)


async def test_every_command_is_signed_and_another_one():
    async with server() as (port, bodies):
        await one_by_one(port, SENDER.requests(), 5)
        await all_at_once(port, itertools.islice(SENDER.requests(), 5, None), 5)
    assert len(set(bodies)) == 10


async def test_a_closed_loop_counts_what_was_answered():
    async with server() as (port, bodies):
        count, _ = await closed_loop(port, SENDER.requests(), 3, 0.05)
    assert count == len(bodies) > 0


async def test_a_refusal_is_no_measurement():
    async with server(status=503) as (port, _):
        with pytest.raises(Unanswered, match="503"):
            await one_by_one(port, SENDER.requests(), 1)
