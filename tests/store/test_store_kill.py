"""Killed at any moment, the store keeps every acknowledged batch, and no half one."""

import random
import signal
import time

from store_samples import START, launched

from bot.store.store import open_store

KILLS = 5
SIZE = 3


def run_and_kill(path, seconds):
    """Let the program commit for so long; return the batches that it acknowledged."""
    with launched("committing_program.py", path, "climb") as running:
        first = running.stdout.readline()
        time.sleep(seconds)
        running.send_signal(signal.SIGKILL)
        rest = running.stdout.read()
    lines = (first + rest).decode().splitlines()
    said = [line for line in lines if "/" in line or "refused" in line]
    assert not [line for line in said if line.startswith("refused")]
    return {line for line in said if "/" in line}


async def check(path, acknowledged):
    """Check the whole database against what was acknowledged so far."""
    async with open_store(path) as store:
        ends = {}
        for head in await store.heads():
            seqs = [row.seq for row in await store.events(head.incident)]
            assert seqs == list(range(1, head.seq + 1))
            assert head.seq % SIZE == 0
            assert await store.seen(f"{head.incident}/{head.seq}")
            assert not await store.seen(f"{head.incident}/{head.seq + SIZE}")
            ends[head.incident] = head.seq
        assert set(await store.due(START, 99)) == set(ends)
    for receipt in acknowledged:
        incident, seq = receipt.split("/")
        assert ends[incident] >= int(seq)


async def test_kill_9_loses_no_acknowledged_batch_and_leaves_no_half_one(path):
    acknowledged = set()
    chance = random.Random(9)  # noqa: S311  nothing secret
    for _ in range(KILLS):
        acknowledged |= run_and_kill(path, chance.uniform(0.0, 0.15))
        await check(path, acknowledged)
    assert len(acknowledged) > KILLS
