from datetime import timedelta

import pytest

from bot.cohrtz.diagnostics import Direction, PacketType
from bot.engine.diagnostics import NoRings, Rings
from bot.store.seal import DataKey, Keyring
from bot.store.store import open_store
from bot.world.diagnostics import DiagnosticsOff
from tests.fakes.world import ALICE, BOB, NOON, ROOM, FakeClock, FakeDiagnostics

OLD, NEW = DataKey("old", b"o" * 32), DataKey("new", b"n" * 32)


@pytest.fixture
async def rings(tmp_path):
    async with open_store(tmp_path / "triage.db") as store:
        yield Rings(store, Keyring([OLD]), FakeClock())


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
    assert ROOM.encode() in stored
    assert ALICE.encode() not in stored
    assert b"DATA_CHUNK" not in stored


async def test_a_new_key_leaves_what_the_old_one_sealed_readable(rings):
    await rings.keep(ROOM, b"1", (event(1),))
    rotated = Rings(rings.store, Keyring([NEW, OLD]), rings.now)
    await rotated.keep(ROOM, b"2", (event(2),))
    assert len((await recent(rotated)).events) == 2
    lost = Rings(rings.store, Keyring([NEW]), rings.now)
    kept = await recent(lost)
    assert (len(kept.events), kept.unreadable) == (1, 1)


async def test_switched_off_it_says_what_is_missing():
    with pytest.raises(DiagnosticsOff, match="no key"):
        await NoRings("no key").recent(ROOM, NOON)
