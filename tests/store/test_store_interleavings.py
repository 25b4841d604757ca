"""Any interleaving of batches leaves gapless numbers and one winner a version."""

import asyncio
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from store_samples import change

from bot.store.rows import Change, Commit
from bot.store.store import Store, open_store

INCIDENTS = ("I1", "I2")

batches = st.builds(
    lambda incident, first, size, receipt: change(
        incident, first + size - 1, size=size, receipt=receipt
    ),
    st.sampled_from(INCIDENTS),
    st.integers(1, 6),
    st.integers(1, 3),
    st.none() | st.sampled_from(["r1", "r2", "r3", "r4"]),
)
rounds = st.lists(st.lists(batches, min_size=1, max_size=8), max_size=8)


def model(taken: list[Change], batch: Change) -> Commit:
    """Say what must become of a batch after those that were taken."""
    if batch.receipt in {one.receipt for one in taken} - {None}:
        return Commit.REPEATED
    ends = [one.head.seq for one in taken if one.head.incident == batch.head.incident]
    return Commit.DONE if max(ends, default=0) == batch.expected else Commit.STALE


async def play(store: Store, script: list[list[Change]]) -> list[Change]:
    """Commit each round at once; within a group the first to come is the first."""
    taken: list[Change] = []
    for group in script:
        for batch, answer in zip(
            group, await asyncio.gather(*map(store.commit, group)), strict=True
        ):
            assert answer is model(taken, batch)
            taken += [batch] * (answer is Commit.DONE)
    return taken


async def check(store: Store, taken: list[Change]) -> None:
    for incident in INCIDENTS:
        mine = [one for one in taken if one.head.incident == incident]
        stored = await store.events(incident)
        assert [row.seq for row in stored] == list(range(1, len(stored) + 1))
        assert stored == [event for one in mine for event in one.events]
        assert await store.head(incident) == (mine[-1].head if mine else None)
        assert set(Counter(one.expected for one in mine).values()) <= {1}
    for receipt in ("r1", "r2", "r3", "r4"):
        assert await store.seen(receipt) == (receipt in {one.receipt for one in taken})


async def scenario(script: list[list[Change]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder) / "triage.db") as store:
            await check(store, await play(store, script))


@given(rounds)
@settings(max_examples=25, deadline=None)
def test_any_interleaving_leaves_gapless_numbers_and_one_winner_a_version(script):
    asyncio.run(scenario(script))


async def climb(store: Store, name: str, rungs: int) -> int:
    """Append one event at a time, reading again whenever somebody was first."""
    won = 0
    while won < rungs:
        head = await store.head("I1")
        batch = change("I1", (head.seq if head else 0) + 1, by=name)
        won += await store.commit(batch) is Commit.DONE
    return won


async def test_writers_that_read_and_write_again_lose_no_update(store):
    await asyncio.gather(*(climb(store, f"U{n}", 10) for n in range(12)))
    stored = await store.events("I1")
    assert [row.seq for row in stored] == list(range(1, 121))
    assert set(Counter(row.by for row in stored).values()) == {10}
