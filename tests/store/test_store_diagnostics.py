"""The rings of diagnostics: bounded by room and by age, each batch once."""

from dataclasses import replace

from store_samples import START, later, plain, through_writer

from bot.store.migrate import migrate, migrations
from bot.store.rows import BatchRow
from bot.store.store import open_store
from bot.store.writes import RING


def batch(name, events=500, **changed):
    row = BatchRow("lobby", name, START, events, b"content of " + name.encode())
    return replace(row, **changed)


async def names(store, room="lobby", since=START):
    return [row.batch for row in await store.batches(room, since)]


async def test_a_batch_comes_out_as_it_went_in(store):
    assert await store.add_batch(batch("a"))
    assert await store.batches("lobby", START) == [batch("a")]
    assert await store.batches("other", START) == []


async def test_a_batch_that_comes_again_is_known(store):
    assert await store.add_batch(batch("a"))
    assert not await store.add_batch(batch("a", at=later(minutes=1)))
    assert await names(store) == ["a"]


async def test_the_ring_loses_its_oldest_and_they_do_not_come_back(store):
    for name in "abcdef":
        await store.add_batch(batch(name))
    assert await names(store) == list("cdef")
    assert not await store.add_batch(batch("a"))
    assert await names(store) == list("cdef")


async def test_a_ring_never_falls_below_its_size(store):
    await store.add_batch(batch("old", RING - 1))
    await store.add_batch(batch("new", 1))
    await store.add_batch(batch("newest", 1))
    assert await names(store) == ["old", "new", "newest"]
    await store.add_batch(batch("full", RING - 2))
    assert await names(store) == ["new", "newest", "full"]


async def test_rooms_do_not_push_each_other_out(store):
    await store.add_batch(batch("mine", room="mine"))
    for name in "abcdefg":
        await store.add_batch(batch(name))
    assert await names(store, "mine") == ["mine"]


async def test_only_what_came_since_is_read(store):
    await store.add_batch(batch("a"))
    await store.add_batch(batch("b", at=later(minutes=5)))
    assert await names(store, since=later(minutes=1)) == ["b"]


async def test_after_a_day_a_batch_is_gone_from_the_file(store, path):
    await store.add_batch(batch("a"))
    await store.add_batch(batch("b", at=later(hours=2)))
    await store.prune(later(hours=24, seconds=1))
    assert await names(store) == ["b"]
    await store.check_point()
    with plain(path) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM diagnostics").fetchone()
    connection.close()
    assert kept == 1


async def test_a_batch_that_was_changed_comes_without_its_body(store):
    await store.add_batch(batch("a"))
    await store.add_batch(batch("b"))
    swap = "UPDATE diagnostics SET sealed = (SELECT max(sealed) FROM diagnostics)"
    await through_writer(store, lambda connection: connection.execute(swap))
    bodies = [row.body for row in await store.batches("lobby", START)]
    assert sorted(body is None for body in bodies) == [False, True]


async def test_a_database_of_before_gets_its_rings_and_keeps_what_it_has(path):
    connection = plain(path)
    migrate(migrations()[:1], connection)
    connection.execute("INSERT INTO receipts (receipt, at) VALUES ('before', 1)")
    connection.close()
    async with open_store(path) as store:
        assert await store.seen("before")
        assert await store.add_batch(batch("a"))
        assert await names(store) == ["a"]
