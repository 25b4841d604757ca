"""The group commit: neighbours, cancelled callers, a full disk, a lock, the end."""

import asyncio
import resource
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from store_samples import START, change, event, head, notice, plain, through_writer

from bot.errors import StoreError
from bot.store import statements as sql
from bot.store import writes
from bot.store.rows import Change, Commit
from bot.store.sqlite import connect_writer
from bot.store.store import open_store


class Gate:
    """A job that holds the writer's thread until it is let go."""

    def __init__(self):
        self.entered = threading.Event()
        self.free = threading.Event()

    def __call__(self, connection):
        self.entered.set()
        assert self.free.wait(5)


async def held(store):
    """Hold the writer, so that what is submitted now becomes one group."""
    gate = Gate()
    task = asyncio.create_task(through_writer(store, gate))
    assert await asyncio.to_thread(gate.entered.wait, 5)
    return gate, task


async def started(*coroutines):
    tasks = [asyncio.create_task(one) for one in coroutines]
    await asyncio.sleep(0)
    return tasks


async def test_batches_that_wait_together_share_one_commit(store):
    seen = []
    await store._link.run(lambda link: link.set_trace_callback(seen.append))
    gate, holder = await held(store)
    tasks = await started(*(store.commit(change(f"I{n}", 1)) for n in range(50)))
    gate.free.set()
    await holder
    assert set(await asyncio.gather(*tasks)) == {Commit.DONE}
    assert seen.count(sql.COMMIT) == 2  # that of the gate, and that of the 50
    assert len(await store.heads(limit=99)) == 50


async def test_a_single_commit_is_one_hop_to_the_thread(store, monkeypatch):
    hops = []
    run = store._link.run

    async def counted(work):
        hops.append(work)
        return await run(work)

    monkeypatch.setattr(store._link, "run", counted)
    await store.commit(change("I1", 3, size=3, receipt="r1", wake=START))
    assert len(hops) == 1


async def test_a_job_that_fails_is_rolled_back_alone(store):
    def fails(connection):
        writes.add_notice(notice("half"), store._seals, connection)
        raise LookupError("a bug")

    answers = await asyncio.gather(
        store.commit(change("I1", 1)),
        through_writer(store, fails),
        store.commit(change("I2", 1)),
        return_exceptions=True,
    )
    assert [answers[0], answers[2]] == [Commit.DONE, Commit.DONE]
    assert isinstance(answers[1], LookupError)
    assert await store.notices(START, 9) == []
    assert len(await store.heads()) == 2


async def test_a_job_that_loses_the_transaction_fails_its_whole_group(store):
    def ends_it(connection):
        connection.execute(sql.ROLLBACK)
        raise LookupError("a bug")

    answers = await asyncio.gather(
        store.commit(change("I1", 1)),
        through_writer(store, ends_it),
        return_exceptions=True,
    )
    assert [type(one) for one in answers] == [LookupError, LookupError]
    assert await store.head("I1") is None
    assert await store.commit(change("I1", 1)) is Commit.DONE


async def test_a_caller_cancelled_while_it_waits_leaves_its_batch_whole(store):
    gate, holder = await held(store)
    batch = change("I1", 3, size=3, receipt="r1", wake=START)
    (task,) = await started(store.commit(batch))
    task.cancel()
    gate.free.set()
    await holder
    assert (await asyncio.gather(task, return_exceptions=True))[0].__class__ is (
        asyncio.CancelledError
    )
    assert await store.commit(batch) is Commit.REPEATED
    assert await store.events("I1") == list(batch.events)


async def test_callers_cancelled_at_any_moment_leave_no_half_batch(store):
    for number in range(60):
        batch = change(f"I{number}", 4, size=4, receipt=f"r{number}")
        (task,) = await started(store.commit(batch))
        for _ in range(number % 6):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await store.commit(change("last", 1)) is Commit.DONE
    for number in range(60):
        length = len(await store.events(f"I{number}"))
        assert length in {0, 4}
        assert await store.seen(f"r{number}") == (length == 4)


async def test_a_writer_that_is_itself_cancelled_leaves_nobody_waiting(store):
    gate, holder = await held(store)
    (waiting,) = await started(store.commit(change("I1", 1)))
    store._writer._draining.cancel()
    for task in (holder, waiting):
        with pytest.raises(StoreError, match="stopping"):
            await task
    gate.free.set()
    assert await store.commit(change("I2", 1)) is Commit.DONE


def fill(connection):
    """Leave no page free, as on a full disk."""
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")


def make_room(connection):
    connection.execute("PRAGMA max_page_count = 100000")


def large(incident):
    row = replace(event(incident, 1), body="x" * 50_000)
    return Change(head(incident, 1), (row,), receipt=f"r{incident}")


async def test_on_a_full_disk_nothing_is_half_saved_and_the_writer_recovers(store):
    await store._link.run(fill)
    batches = [large(f"I{n}") for n in range(5)]
    fits = through_writer(store, writes.probe)
    answers = await asyncio.gather(
        *map(store.commit, batches), fits, return_exceptions=True
    )
    assert {type(one) for one in answers} == {StoreError}  # SQLite ends them all
    assert "disk is full" in str(answers[0])
    assert await store.heads() == []
    await store._link.run(make_room)
    again = await asyncio.gather(*map(store.commit, batches))
    assert set(again) == {Commit.DONE}


@contextmanager
def no_file_beyond(size):
    """Let the system refuse to write past this many bytes of any file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_when_the_disk_fails_at_the_commit_every_batch_of_the_group_is_told(
    store, path
):
    await store.commit(change("I0", 1))
    batches = [change(f"I{n}", 1, receipt=f"r{n}") for n in range(1, 6)]
    with no_file_beyond(path.with_name(f"{path.name}-wal").stat().st_size):
        answers = await asyncio.gather(
            *map(store.commit, batches), return_exceptions=True
        )
    assert {type(one) for one in answers} == {StoreError}
    assert len({id(one) for one in answers}) == 5
    assert "disk" in str(answers[0])
    assert len(await store.heads()) == 1
    again = await asyncio.gather(*map(store.commit, batches))
    assert set(again) == {Commit.DONE}


async def test_when_sqlite_refuses_the_commit_the_transaction_is_ended(store):
    def promises_too_much(connection):
        connection.execute("PRAGMA defer_foreign_keys = ON")
        writes.wake("I9", START, connection)

    answers = await asyncio.gather(
        store.commit(change("I1", 1)),
        through_writer(store, promises_too_much),
        return_exceptions=True,
    )
    assert [type(one) for one in answers] == [StoreError, StoreError]
    assert await store.heads() == []
    assert await store.commit(change("I1", 1)) is Commit.DONE


async def test_a_database_that_takes_no_write_is_told_by_ready(store):
    assert await store.ready() is None
    await store._link.run(lambda link: link.execute("PRAGMA query_only = ON"))
    assert "read-only" in await store.ready()
    await store._link.run(lambda link: link.execute("PRAGMA query_only = OFF"))
    assert await store.ready() is None


async def test_a_database_that_does_not_answer_is_told_by_ready(store, monkeypatch):
    monkeypatch.setattr("bot.store.store.READY_SECONDS", 0.05)
    gate, holder = await held(store)
    assert "did not answer within 0.05 s" in await store.ready()
    gate.free.set()
    await holder
    assert await store.ready() is None


async def test_another_program_that_holds_the_write_lock_is_told(store, path):
    await store._link.run(lambda link: link.execute("PRAGMA busy_timeout = 20"))
    other = plain(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked by another program"):
        await store.commit(change("I1", 1))
    other.execute("ROLLBACK")
    other.close()
    assert await store.commit(change("I1", 1)) is Commit.DONE


async def test_closing_finishes_what_was_taken(path):
    async with open_store(path) as store:
        gate, holder = await held(store)
        tasks = await started(*(store.commit(change(f"I{n}", 1)) for n in range(20)))
        (closing,) = await started(store.close())
        await asyncio.sleep(0.02)  # it gets as far as it can
        gate.free.set()
        await asyncio.gather(holder, closing)
    assert {await task for task in tasks} == {Commit.DONE}
    async with open_store(path) as store:
        assert len(await store.heads()) == 20


async def test_a_closed_store_says_so(path):
    async with open_store(path) as store:
        pass
    for call in (store.commit(change("I1", 1)), store.heads(), store.check_point()):
        with pytest.raises(StoreError, match="closed"):
            await call
    assert "closed" in await store.ready()
    await store.close()


async def test_a_checkpoint_empties_the_write_ahead_log(store, path):
    log = path.with_name(f"{path.name}-wal")
    await asyncio.gather(*(store.commit(change(f"I{n}", 1)) for n in range(20)))
    assert log.stat().st_size > 0
    await store.check_point()
    assert log.stat().st_size == 0
    assert len(await store.heads()) == 20


async def test_a_bug_in_a_function_on_a_link_reaches_its_caller(path):
    link = await connect_writer(path)
    with pytest.raises(ZeroDivisionError):
        await link.run(lambda _: 1 // 0)
    with pytest.raises(StoreError, match="refused"):
        await link.run(lambda connection: connection.execute("SELEKT"))
    answer = await link.run(type)
    assert answer is sqlite3.Connection
    await link.close()
