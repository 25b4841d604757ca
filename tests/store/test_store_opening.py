"""Opening: the lock file, the states a file can be in, and what a person is told."""

import asyncio
import os
import sqlite3
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from store_samples import change, launched, opened, plain

from bot.errors import StoreError
from bot.store.lock import hold_lock, lock_path
from bot.store.rows import Commit
from bot.store.sqlite import plain_error
from bot.store.store import open_store


async def refusal(path):
    with pytest.raises(StoreError) as caught:
        async with open_store(path):
            pass
    return str(caught.value)


async def test_what_was_stored_is_there_after_reopening(path):
    batch = change("I1", 3, size=3)
    async with open_store(path) as store:
        await store.commit(batch)
    async with open_store(path) as store:
        assert await store.events("I1") == list(batch.events)


async def test_opening_logs_the_version_of_sqlite(store, logged):
    (entry,) = [one for one in logged if one["event"] == "store.opened"]
    assert entry["sqlite_version"] == sqlite3.sqlite_version
    assert entry["schema"] >= 1


async def test_the_files_can_be_read_by_their_owner_alone(store, path):
    await opened(store, "I1")
    files = list(path.parent.glob(f"{path.name}*"))
    assert len(files) == 5  # the database, its log, its index, its keys and the lock
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


async def test_a_store_open_already_is_refused_and_named(store, path):
    words = await refusal(path)
    assert f"in use by process {os.getpid()} (" in words
    assert await store.ready() is None


async def test_a_link_to_an_open_database_is_refused_too(store, path, tmp_path):
    link = tmp_path / "other.db"
    link.symlink_to(path)
    assert "in use" in await refusal(link)


async def test_the_lock_of_another_process_is_refused_until_it_is_killed(path):
    with launched("committing_program.py", path, "hold") as other:
        assert other.stdout.readline() == b"open\n"
        words = await refusal(path)
    assert f"process {other.pid} (committing_program.py)" in words
    async with open_store(path) as store:
        assert await store.ready() is None


def test_the_lock_is_let_go_when_its_holder_fails(path):
    with pytest.raises(LookupError), hold_lock(path):
        raise LookupError
    with hold_lock(path):
        assert str(os.getpid()) in lock_path(path).read_text()
    assert lock_path(path).read_text() == ""


async def test_a_folder_that_is_not_there_is_told(tmp_path):
    assert "folder that exists" in await refusal(tmp_path / "none" / "triage.db")


async def test_a_folder_in_place_of_the_file_is_told(tmp_path):
    folder = tmp_path / "triage.db"
    folder.mkdir()
    assert "cannot be opened" in await refusal(folder)


async def test_a_file_that_is_no_database_is_told_and_left_alone(path):
    path.write_text("not a database, but somebody's notes\n" * 50)
    before = path.read_bytes()
    assert "not a database of this bot" in await refusal(path)
    assert path.read_bytes() == before


async def test_a_database_of_another_program_is_told_and_left_alone(path):
    connection = plain(path)
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    assert "another program" in await refusal(path)


async def test_a_newer_database_is_told(path):
    async with open_store(path):
        pass
    connection = plain(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    assert "schema 999" in await refusal(path)


async def test_a_damaged_database_is_told(path):
    async with open_store(path) as store:
        await opened(store, "I1", length=400)
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + b"\xa5" * 12_000 + whole[middle + 12_000 :])
    assert "damaged" in await refusal(path)


async def test_a_refusal_leaves_the_lock_free(path):
    path.write_text("not a database, but somebody's notes\n" * 50)
    await refusal(path)
    path.unlink()
    async with open_store(path) as store:
        assert await store.ready() is None


async def test_a_failure_inside_closes_the_store_and_lets_the_lock_go(path):
    async def fails():
        async with open_store(path) as store:
            await opened(store, "I1")
            raise LookupError

    with pytest.raises(LookupError):
        await fails()
    async with open_store(path) as store:
        assert await store.commit(change("I1", 2)) is Commit.DONE


async def test_a_task_cancelled_inside_closes_the_store(path):
    inside = asyncio.Event()

    async def serve():
        async with open_store(path) as store:
            await opened(store, "I1")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(serve())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with open_store(path) as store:
        assert await store.head("I1")


def raised(path, statement):
    """Give what SQLite really raises for a statement on a file opened read-only."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        connection.execute(statement)
    except sqlite3.Error as error:
        return error
    finally:
        connection.close()
    raise AssertionError(statement)


async def test_errors_of_sqlite_are_told_in_plain_words(path):
    async with open_store(path):
        pass
    words = str(plain_error(raised(path, "DELETE FROM probe")))
    assert words.startswith("The database is read-only.")
    assert "readonly database" in words
    assert "The database refused." in str(plain_error(raised(path, "SELEKT")))


@contextmanager
def without_rights():
    """Be nobody in particular for a while, if this is root, whom no mode stops."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.fixture
def open_folder():
    """A folder that everybody may use; those of pytest are its user's alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


async def test_a_database_that_may_not_be_written_is_told(open_folder):
    path = open_folder / "triage.db"
    async with open_store(path) as store:
        await opened(store, "I1")
    path.chmod(0o444)
    lock_path(path).unlink()
    with without_rights():
        assert "read-only" in await refusal(path)


async def test_a_folder_that_may_not_be_written_is_told(open_folder):
    open_folder.chmod(0o555)
    with without_rights():
        assert "may write to" in await refusal(open_folder / "triage.db")
