"""A database that is damaged under the bot is not touched any more, by anybody."""

import pytest
from store_samples import START, change, opened

from bot.errors import StoreDamaged
from bot.store.rows import Change, Commit, EventRow, Head
from bot.store.store import open_store

PAGE = 4096


@pytest.fixture
async def damaged(path):
    """A store one of whose incidents lies on a page of nonsense."""
    async with open_store(path) as store:
        for number in range(40):
            name = f"L{number}"
            head = Head(name, "C1", "lobby", "open", 1, START)
            event = EventRow(name, 1, START, "U1", "noted", "x" * 3_000)
            assert await store.commit(Change(head, (event,))) is Commit.DONE
        await store.check_point()
        spoil(path)
        yield store


def spoil(path):
    """Write nonsense over the pages in the middle, which the writer does not need."""
    pages = path.stat().st_size // PAGE
    with path.open("r+b") as file:
        for number in range(pages // 3, 2 * pages // 3):
            file.seek(number * PAGE)
            file.write(b"\xa5" * PAGE)


async def met(store):
    """Read until the damage is met."""
    with pytest.raises(StoreDamaged):
        await all_events(store)


async def all_events(store):
    for number in range(40):
        await store.events(f"L{number}")


def on_disk(path):
    return [file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*"))]


async def test_damage_that_a_read_meets_keeps_all_from_writing(damaged, path):
    await met(damaged)
    before = on_disk(path)
    with pytest.raises(StoreDamaged, match="restore the last backup"):
        await damaged.commit(change("I1", 1))
    with pytest.raises(StoreDamaged):
        await damaged.check_point()
    assert on_disk(path) == before
    assert "The database is damaged." in await damaged.ready()


async def test_and_from_reading_on(damaged):
    await met(damaged)
    with pytest.raises(StoreDamaged):
        await damaged.heads()


async def test_before_it_is_met_the_store_goes_on(damaged):
    await opened(damaged, "I1")
    assert await damaged.ready() is None
