"""The write-ahead log that has its length beforehand."""

import errno
import os
import shutil
import sqlite3
from contextlib import closing

import pytest
from store_samples import change

from bot.store.room import LENGTH
from bot.store.rows import Commit
from bot.store.store import open_store


def log_of(path):
    return path.with_name(f"{path.name}-wal")


async def test_commits_make_the_log_no_longer(store, path):
    await store.commit(change("I0", 1))
    await store.room.make()
    assert log_of(path).stat().st_size == LENGTH
    for number in range(1, 400):  # more than a checkpoint
        await store.commit(change(f"I{number}", 1))
    assert log_of(path).stat().st_size == LENGTH
    assert len(await store.heads(limit=1000)) == 400


async def test_after_a_crash_what_was_committed_is_there_and_the_zeros_are_nothing(
    store, path, tmp_path
):
    await store.commit(change("I1", 1))
    await store.room.make()
    await store.commit(change("I2", 1))
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for file in tmp_path.glob("triage.db*"):
        if not file.name.endswith(("-shm", ".lock")):
            shutil.copy(file, crashed / file.name)
    async with open_store(crashed / path.name) as again:
        assert {head.incident for head in await again.heads()} == {"I1", "I2"}
        assert await again.commit(change("I3", 1)) is Commit.DONE


async def test_a_log_that_is_long_enough_is_left_alone(store, path, monkeypatch):
    await store.room.make()
    monkeypatch.setattr(os, "pwrite", None)
    await store.room.make()
    assert log_of(path).stat().st_size == LENGTH


async def test_nobody_else_can_write_while_the_log_is_lengthened(
    store, path, monkeypatch
):
    written, refused = os.pwrite, []

    def noting(file, data, at):
        with (
            closing(sqlite3.connect(path, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")
        refused.append(at)
        return written(file, data, at)

    await store.commit(change("I1", 1))
    monkeypatch.setattr(os, "pwrite", noting)
    await store.room.make()
    assert refused
    assert log_of(path).stat().st_size == LENGTH


async def test_a_log_into_which_another_writes_is_left_alone(store, path, logged):
    await store.commit(change("I1", 1))
    before = log_of(path).stat().st_size
    await store.room._link.run(lambda c: c.execute("PRAGMA busy_timeout = 0"))
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        await store.room.make()
    assert log_of(path).stat().st_size == before
    assert logged[-1]["event"] == "wal.not_lengthened"


async def test_on_a_full_disk_the_log_stays_as_it_is(store, path, monkeypatch, logged):
    await store.commit(change("I1", 1))
    before = log_of(path).read_bytes()
    written = os.pwrite

    def half(file, data, at):
        if at > len(before):
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(file, data[: len(data) // 2], at)

    monkeypatch.setattr(os, "pwrite", half)
    await store.room.make()
    assert log_of(path).read_bytes() == before
    assert "wal.not_lengthened" in [entry["event"] for entry in logged]
    assert await store.commit(change("I2", 1)) is Commit.DONE


async def test_without_a_log_there_is_nothing_to_lengthen(store, path, logged):
    log_of(path).rename(path.with_name("elsewhere"))
    await store.room.make()
    assert logged[-1]["event"] == "wal.not_lengthened"
    path.with_name("elsewhere").rename(log_of(path))
    assert await store.commit(change("I1", 1)) is Commit.DONE
