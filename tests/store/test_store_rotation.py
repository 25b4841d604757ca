"""A new key takes the place of an old one, beside everything else that is written."""

import asyncio
import json

import pytest
from rotating_program import BATCH, NEW, OLD, ROOM, contents, fill
from store_samples import START, change, launched, opened, through_writer

from bot.errors import SettingsError
from bot.store.keys import GivenKeys
from bot.store.lookup import Column
from bot.store.peek import peek
from bot.store.rows import Commit
from bot.store.seal import Keyring
from bot.store.store import open_store


def given(*keys):
    return GivenKeys(Keyring(keys))


@pytest.fixture
async def store(path):
    async with open_store(path, given(OLD)) as one:
        await fill(one)
        yield one


async def rotated(store, limit=BATCH):
    """Rotate to the end; return what each batch did."""
    steps = []
    while (step := await store.rotation.step(limit)) is not None:
        steps.append(step)
    return steps


async def test_everything_is_sealed_anew_and_stays_as_it_was(store):
    before, counts = await contents(store), await store.rotation.counts()
    await store.rotation.take(Keyring([NEW, OLD]), "here")
    steps = await rotated(store)
    assert await store.rotation.counts() == {"new": counts["old"]}
    assert sum(step.done for step in steps) == counts["old"]
    assert await contents(store) == before


async def test_a_batch_is_no_larger_than_asked(store):
    await store.rotation.take(Keyring([NEW, OLD]), "here")
    assert {step.done <= 2 for step in await rotated(store, limit=2)} == {True}


async def test_the_old_key_may_go_when_nothing_is_sealed_with_it_any_more(store, path):
    await store.rotation.take(Keyring([NEW, OLD]), "here")
    assert await store.rotation.outdated() == ("old",)
    assert await store.rotation.retire() == ()
    await rotated(store)
    assert await store.rotation.retire() == ("old",)
    assert await store.rotation.outdated() == ()
    await store.rotation.take(Keyring([NEW]), "here")
    assert peek(path).keys == {"new"}
    assert len(await store.heads(room=ROOM)) == 2


async def test_a_ring_that_lacks_a_key_in_use_is_refused_and_the_old_one_stays(store):
    with pytest.raises(SettingsError, match="here does not have it"):
        await store.rotation.take(Keyring([NEW]), "here")
    assert store.rotation.ring.sealing == "old"
    await opened(store, "I9")
    assert set(await store.rotation.counts()) == {"old"}


async def test_with_nothing_older_there_is_nothing_to_do(store):
    assert await store.rotation.outdated() == ()
    assert await store.rotation.step() is None
    assert await store.rotation.retire() == ()


async def test_others_write_and_read_meanwhile(store):
    async def write(incident):
        for seq in range(1, 20):
            assert await store.commit(change(incident, seq)) is Commit.DONE
            assert len(await store.events(incident)) == seq

    async def rotate():
        for ring in ([NEW, OLD], [OLD, NEW], [NEW, OLD]):
            await store.rotation.take(Keyring(ring), "here")
            await rotated(store, limit=3)

    await asyncio.gather(rotate(), *(write(f"W{n}") for n in range(4)))
    await rotated(store)
    assert await store.rotation.retire() == ("old",)


async def test_a_value_that_does_not_open_is_left_and_counted(store):
    spoil = "UPDATE notices SET sealed = x'00' WHERE id = 1"
    await through_writer(store, lambda link: link.execute(spoil).rowcount)
    await store.rotation.take(Keyring([NEW, OLD]), "here")
    steps = await rotated(store)
    assert sum(step.broken for step in steps) == 1
    assert await store.rotation.retire() == ("old",)
    find = "SELECT key, sealed FROM notices WHERE id = 1"
    row = await through_writer(store, lambda link: link.execute(find).fetchone())
    assert row == ("!", b"\0")
    await store.rotation.take(Keyring([NEW]), "here")  # and it keeps nobody from it


BOUND = {"notices": "id", "diagnostics": "batch"}
"""What earlier versions bound a seal of that table to."""


async def as_before(store):
    """Seal notices and batches as earlier versions did: bound to their number alone."""

    def seal(link):
        for table, name in BOUND.items():
            rows = f"SELECT {name} FROM {table}"  # noqa: S608  a table of ours
            for (row,) in link.execute(rows).fetchall():
                _, sealed = store._seals.seal(table, str(row), f"{table} {row}")
                put = f"UPDATE {table} SET sealed = ? WHERE {name} = ?"  # noqa: S608
                link.execute(put, (sealed, row))

    await through_writer(store, seal)


async def earlier(store):
    """Return what is read of what an earlier version sealed."""
    notices = [one.text for one in await store.notices(START, 99)]
    return notices, [one.body for one in await store.batches(ROOM, START)]


async def test_what_an_earlier_version_sealed_opens_and_goes_to_the_new_key(store):
    await as_before(store)
    before = await earlier(store)
    assert "notices 1" in before[0]
    assert before[1]
    assert None not in before[1]
    await store.rotation.take(Keyring([NEW, OLD]), "here")
    await rotated(store)
    assert await earlier(store) == before
    assert await store.rotation.retire() == ("old",)


async def test_from_then_on_it_is_bound_to_its_recipient_and_its_room(store):
    await as_before(store)
    await store.rotation.take(Keyring([NEW, OLD]), "here")
    await rotated(store)
    annex = store._seals.mac(Column.BATCH_ROOM, "annex")

    def refile(link):
        link.execute("UPDATE notices SET person = 'U_EVE'")
        link.execute("UPDATE diagnostics SET room_mac = ?", (annex,))

    await through_writer(store, refile)
    assert await store.notices(START, 99) == []
    assert {one.body for one in await store.batches("annex", START)} == {None}


async def test_events_cannot_be_given_another_body_on_the_way(store):
    """The trigger lets a key change; a body that was swapped still does not open."""

    def swap(link):
        link.execute(
            "UPDATE events SET key = 'x', sealed = "
            "(SELECT sealed FROM events ORDER BY seq DESC LIMIT 1)"
        )

    await through_writer(store, swap)
    with pytest.raises(Exception, match="changed or moved"):
        await store.events("I1")


@pytest.mark.wire
@pytest.mark.parametrize("side", ["before", "after"])
async def test_killed_at_each_batch_boundary_it_goes_on_from_there(path, side):
    async with open_store(path, given(OLD)) as store:
        await fill(store)
        expected, counts = await contents(store), await store.rotation.counts()
    lives = told(path, f"rotate-{side}")
    left = [life["left"] for life in lives]
    assert left == sorted(left, reverse=True)
    assert len(set(left)) > 6
    assert (left[0], left[-1]) == (8 + 4 + 2 + 5, 0)
    for life in lives:
        assert life["contents"] == json.loads(json.dumps(expected))
        assert life["counts"] == {"new": counts["old"]}
    assert lives[0]["may_go"] == ["old"]


def told(path, what):
    """Have the program killed at every boundary in turn; return what it found after."""
    with launched("rotating_program.py", path, what) as running:
        return [json.loads(line) for line in running.stdout.read().splitlines()]
