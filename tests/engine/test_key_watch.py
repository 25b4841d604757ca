"""A running bot takes up a changed key file, and says what may go."""

import base64

import pytest
from structlog.testing import capture_logs

from bot.engine.foreground import Foreground
from bot.engine.key_watch import KeyWatch
from bot.store.keys import key_file_of
from bot.store.rows import UNSTORED, Notice
from bot.store.store import open_store
from tests.fakes.world import NOON


@pytest.fixture
def path(tmp_path):
    return tmp_path / "triage.db"


@pytest.fixture
async def store(path):
    async with open_store(path) as opened:
        for number in range(3):
            text = f"notice {number}"
            await opened.add_notice(
                Notice(UNSTORED, "C1", "U1", None, text, NOON, NOON.replace(hour=13))
            )
        yield opened


@pytest.fixture
def file(path):
    return key_file_of(path)


@pytest.fixture
def watch(store, file):
    return KeyWatch(store.rotation, file, Foreground())


async def look(watch):
    with capture_logs() as entries:
        await watch.look()
    return {one["event"]: one for one in entries}


async def texts(store):
    return [notice.text for notice in await store.notices(NOON, 9)]


async def test_with_nothing_changed_nothing_is_said_or_written(watch, store, path):
    log = path.with_name(f"{path.name}-wal")
    before = log.read_bytes()
    assert await look(watch) == {}
    assert log.read_bytes() == before


async def test_a_new_key_is_taken_up_and_everything_sealed_anew(watch, store, file):
    (old,) = file.read().names
    new = file.add().sealing
    told = await look(watch)
    assert told["keys.taken"]["sealing"] == new
    assert told["keys.rotated"]["values"] == 3
    assert told["keys.rotated"]["may_go"] == (old,)
    assert await store.rotation.counts() == {new: 3}
    assert await texts(store) == ["notice 0", "notice 1", "notice 2"]
    assert await look(watch) == {}


async def test_the_old_key_may_then_leave_the_file(watch, store, file):
    file.add()
    await look(watch)
    first, *_ = file.path.read_text().splitlines()
    file.path.write_text(f"{first}\n")
    assert "keys.taken" in await look(watch)
    assert len(await texts(store)) == 3


async def test_an_old_key_that_left_too_early_is_told_once_and_kept(watch, file, store):
    other = base64.b64encode(b"o" * 32).decode()
    kept = file.path.read_text()
    file.path.write_text(f"other:{other}\n")
    told = await look(watch)
    assert "does not have it" in told["keys.refused"]["why"]
    assert other not in str(told)
    assert await look(watch) == {}
    assert len(await texts(store)) == 3
    file.path.write_text(f"other:{other}\n{kept}")
    assert (await look(watch))["keys.rotated"]["values"] == 3


@pytest.mark.parametrize("text", ["", "half a li", "k:nothing"])
async def test_a_file_that_is_half_written_changes_nothing(watch, file, store, text):
    sealing = store.rotation.ring.sealing
    file.path.write_text(text)
    assert "keys.refused" in await look(watch)
    assert store.rotation.ring.sealing == sealing


async def test_a_file_that_is_gone_is_told_and_the_bot_goes_on(watch, file, store):
    file.path.unlink()
    assert "is gone" in (await look(watch))["keys.refused"]["why"]
    assert len(await texts(store)) == 3


async def test_what_a_rotation_left_undone_is_done_at_the_next_start(path, file, store):
    old = store.rotation.ring.sealing
    ring = file.add()
    await store.rotation.take(ring, file.where)
    while not (await store.rotation.step(limit=1)).done:
        continue  # the tables before have nothing in them
    told = await look(KeyWatch(store.rotation, file, Foreground()))
    assert told["keys.rotated"]["values"] == 2
    assert told["keys.rotated"]["may_go"] == (old,)
