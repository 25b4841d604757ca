"""Migrations: whole or not at all, once, and never backwards."""

import signal
import sqlite3
from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_samples import launched, plain

from bot.errors import StoreError
from bot.store.migrate import APPLICATION_ID, Migration, migrate, migrations, split

FIRST = Migration(1, ("CREATE TABLE one (a)", "INSERT INTO one VALUES (1)"))
SECOND = Migration(2, ("CREATE TABLE two (a)", "INSERT INTO one VALUES (2)"))
BROKEN = Migration(2, ("CREATE TABLE two (a)", "INSERT INTO nowhere VALUES (2)"))


@pytest.fixture
def connection(path):
    opened = plain(path)
    yield opened
    opened.close()


def version(connection):
    return connection.execute("PRAGMA user_version").fetchone()[0]


def tables(connection):
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {name for (name,) in rows}


def test_each_step_is_applied_once_and_in_order(connection):
    assert migrate((FIRST,), connection) == 1
    assert migrate((FIRST, SECOND), connection) == 2
    assert migrate((FIRST, SECOND), connection) == 2
    assert connection.execute("SELECT a FROM one").fetchall() == [(1,), (2,)]
    assert version(connection) == 2


def test_a_step_that_fails_leaves_the_version_before_it(connection):
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate((FIRST, BROKEN), connection)
    assert version(connection) == 1
    assert tables(connection) == {"one"}
    assert not connection.in_transaction


def test_a_step_has_the_write_lock_before_it_reads_the_version(connection):
    statements = []
    connection.set_trace_callback(statements.append)
    migrate((FIRST,), connection)
    assert statements[:2] == ["BEGIN IMMEDIATE", "PRAGMA user_version"]


def test_trap_executescript_leaves_half_a_migration(connection):
    connection.execute("BEGIN")
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        connection.executescript(";".join(BROKEN.statements))
    assert not connection.in_transaction
    assert tables(connection) == {"two"}


def test_a_newer_database_is_refused_and_left_alone(connection):
    migrate((FIRST, SECOND), connection)
    with pytest.raises(StoreError, match=r"schema 2.*knows only 1"):
        migrate((FIRST,), connection)
    assert version(connection) == 2
    assert not connection.in_transaction


def test_a_database_of_another_program_is_refused_and_left_alone(connection):
    connection.execute("CREATE TABLE theirs (a)")
    with pytest.raises(StoreError, match="another program"):
        migrate((FIRST,), connection)
    assert tables(connection) == {"theirs"}


def test_the_schema_of_this_version_is_applied_whole(connection):
    steps = migrations()
    assert migrate(steps, connection) == len(steps)
    assert {"heads", "events", "receipts", "wakes", "drawings"} <= tables(connection)
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    assert mark == APPLICATION_ID


def test_every_table_is_strict(connection):
    migrate(migrations(), connection)
    rows = connection.execute("SELECT name, strict FROM pragma_table_list")
    loose = {name for name, strict in rows if not strict}
    assert {name for name in loose if not name.startswith("sqlite_")} == set()


def test_the_steps_are_numbered_from_one_without_a_gap():
    steps = migrations()
    assert [step.version for step in steps] == list(range(1, len(steps) + 1))


def test_a_trigger_is_one_statement():
    trigger = (
        "CREATE TRIGGER t BEFORE DELETE ON x\nBEGIN\n  SELECT 1;\n  SELECT 2;\nEND;"
    )
    assert list(split(f"SELECT 0;\n{trigger}\nSELECT 3;\n")) == [
        "SELECT 0;",
        trigger,
        "SELECT 3;",
    ]


def test_a_script_that_ends_within_a_statement_is_refused():
    with pytest.raises(StoreError, match="SELECT 2"):
        list(split("SELECT 1;\nSELECT 2"))


words = st.text(st.characters(codec="utf-8", exclude_characters="'\0\r\n"), max_size=9)


@given(st.lists(words, max_size=6))
@settings(deadline=None)
def test_a_script_is_cut_into_the_statements_it_was_made_of(texts):
    statements = [
        f"SELECT '{text}', -- {number};\n  'two\nlines';"
        for number, text in enumerate(texts)
    ]
    lines = "\n".join(statements)
    if len(lines.splitlines()) == len(lines.split("\n")):
        assert list(split(lines)) == statements


def test_eight_processes_at_once_apply_each_step_once(path):
    setter = plain(path)
    setter.execute("PRAGMA journal_mode = WAL")
    setter.close()
    with ExitStack() as stack:
        programs = [launched("migrating_program.py", path, "all") for _ in range(8)]
        running = [stack.enter_context(one) for one in programs]
        assert [one.wait(20) for one in running] == [0] * 8
    connection = plain(path)
    assert version(connection) == 2
    assert connection.execute("SELECT a FROM one").fetchall() == [(1,), (2,)]
    connection.close()


def test_a_process_killed_within_a_step_leaves_the_version_before_it(path):
    with launched("migrating_program.py", path, "stuck") as running:
        assert running.stdout.readline() == b"within the second step\n"
        running.send_signal(signal.SIGKILL)
    connection = plain(path, timeout=5)
    assert version(connection) == 1
    assert tables(connection) == {"one"}
    assert migrate((FIRST, SECOND), connection) == 2
    assert tables(connection) == {"one", "two"}
    connection.close()
