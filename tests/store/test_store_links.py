"""Links stand beside their events; words can be taken, and nothing else changed."""

import sqlite3
from dataclasses import replace

import pytest
from store_samples import change, head, later, plain, through_writer

from bot.errors import SettingsError, StoreError
from bot.store.archive import open_archive
from bot.store.keys import GivenKeys
from bot.store.migrate import migrate, migrations
from bot.store.rows import Change, Commit, Erasure, EventRow, LinkRow
from bot.store.seal import DataKey, Keyring, SealBroken
from bot.store.store import open_store

OLD, NEW = DataKey("old", b"o" * 32), DataKey("new", b"n" * 32)
WORDS = "something that somebody should not have said"


def event(seq, body):
    return EventRow("I1", seq, later(seconds=seq), "U1", "noted", body)


def link(seq, incident="I1"):
    byte = bytes([seq])
    return LinkRow(incident, seq, byte * 32, byte * 32, byte * 32, byte * 32, byte * 64)


async def stored(store, *bodies):
    events = tuple(event(seq, body) for seq, body in enumerate(bodies, 1))
    links = tuple(link(one.seq) for one in events)
    batch = Change(head("I1", len(events)), events, links=links)
    assert await store.commit(batch) is Commit.DONE


def erasing(seq, left="{}", last=2):
    return Change(
        head("I1", last + 1),
        (event(last + 1, '"erased"'),),
        links=(link(last + 1),),
        erasures=(Erasure(seq, left),),
    )


async def test_links_are_read_as_they_were_written(store):
    await stored(store, "1", "2")
    assert await store.links("I1") == [link(1), link(2)]
    assert await store.links("I1", after=1) == [link(2)]
    assert await store.last_link("I1") == link(2)
    assert await store.last_link("I2") is None
    assert await store.links("I2") == []


async def test_a_batch_that_comes_too_late_leaves_no_link(store):
    await stored(store, "1", "2")
    late = Change(head("I1", 2), (event(2, "other"),), links=(link(2),))
    assert await store.commit(late) is Commit.STALE
    assert await store.links("I1") == [link(1), link(2)]


async def test_a_link_needs_its_event(store):
    await stored(store, "1")
    with pytest.raises(StoreError, match="breaks a rule"):
        await store.add_links((link(2),))


async def test_incidents_without_a_whole_trail_are_named_oldest_first(store):
    await store.commit(change("I2", 2, size=2))
    await stored(store, "1", "2")
    await store.commit(change("I1", 3))
    assert await store.unlinked() == ["I1", "I2"]
    await store.add_links((link(1, "I2"), link(2, "I2")))
    assert await store.unlinked() == ["I1"]


async def test_an_erased_event_keeps_its_place_and_its_digest(store):
    await stored(store, WORDS, "2")
    assert await store.commit(erasing(1)) is Commit.DONE
    first, second, _ = await store.events("I1")
    assert first == event(1, "{}")
    assert second == event(2, "2")
    kept = (await store.links("I1"))[0]
    assert kept.salt is None
    assert (kept.digest, kept.link) == (link(1).digest, link(1).link)


async def test_an_erasure_that_comes_too_late_changes_nothing(store):
    await stored(store, WORDS, "2")
    late = erasing(1, last=1)
    assert await store.commit(late) is Commit.STALE
    assert (await store.events("I1"))[0].body == WORDS
    assert (await store.links("I1"))[0].salt is not None


async def test_what_was_erased_is_nowhere_in_the_files(path):
    many = [f"{WORDS} {number}" * 40 for number in range(50)]
    async with open_store(path) as store:
        await stored(store, *many)
        kept = await through_writer(store, _raw)
        await store.commit(erasing(7, last=50))
        await store.check_point()
        files = list(path.parent.glob(f"{path.name}*"))
        assert not any(kept in file.read_bytes() for file in files)


def _raw(connection: sqlite3.Connection) -> bytes:
    """Give the beginning of the seventh body as it lies on the disk."""
    found = connection.execute("SELECT sealed FROM events WHERE seq = 7").fetchone()
    return bytes(found[0])[:60]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE links SET digest = zeroblob(32)",
        "UPDATE links SET sealed = zeroblob(32)",
        "UPDATE links SET seq = seq + 9, key = NULL, sealed = NULL",
        "UPDATE links SET key = 'other', digest = zeroblob(32)",
        "DELETE FROM links",
        "REPLACE INTO links SELECT * FROM links",
    ],
)
async def test_links_are_append_only(store, statement):
    await stored(store, "1")
    with pytest.raises(StoreError, match="append-only"):
        await through_writer(store, lambda connection: connection.execute(statement))
    assert await store.links("I1") == [link(1)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET sealed = x'00' WHERE seq = 2",
        "UPDATE events SET by = 'U9' WHERE seq = 1",
        "UPDATE events SET at = 1, sealed = x'00' WHERE seq = 1",
        "DELETE FROM events WHERE seq = 1",
    ],
)
async def test_only_the_body_of_an_erased_event_can_change(store, statement):
    await stored(store, "1", "2")
    await store.commit(erasing(1))
    before = await store.events("I1")
    with pytest.raises(StoreError, match="append-only"):
        await through_writer(store, lambda connection: connection.execute(statement))
    assert await store.events("I1") == before


async def test_an_event_without_a_link_cannot_lose_its_words(store):
    await store.commit(change("I1", 2, size=2))
    batch = Change(
        head("I1", 3), (event(3, "x"),), erasures=(Erasure(1, "{}"),), links=()
    )
    with pytest.raises(StoreError, match="append-only"):
        await store.commit(batch)


async def test_the_archive_reads_beside_whoever_writes(store, path):
    await stored(store, "1", "2")
    async with open_archive(path) as archive:
        kept = await archive.incident("I1")
        assert kept.events == tuple(await store.events("I1"))
        assert kept.links == (link(1), link(2))
        assert kept.drawings == ()
        assert not (await archive.incident("I2")).events
        await store.commit(change("I1", 3))
        assert len((await archive.incident("I1")).events) == 3


async def test_the_archive_writes_nothing(store, path):
    async with open_archive(path) as archive:
        with pytest.raises(StoreError, match="read-only"):
            await archive._reader.run(lambda link: link.execute("DELETE FROM wakes"))


async def test_the_archive_makes_no_database(tmp_path):
    with pytest.raises(StoreError, match="There is no database"):
        async with open_archive(tmp_path / "none.db"):
            pass
    assert list(tmp_path.iterdir()) == []


async def test_the_archive_reads_only_the_schema_that_it_knows(path):
    async with open_store(path):
        pass
    connection = plain(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="has schema 99"):
        async with open_archive(path):
            pass


async def test_the_archive_opens_what_a_given_key_sealed_and_makes_none(path):
    given = GivenKeys(Keyring([OLD]))
    async with open_store(path, given) as store:
        await stored(store, "1")
        async with open_archive(path, given) as archive:
            assert (await archive.incident("I1")).links == (link(1),)
        for keys in (None, GivenKeys(Keyring([NEW]))):
            async with open_archive(path, keys) as archive:
                with pytest.raises(SettingsError, match="sealed with the data key old"):
                    await archive.incident("I1")
    assert not list(path.parent.glob("*.keys"))


async def test_the_archive_does_not_read_what_is_still_to_be_sealed(path):
    connection = plain(path)
    migrate(migrations(), connection)
    connection.close()
    with pytest.raises(StoreError, match="start the bot of this version"):
        async with open_archive(path):
            pass


async def test_no_salt_lies_in_any_file_in_the_clear(store, path):
    salt = b"a salt that nobody can guess...."
    row = replace(link(1), salt=salt)
    batch = Change(head("I1", 1), (event(1, WORDS),), links=(row,))
    assert await store.commit(batch) is Commit.DONE
    for _ in range(2):  # in the log first, in the database after
        files = list(path.parent.glob(f"{path.name}*"))
        assert not any(salt in file.read_bytes() for file in files)
        await store.check_point()
    assert await store.links("I1") == [row]


async def test_a_salt_of_another_row_is_refused(store):
    await stored(store, "1", "2")
    first = "SELECT sealed FROM links WHERE seq = 1"
    moved = f"UPDATE links SET key = 'other', sealed = ({first}) WHERE seq = 2"  # noqa: S608
    await through_writer(store, lambda connection: connection.execute(moved))
    with pytest.raises(SealBroken):
        await store.links("I1")


async def test_a_new_key_seals_salts_anew_and_gives_none_back(path):
    async with open_store(path, GivenKeys(Keyring([OLD]))) as store:
        await stored(store, "1", "2")
        await store.commit(erasing(1))
        before = await store.events("I1"), await store.links("I1")
        await store.rotation.take(Keyring([NEW, OLD]), "here")
        while await store.rotation.step() is not None:
            pass
        assert set(await store.rotation.counts()) == {"new"}
        assert (await store.events("I1"), await store.links("I1")) == before
        assert before[1][0].salt is None


@pytest.mark.parametrize("version", [2, 3])
async def test_a_database_of_an_earlier_version_takes_a_trail(path, version):
    connection = plain(path)
    migrate(migrations()[:version], connection)
    connection.close()
    async with open_store(path) as store:
        await stored(store, WORDS, "2")
        assert await store.commit(erasing(1)) is Commit.DONE
        assert [one.salt is None for one in await store.links("I1")] == [
            True,
            False,
            False,
        ]
