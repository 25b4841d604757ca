"""A database that was kept in the clear is sealed at the first start, and scrubbed."""

import json

import pytest
from rotating_program import OLD, ROOM, contents, fill
from store_samples import START, change, launched, notice, plain

from bot.errors import SettingsError, StoreError
from bot.store import codec, first_sealing
from bot.store.broken import RowBroken
from bot.store.keys import GivenKeys
from bot.store.migrate import migrate, migrations
from bot.store.rows import Commit
from bot.store.seal import Keyring, Place
from bot.store.store import open_store

GIVEN = GivenKeys(Keyring([OLD]))
COLUMNS = {
    "heads": "incident, channel, room, status, seq, opened_at, moved_at, drawn_seq",
    "events": "incident, seq, at, by, kind, body",
    "receipts": "receipt, at",
    "wakes": "incident, at",
    "drawings": "incident, part, channel, ts, thread_ts, digest, state, reason, at",
    "notices": "id, channel, person, thread_ts, text, at, expires",
    "transitions": (
        "arrival, id, room, identity, sid, kind, reason, at, source, joined_at"
    ),
    "diagnostics": "room, batch, at, events, key, sealed",
}
AT = codec.micros(START)


def rows():
    """Yield the rows of an earlier version that `fill` keeps in this one."""
    for name in ("I1", "I2"):
        yield "heads", (name, "C1", ROOM, "open", 4, AT, AT, 2)
        for seq in range(1, 5):
            yield "events", (name, seq, AT, "U1", "noted", f'{{"seq": {seq}}}')
        for part in ("card", "summary:1"):
            yield "drawings", (name, part, "C1", "1.2", None, "abc", "drawn", None, AT)
        number = int(name[1:])
        expires = AT + 1_800_000_000
        text = f"for {name}"
        yield "notices", (number, "C1", "U1", None, text, AT, expires)
        yield "receipts", (f"receipt of {name}", AT)
        yield "wakes", (name, AT)
    for n in range(5):
        who = (ROOM, "peer-1", f"PA_{n}", "joined", "")
        yield "transitions", (n + 1, f"EV_{n}", *who, AT, "webhook", AT)
    for n in range(2):
        sealed = GIVEN.ring.seal(b"content", Place("diagnostics", "sealed", f"b{n}"))
        yield "diagnostics", (ROOM, f"b{n}", AT + n, 1, "old", sealed)


@pytest.fixture
def before(path):
    """A database as the version before left it."""
    connection = plain(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA secure_delete = OFF")
    migrate(migrations()[:2], connection)
    for table, values in rows():
        marks = ", ".join("?" * len(values))
        insert = f"INSERT INTO {table} ({COLUMNS[table]}) VALUES ({marks})"  # noqa: S608
        connection.execute(insert, values)
    connection.execute("DELETE FROM receipts WHERE receipt = 'receipt of I2'")
    connection.execute("DELETE FROM notices WHERE id = 2")
    connection.close()
    return path


@pytest.fixture
async def expected(tmp_path):
    """What the same rows are in a database that was sealed from the start."""
    async with open_store(tmp_path / "other" / "t.db", GIVEN) as store:
        await fill(store)
        await store.drop_notice(2)
        return await contents(store)


@pytest.fixture(autouse=True)
def other(tmp_path):
    (tmp_path / "other").mkdir()


def on_disk(path):
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def without_receipt(found):
    """The sample's incidents come from no delivery; the old rows have theirs."""
    return found[:-1]


async def test_everything_is_there_afterwards_and_can_be_found(before, expected):
    async with open_store(before, GIVEN) as store:
        assert without_receipt(await contents(store)) == without_receipt(expected)
        assert await store.seen("receipt of I1")
        assert not await store.seen("receipt of I2")
        assert len(await store.heads(room=ROOM)) == 2
        assert await store.due(START, 9) == ["I1", "I2"]
        assert set(await store.behind(9)) == {"I1", "I2"}


async def test_nothing_of_it_stays_in_the_clear_in_any_file(before, logged):
    assert ROOM.encode() in on_disk(before)
    assert b"for I2" in on_disk(before)  # deleted, and still there
    async with open_store(before, GIVEN):
        found = on_disk(before)
    for word in (ROOM, "for I1", "for I2", '"seq"', "peer-1", "receipt of", "EV_"):
        assert word.encode() not in found
    assert [one["values"] for one in logged if one["event"] == "store.sealed"] == [23]


async def test_it_goes_on_as_any_database_does(before):
    async with open_store(before, GIVEN) as store:
        assert await store.commit(change("I1", 5)) is Commit.DONE
        await store.add_notice(notice("third"))
        assert [one.id for one in await store.notices(START, 9)] == [1, 3]
    async with open_store(before, GIVEN) as store:
        assert len(await store.events("I1")) == 5


async def test_the_old_tables_are_gone_and_the_work_is_not_done_twice(before):
    for _ in range(2):
        async with open_store(before, GIVEN):
            pass
        connection = plain(before)
        assert not first_sealing.is_due(connection)
        names = connection.execute("SELECT name FROM sqlite_schema").fetchall()
        assert not [name for (name,) in names if "plain" in name]
        connection.close()


async def test_keys_that_sealed_diagnostics_before_must_be_there_too(before):
    with pytest.raises(SettingsError, match="sealed with the data key old"):
        async with open_store(before):
            pass
    async with open_store(before, GIVEN) as store:
        assert [one.body for one in await store.batches(ROOM, START)] == [
            b"content"
        ] * 2


FIRST, LAST = -(2**63), 2**63 - 1
TIMES = (
    *("events.at", "receipts.at", "drawings.at", "notices.at", "notices.expires"),
    *("transitions.at", "transitions.joined_at", "diagnostics.at"),
)
NAMES = (
    *("events.incident", "receipts.receipt", "drawings.part"),
    *("transitions.id", "diagnostics.room"),
)
NOT_UTF8 = "CAST(x'ff3c21' AS TEXT)"
KEPT = {
    *("unsealed_events", "unsealed_receipts", "unsealed_drawings"),
    *("unsealed_transitions", "unsealed_diagnostics"),
}


def spoil(path, columns, value):
    """Put a value into the first row of each, as somebody would who has the file."""
    connection = plain(path)
    connection.execute("DROP TRIGGER events_are_never_changed")
    for table, _, column in (one.partition(".") for one in columns):
        key = COLUMNS[table].partition(",")[0]
        first = f"{key} = (SELECT min({key}) FROM {table})"  # noqa: S608
        more = {"events": " AND seq = 1", "drawings": " AND part = 'card'"}
        where = f"{first}{more.get(table, '')}"
        if table == "diagnostics":
            where = "batch = 'b0'"
        connection.execute(f"UPDATE {table} SET {column} = {value} WHERE {where}")  # noqa: S608
    connection.execute(
        "CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events "
        "BEGIN SELECT RAISE(ABORT, ''); END"
    )
    connection.close()


def ask(path, question):
    connection = plain(path)
    answer = connection.execute(question).fetchall()
    connection.close()
    return answer


@pytest.mark.parametrize("value", [FIRST, -1, LAST])
async def test_an_absurd_time_is_sealed_with_its_row_and_stops_no_start(before, value):
    spoil(before, TIMES, value)
    for _ in range(2):
        async with open_store(before, GIVEN) as store:
            assert len(await store.events("I2")) == 4
            assert len(await store.drawings("I2")) == 2
            with pytest.raises(RowBroken, match=r"events, incident I1, 1\)"):
                await store.events("I1")
    rows = ask(before, "SELECT at FROM events WHERE incident = 'I1' AND seq = 1")
    assert rows == [(value,)]
    assert b"plain_" not in on_disk(before)
    assert b"peer-1" not in on_disk(before)


async def test_a_row_that_cannot_be_sealed_is_kept_and_told_and_stops_no_start(
    before, logged
):
    spoil(before, (*NAMES, "heads.incident", "wakes.incident"), NOT_UTF8)
    for last in (4, 5):
        async with open_store(before, GIVEN) as store:
            assert len(await store.events("I2")) == last
            assert [one.incident for one in await store.heads()] == ["I2"]
            assert len(await store.batches(ROOM, START)) == 1
            assert await store.commit(change("I2", last + 1)) is Commit.DONE
            assert "unsealed_diagnostics" in await store.ready()
    told = {one["table"] for one in logged if one["event"] == "row.broken"}
    assert told == {*KEPT, "heads"}
    for table in KEPT:
        assert ask(before, f"SELECT 1 FROM {table}")  # noqa: S608
    kept = ask(before, "SELECT hex(incident), body FROM unsealed_events WHERE seq = 1")
    assert kept == [("FF3C21", '{"seq": 1}')]


async def test_of_what_is_kept_no_content_is_told(before, logged):
    spoil(before, NAMES, NOT_UTF8)
    async with open_store(before, GIVEN) as store:
        said = f"{await store.ready()} {logged}"
    for word in (ROOM, "receipt of", "peer-1"):
        assert word not in said


PLANTED = """
CREATE TABLE plain_events (
  incident TEXT, seq INTEGER, at INTEGER, by TEXT, kind TEXT, body TEXT)
"""
FORGED = "INSERT INTO plain_events VALUES ('I1', 5, 0, 'U1', 'noted', '{}')"


async def planted(path, *statements):
    """Seal a database, then write to it as somebody without the keys would."""
    async with open_store(path, GIVEN):
        pass
    connection = plain(path)
    for statement in statements:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "mark",
    [
        (),
        ("CREATE TABLE plain_sealing (mark TEXT)",),
        ("CREATE TABLE plain_sealing (other TEXT)",),
        (
            "CREATE TABLE plain_sealing (mark TEXT)",
            "INSERT INTO plain_sealing VALUES ('0123456789abcdef0123456789abcdef')",
        ),
    ],
)
async def test_what_is_planted_under_an_old_name_is_not_sealed(before, mark):
    await planted(before, PLANTED, FORGED, *mark)
    with pytest.raises(StoreError, match=r"plain_events.*somebody put them there"):
        async with open_store(before, GIVEN):
            pass
    await planted_is_gone(before)


async def planted_is_gone(path):
    connection = plain(path)
    seqs = connection.execute("SELECT seq FROM events WHERE incident = 'I1'").fetchall()
    assert (5,) not in seqs
    connection.execute("DROP TABLE plain_events")
    connection.execute("DROP TABLE IF EXISTS plain_sealing")
    connection.close()
    async with open_store(path, GIVEN) as store:
        assert len(await store.events("I1")) == 4


async def test_it_does_not_help_to_make_the_database_look_new(before):
    await planted(before, PLANTED, FORGED, "DELETE FROM keys")
    with pytest.raises(StoreError, match="names of its keys are gone"):
        async with open_store(before, GIVEN):
            pass


async def test_a_new_database_takes_nothing_that_is_planted_later(path):
    await planted(path, PLANTED, FORGED)
    with pytest.raises(StoreError, match="somebody put them there"):
        async with open_store(path, GIVEN):
            pass


async def test_a_mark_that_was_there_before_the_migration_counts_for_nothing(before):
    connection = plain(before)
    connection.execute("CREATE TABLE plain_sealing (mark TEXT)")
    connection.close()
    async with open_store(before, GIVEN) as store:
        assert len(await store.events("I1")) == 4


@pytest.mark.wire
@pytest.mark.parametrize("side", ["before", "after"])
async def test_killed_at_each_batch_boundary_it_goes_on_from_there(
    before, expected, side
):
    with launched("rotating_program.py", before, f"seal-{side}") as running:
        lives = [json.loads(line) for line in running.stdout.read().splitlines()]
    left = [life["left"] for life in lives]
    assert len(set(left)) > 5
    assert left[-1] == 0
    for life in lives:
        found = life["contents"]
        assert without_receipt(found) == without_receipt(
            json.loads(json.dumps(expected))
        )
        assert found[-1] is True
        assert set(life["counts"]) == {"new"}
