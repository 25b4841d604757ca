"""Traps of SQLite and its drivers: each one reproduced, and then ours without it."""

import asyncio
import sqlite3

import aiosqlite
import pytest
from store_samples import START, change, opened, plain, through_writer

from bot.errors import StoreError
from bot.store import statements as sql
from bot.store.rows import Commit
from bot.store.sqlite import connect_reader, connect_writer


@pytest.fixture
def bare(tmp_path):
    """A database with one number in it, in WAL mode."""
    path = tmp_path / "bare.db"
    connection = plain(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE box (number INTEGER)")
    connection.execute("INSERT INTO box VALUES (0)")
    connection.close()
    return path


def number(connection):
    return connection.execute("SELECT number FROM box").fetchone()[0]


def test_trap_a_deferred_transaction_that_read_first_is_locked_out_at_once(bare):
    one, other = plain(bare, timeout=30), plain(bare)
    one.execute("BEGIN")
    number(one)
    other.execute("UPDATE box SET number = 1")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        one.execute("UPDATE box SET number = 2")  # at once, for all its 30 s
    one.close()
    other.close()


def test_cure_an_immediate_transaction_has_the_lock_before_it_reads(bare):
    one, other = plain(bare), plain(bare)
    one.execute(sql.BEGIN)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("UPDATE box SET number = 1")
    one.execute("UPDATE box SET number = 2")
    one.execute(sql.COMMIT)
    assert number(other) == 2
    one.close()
    other.close()


async def test_the_writer_begins_immediately(store):
    statements = []
    await store._link.run(
        lambda connection: connection.set_trace_callback(statements.append)
    )
    await store.commit(change("I1", 1))
    begun = [one for one in statements if one.startswith("BEGIN")]
    assert begun == ["BEGIN IMMEDIATE"]


async def test_trap_the_driver_reads_outside_of_the_transaction(bare):
    one, other = sqlite3.connect(bare), sqlite3.connect(bare)
    first, second = number(one), number(other)
    one.execute("UPDATE box SET number = ?", (first + 1,))
    one.commit()
    other.execute("UPDATE box SET number = ?", (second + 1,))
    other.commit()
    assert number(one) == 1  # two were added
    one.close()
    other.close()


async def test_cure_of_two_that_read_the_same_one_is_told(store):
    await opened(store, "I1")
    assert (await store.head("I1")).seq == 1
    assert await store.commit(change("I1", 2, by="U1")) is Commit.DONE
    assert await store.commit(change("I1", 2, by="U2")) is Commit.STALE


async def test_trap_two_coroutines_on_one_connection_share_its_transaction(bare):
    async with aiosqlite.connect(bare, isolation_level=None) as connection:
        await connection.execute("BEGIN")
        await connection.execute("UPDATE box SET number = 7")  # one, half way
        with pytest.raises(sqlite3.OperationalError, match="within a transaction"):
            await connection.execute("BEGIN")  # the other
        await connection.commit()  # the other, undeterred
        with pytest.raises(sqlite3.OperationalError, match="no transaction"):
            await connection.execute("ROLLBACK")  # the one, too late
        row = await connection.execute_fetchall("SELECT number FROM box")
        assert row == [(7,)]


async def test_cure_functions_on_one_connection_never_overlap(store):
    def whole(connection):
        connection.execute("UPDATE probe SET count = count + 1")
        inside = connection.in_transaction
        return inside, connection.execute("SELECT count FROM probe").fetchone()[0]

    answers = await asyncio.gather(*(through_writer(store, whole) for _ in range(40)))
    assert all(inside for inside, _ in answers)
    counts = [count for _, count in answers]
    assert counts == list(range(counts[0], counts[0] + 40))


async def test_trap_a_task_cancelled_within_a_transaction_leaves_it_open(bare):
    async with aiosqlite.connect(bare, isolation_level=None) as connection:
        begun = asyncio.Event()

        async def change_it():
            await connection.execute("BEGIN IMMEDIATE")
            begun.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(change_it())
        await begun.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert connection.in_transaction
        other = plain(bare)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("UPDATE box SET number = 1")
        other.close()


async def test_cure_a_cancelled_commit_leaves_no_transaction_open(store, path):
    task = asyncio.create_task(store.commit(change("I1", 1)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await store.check_point()  # behind the commit in the thread's queue
    other = plain(path)
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_trap_replace_deletes_an_event_past_the_trigger(tmp_path):
    connection = plain(tmp_path / "bare.db")
    connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
    connection.execute("INSERT INTO t VALUES (1, 'kept')")
    connection.execute(
        "CREATE TRIGGER no BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    connection.execute("REPLACE INTO t VALUES (1, 'gone')")
    assert connection.execute("SELECT b FROM t").fetchall() == [("gone",)]
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET sealed = x'00'",
        "UPDATE events SET key = 'other', by = 'U9'",
        "DELETE FROM events",
        "REPLACE INTO events VALUES ('I1', 1, 0, 'U9', 'forged', 'k', x'00')",
        "INSERT OR REPLACE INTO events VALUES ('I1', 1, 0, 'U9', 'f', 'k', x'00')",
        (
            "INSERT INTO events SELECT * FROM events WHERE 1"
            " ON CONFLICT DO UPDATE SET at=0"
        ),
    ],
)
async def test_cure_events_are_append_only(store, statement):
    await opened(store, "I1")
    before = await store.events("I1")
    with pytest.raises(StoreError, match="append-only"):
        await through_writer(store, lambda connection: connection.execute(statement))
    assert await store.events("I1") == before


async def test_a_value_of_another_type_is_refused(store):
    with pytest.raises(StoreError, match="cannot store"):
        await through_writer(
            store,
            lambda link: link.execute("INSERT INTO receipts VALUES ('r', 'soon')"),
        )


async def test_trap_a_reader_with_an_open_statement_pins_the_log(bare):
    reader, writer = plain(bare), plain(bare)
    writer.execute("INSERT INTO box VALUES (1)")
    rows = reader.execute("SELECT number FROM box")
    next(rows)
    writer.execute("INSERT INTO box VALUES (2)")
    busy, _, _ = writer.execute(sql.CHECKPOINT).fetchone()
    assert busy == 1
    rows.close()
    assert writer.execute(sql.CHECKPOINT).fetchone() == (0, 0, 0)
    reader.close()
    writer.close()


async def test_cure_no_read_leaves_a_statement_open(store):
    await opened(store, "I1", length=300)
    await store.events("I1")
    await store.heads()
    await store.behind(1)
    answer = await store._link.run(lambda link: link.execute(sql.CHECKPOINT).fetchone())
    assert answer == (0, 0, 0)


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM probe", "INSERT INTO receipts VALUES ('r', 1)", "DROP TABLE probe"],
)
async def test_the_reader_cannot_write(store, statement):
    with pytest.raises(StoreError, match="read-only"):
        await store._reader.run(lambda connection: connection.execute(statement))
    assert await store.ready() is None


async def test_the_connections_are_set_up_for_safety(path):
    def pragmas(connection):
        names = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    writer = await connect_writer(path)
    reader = await connect_reader(path)
    assert await writer.run(pragmas) == ["wal", 2, 1, 1]
    assert await writer.run(lambda connection: connection.isolation_level) is None
    assert await reader.run(lambda connection: connection.isolation_level) is None
    await reader.close()
    await writer.close()


async def test_the_reader_is_closed_before_the_writer(store, monkeypatch):
    closed = []
    for name in ("_reader", "_link"):
        link = getattr(store, name)
        close = link.close

        async def noted(name=name, close=close):
            closed.append(name)
            await close()

        monkeypatch.setattr(link, "close", noted)
    await store.close()
    assert closed == ["_reader", "_link"]


async def test_reads_see_what_was_answered_before_them(store):
    for number in range(1, 40):
        await store.commit(change("I1", number, receipt=f"r{number}", wake=START))
        assert (await store.head("I1")).seq == number
