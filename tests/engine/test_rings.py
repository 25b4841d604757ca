from datetime import timedelta

import pytest

from bot.cohrtz.diagnostics import Direction, PacketType
from bot.engine.diagnostics import NoRings, Rings
from bot.store.store import open_store
from bot.world.diagnostics import DiagnosticsOff
from tests.fakes.world import ALICE, BOB, NOON, ROOM, FakeClock, FakeDiagnostics


@pytest.fixture
async def rings(tmp_path):
    async with open_store(tmp_path / "triage.db") as store:
        yield Rings(store, FakeClock())


def event(second=0, **more):
    at = NOON + timedelta(seconds=second)
    made = FakeDiagnostics()
    return made.put(Direction.INBOUND, PacketType.DATA_CHUNK, at, peer=BOB, **more)


async def recent(rings):
    return await rings.recent(ROOM, NOON - timedelta(hours=1))


async def test_events_come_back_in_order_and_once(rings):
    await rings.keep(ROOM, b"1", (event(2), event(1)))
    await rings.keep(ROOM, b"2", (event(1), event(3)))
    kept = await recent(rings)
    assert list(kept.events) == [event(1), event(2), event(3)]
    assert kept.unreadable == 0


async def test_the_same_bytes_are_the_same_batch_in_one_room_only(rings):
    first, new = await rings.keep(ROOM, b"1", (event(),))
    assert new
    assert await rings.keep(ROOM, b"1", (event(),)) == (first, False)
    other, new = await rings.keep("other", b"1", (event(),))
    assert new
    assert other != first


async def test_a_room_that_ends_as_a_body_begins_is_no_other_rooms_batch(rings):
    assert (await rings.keep("a", b"bc", (event(),)))[1]
    assert (await rings.keep("ab", b"c", (event(),)))[1]


async def test_nothing_of_an_event_lies_in_the_file_in_the_clear(rings, tmp_path):
    await rings.keep(ROOM, b"1", (event(),))
    await rings.store.check_point()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert ROOM.encode() not in stored
    assert ALICE.encode() not in stored
    assert b"DATA_CHUNK" not in stored


async def test_a_batch_that_does_not_open_is_counted_and_not_read(rings):
    await rings.keep(ROOM, b"1", (event(1),))
    batch, _ = await rings.keep(ROOM, b"2", (event(2),))
    spoil = "UPDATE diagnostics SET sealed = x'00' WHERE batch = :batch"
    await rings.store._writer.submit(lambda link: link.execute(spoil, {"batch": batch}))
    kept = await recent(rings)
    assert (list(kept.events), kept.unreadable) == ([event(1)], 1)


async def test_switched_off_it_says_what_is_missing():
    with pytest.raises(DiagnosticsOff, match="no key"):
        await NoRings("no key").recent(ROOM, NOON)
