"""One row that does not open: it is named, left out or refused, and nothing else is."""

import pytest
from store_samples import (
    START,
    change,
    drawing,
    later,
    notice,
    opened,
    plain,
    through_writer,
    transition,
)

from bot.store.rows import BatchRow, Change, Commit, EventRow, Head
from bot.store.seal import SealBroken
from bot.store.store import open_store

SPOIL_HEAD = "UPDATE heads SET sealed = x'00' WHERE incident = '{}'"


async def spoiled(store, statement):
    """Change the database as somebody would who has the file."""
    done = await through_writer(store, lambda link: link.execute(statement).rowcount)
    assert done > 0


@pytest.fixture
async def three(store):
    """Three incidents of one channel, the newest and the oldest of which is broken."""
    for number in (1, 2, 3):
        await opened(store, f"I{number}", opened_at=later(minutes=number))
    for incident in ("I1", "I3"):
        await spoiled(store, SPOIL_HEAD.format(incident))
    return store


def told(logged):
    return [one for one in logged if one["event"] == "row.broken"]


def names(heads):
    return [head.incident for head in heads]


async def test_an_incident_that_does_not_open_hides_no_other(three):
    assert names(await three.heads()) == ["I2"]
    assert names(await three.heads(statuses=("open",), room="lobby")) == ["I2"]
    assert names(await three.heads(channel="C1")) == ["I2"]


async def test_and_takes_no_place_of_those_that_are_asked_for(three):
    assert names(await three.heads(limit=1)) == ["I2"]
    for number in range(4, 9):
        await opened(three, f"I{number}", opened_at=later(seconds=number))
    assert names(await three.heads(limit=2)) == ["I2", "I8"]


async def test_it_is_told_once_by_table_and_incident_and_without_content(three, logged):
    for _ in range(3):
        await three.heads()
    assert [(one["table"], one["incident"]) for one in told(logged)] == [
        ("heads", "I3"),
        ("heads", "I1"),
    ]
    assert {one["log_level"] for one in told(logged)} == {"error"}
    assert "lobby" not in repr(told(logged)) + str(await three.ready())


async def test_whoever_asks_whether_the_store_is_well_is_told_which_and_what_to_do(
    three,
):
    assert await three.ready() is None  # nobody has met it yet
    await three.heads()
    said = await three.ready()
    assert "heads, incident I3; heads, incident I1" in said
    assert "restore the last backup" in said


async def test_of_many_the_first_are_named_and_the_others_counted(store):
    for number in range(6):
        await opened(store, f"I{number}")
    await spoiled(store, "UPDATE heads SET sealed = x'00'")
    assert await store.heads() == []
    assert "and 3 more" in await store.ready()


async def test_what_is_of_that_incident_alone_is_refused_in_plain_words(three):
    with pytest.raises(SealBroken, match="restore the last backup"):
        await three.head("I3")
    with pytest.raises(SealBroken, match="heads, incident I3"):
        await three.newest("C1", ("open",))
    assert (await three.newest("C9")) is None


async def test_a_head_that_is_written_anew_is_no_trouble_any_more(three, logged):
    await three.heads()
    for incident in ("I1", "I3"):
        assert await three.commit(change(incident, 2)) is Commit.DONE
    assert len(await three.heads()) == 3
    assert await three.ready() is None
    assert len(told(logged)) == 2


@pytest.mark.parametrize("seq", [1, 9])
async def test_a_head_that_ends_elsewhere_than_its_events_is_told_when_it_is_opened(
    path, logged, seq
):
    async with open_store(path) as store:
        for incident in ("I1", "I2"):
            await opened(store, incident, length=3)
        spoil = f"UPDATE heads SET seq = {seq} WHERE incident = 'I1'"  # noqa: S608
        await spoiled(store, spoil)
        assert await store.ready() is None
    async with open_store(path) as store:
        assert [one["row"] for one in told(logged)] == ["heads, incident I1"]
        assert "heads, incident I1" in await store.ready()


async def test_a_batch_that_came_too_late_mends_nothing(three):
    await three.heads()
    assert await three.commit(change("I1", 9)) is Commit.STALE
    assert "incident I1" in await three.ready()


async def test_a_notice_that_does_not_open_holds_up_no_other_and_goes_with_its_time(
    store, logged
):
    for number in range(4):
        await store.add_notice(notice(f"no {number}"))
    await spoiled(store, "UPDATE notices SET sealed = x'00' WHERE id < 3")
    assert [one.text for one in await store.notices(START, 2)] == ["no 2", "no 3"]
    assert "notices, 1; notices, 2" in await store.ready()
    await store.prune(later(hours=1))
    assert await store.ready() is None
    assert [one["row"] for one in told(logged)] == ["notices, 1", "notices, 2"]


async def test_one_that_is_still_there_after_pruning_is_trouble_again(store, logged):
    await store.add_notice(notice("no"))
    await spoiled(store, "UPDATE notices SET sealed = x'00'")
    await store.notices(START, 9)
    await store.prune(START)
    await store.notices(START, 9)
    assert "notices, 1" in await store.ready()
    assert len(told(logged)) == 1


READS = {
    "events, incident I1, 1": lambda store: store.events("I1"),
    "drawings, incident I1, card": lambda store: store.drawings("I1"),
    "transitions, ": lambda store: store.transitions("lobby", since=START),
}


@pytest.mark.parametrize("row", READS)
async def test_any_row_that_is_met_is_told(store, logged, row):
    await opened(store, "I1")
    await store.keep_drawing(drawing("I1"))
    await store.add_transitions([transition(1)])
    table, _, _ = row.partition(",")
    anyhow = "DROP TRIGGER events_lose_nothing_but_their_words"
    await through_writer(store, lambda link: link.execute(anyhow))
    await spoiled(store, f"UPDATE {table} SET sealed = x'00'")  # noqa: S608
    with pytest.raises(SealBroken):
        await READS[row](store)
    assert row in await store.ready()
    assert [one["table"] for one in told(logged)] == [table]


async def test_a_batch_of_diagnostics_is_there_without_its_body_and_told(store, logged):
    for name in ("b1", "b2"):
        await store.add_batch(BatchRow("lobby", name, START, 1, name.encode()))
    await spoiled(store, "UPDATE diagnostics SET sealed = x'00' WHERE batch = 'b1'")
    assert [one.body for one in await store.batches("lobby", START)] == [None, b"b2"]
    assert "diagnostics, b1" in await store.ready()
    assert len(told(logged)) == 1


async def test_damage_within_a_long_value_is_told_though_sqlite_does_not_see_it(path):
    long = EventRow("I1", 1, START, "U1", "noted", "x" * 20_000)
    async with open_store(path) as store:
        row = Head("I1", "C1", "lobby", "open", 1, START)
        await store.commit(Change(row, (long,)))
    with plain(path) as database:
        (sealed,) = database.execute("SELECT sealed FROM events").fetchone()
    database.close()
    whole = path.read_bytes()
    at = whole.index(sealed[9_000:9_100])
    path.write_bytes(whole[:at] + bytes(50) + whole[at + 50 :])
    async with open_store(path) as store:
        with pytest.raises(SealBroken, match="events, incident I1, 1"):
            await store.events("I1")
        assert "events, incident I1, 1" in await store.ready()
        assert names(await store.heads()) == ["I1"]
