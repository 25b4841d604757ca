"""What is in the file: no content in the clear, and nothing that can be moved about."""

import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_samples import (
    START,
    change,
    drawing,
    head,
    notice,
    opened,
    through_writer,
    transition,
)

from bot.errors import StoreError
from bot.store.lookup import Column, Lookup
from bot.store.rows import BatchRow, Change, Commit, EventRow
from bot.store.seal import SealBroken
from bot.store.seals import row_of

CANARY = "canary-5d1c0f"
ROOM = "0199f3c2-7a41-7c5e-9b1d-3f2a6c8e4d10"


async def filled(store):
    """Keep a canary in everything that can hold content."""
    body = f'{{"words": "{CANARY}"}}'
    event = EventRow("I1", 1, START, "U1", "noted", body)
    batch = Change(head("I1", 1, room=ROOM), (event,), receipt=f"command/{CANARY}")
    assert await store.commit(batch) is Commit.DONE
    await store.keep_drawing(drawing("I1", digest=CANARY))
    await store.add_notice(notice(f"You said {CANARY}."))
    who = {"id": CANARY, "room": ROOM, "identity": CANARY, "sid": CANARY}
    await store.add_transitions([transition(1, reason=CANARY, **who)])
    await store.add_batch(BatchRow(ROOM, "b1", START, 1, CANARY.encode()))


def on_disk(path):
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


async def test_no_content_lies_in_any_file_in_the_clear(store, path):
    await filled(store)
    for _ in range(2):  # in the log first, in the database after
        found = on_disk(path)
        assert CANARY.encode() not in found
        assert ROOM.encode() not in found
        await store.check_point()


async def test_and_all_of_it_comes_back(store):
    await filled(store)
    (event,) = await store.events("I1")
    assert CANARY in event.body
    assert (await store.head("I1")).room == ROOM
    assert [one.incident for one in await store.heads(room=ROOM)] == ["I1"]
    assert await store.seen(f"command/{CANARY}")
    assert [one.digest for one in await store.drawings("I1")] == [CANARY]
    assert [one.text for one in await store.notices(START, 9)] == [
        f"You said {CANARY}."
    ]
    (came,) = await store.transitions(ROOM, since=START, identity=CANARY)
    assert (came.id, came.sid, came.reason) == (CANARY, CANARY, CANARY)
    assert await store.transitions(ROOM, since=START, identity="bob") == []
    assert [one.body for one in await store.batches(ROOM, START)] == [CANARY.encode()]


async def test_what_was_deleted_is_overwritten(store, path):
    await filled(store)
    (kept,) = await store.notices(START, 9)
    find = "SELECT sealed FROM notices"
    (sealed,) = await through_writer(store, lambda link: link.execute(find).fetchone())
    await store.check_point()
    assert sealed in path.read_bytes()
    await store.drop_notice(kept.id)
    await store.check_point()
    assert sealed not in path.read_bytes()


READS = {
    "events": lambda store: store.events("I2"),
    "heads": lambda store: store.head("I2"),
    "drawings": lambda store: store.drawings("I2"),
    "transitions": lambda store: store.transitions("lobby", since=START),
}
SEALED = (*READS, "notices")
LEFT_OUT = {
    "heads": lambda store: store.heads(),
    "notices": lambda store: store.notices(START, 9),
}


@pytest.fixture
async def two_of_each(store):
    for name in ("I1", "I2"):
        await opened(store, name, room="lobby")
        await store.keep_drawing(drawing(name))
        await store.add_notice(notice(f"for {name}"))
    await store.add_transitions([transition(1), transition(2)])
    return store


async def altered(store, statement):
    """Change the database as somebody would who has the file."""

    def alter(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TRIGGER IF EXISTS events_lose_nothing_but_their_words")
        assert connection.execute(statement).rowcount > 0

    await through_writer(store, alter)


@pytest.mark.parametrize("table", READS)
async def test_a_value_that_was_moved_to_another_row_is_refused(two_of_each, table):
    first = f"SELECT sealed FROM {table} LIMIT 1"  # noqa: S608  a table of ours
    await altered(two_of_each, f"UPDATE {table} SET sealed = ({first})")  # noqa: S608
    with pytest.raises(SealBroken, match="changed or moved"):
        await READS[table](two_of_each)


@pytest.mark.parametrize("table", READS)
@pytest.mark.parametrize("other", SEALED)
async def test_a_value_of_another_table_is_refused(two_of_each, table, other):
    if table == other:
        return
    theirs = f"SELECT sealed FROM {other} LIMIT 1"  # noqa: S608  a table of ours
    await altered(two_of_each, f"UPDATE {table} SET sealed = ({theirs})")  # noqa: S608
    with pytest.raises(SealBroken):
        await READS[table](two_of_each)


@pytest.mark.parametrize("table", READS)
async def test_text_in_the_clear_is_refused(two_of_each, table):
    await altered(two_of_each, f"UPDATE {table} SET sealed = x'6869', key = '!'")  # noqa: S608
    with pytest.raises(SealBroken, match="not sealed"):
        await READS[table](two_of_each)


@pytest.mark.parametrize("table", LEFT_OUT)
@pytest.mark.parametrize("other", SEALED)
async def test_of_many_incidents_or_people_only_what_opens_is_given(
    two_of_each, table, other, logged
):
    first = f"SELECT sealed FROM {other} LIMIT 1"  # noqa: S608  a table of ours
    await altered(two_of_each, f"UPDATE {table} SET sealed = ({first})")  # noqa: S608
    left = await LEFT_OUT[table](two_of_each)
    assert len(left) == (table == other)  # the first is where it was
    told = [one for one in logged if one["event"] == "row.broken"]
    assert {one["table"] for one in told} == {table}


FILED = {
    "heads.room_mac": lambda store: store.head("I1"),
    "transitions.room_mac": lambda store: store.transitions("annex", since=START),
    "transitions.identity_mac": lambda store: store.transitions(
        "lobby", since=START, identity="annex"
    ),
}
FILED_AMONG_OTHERS = {
    "heads.room_mac": lambda store: store.heads(room="annex"),
    "notices.person": lambda store: store.notices(START, 9),
    "notices.channel": lambda store: store.notices(START, 9),
    "diagnostics.room_mac": lambda store: bodies(store, "annex"),
}


async def bodies(store, room):
    return [one.body for one in await store.batches(room, START) if one.body]


async def refiled(store, column):
    """File what is in a table under something else, "annex"."""
    await opened(store, "I1", room="lobby")
    await store.add_transitions([transition(1)])
    await store.add_notice(notice("private"))
    await store.add_batch(BatchRow("lobby", "b1", START, 1, b"of the lobby"))
    table, _, name = column.partition(".")
    looked_up = {str(one): store._seals.mac(one, "annex") for one in Column}
    value = looked_up.get(column, "annex")
    await altered(store, f"UPDATE {table} SET {name} = '{value}'")  # noqa: S608
    await store.recall()


@pytest.mark.parametrize("column", FILED)
async def test_a_row_that_is_filed_under_another_content_is_refused(store, column):
    await refiled(store, column)
    with pytest.raises(SealBroken, match="filed under another"):
        await FILED[column](store)
    assert column.partition(".")[0] in await store.ready()


@pytest.mark.parametrize("column", FILED_AMONG_OTHERS)
async def test_and_is_left_out_where_it_is_one_of_many(store, column):
    await refiled(store, column)
    assert await FILED_AMONG_OTHERS[column](store) == []
    assert column.partition(".")[0] in await store.ready()


async def test_a_broken_row_does_not_stop_writing(two_of_each):
    await altered(two_of_each, "UPDATE events SET sealed = x'00'")
    assert await two_of_each.commit(change("I1", 2)) is Commit.DONE
    assert await two_of_each.ready() is None


async def test_half_a_character_is_refused_in_plain_words(store):
    for row in (transition(1, identity="\ud800"), transition(2, room="\ud800")):
        with pytest.raises(StoreError, match="lone surrogate"):
            await store.add_transitions([row])


texts = st.text(st.characters(codec="utf-8"), max_size=40)


@given(texts, texts)
def test_look_ups_are_equal_for_equal_content_of_one_column_only(one, other):
    lookup = Lookup(b"s" * 32)
    macs = {lookup.mac(column, one) for column in Column}
    assert len(macs) == len(Column)
    equal = lookup.mac(Column.HEAD_ROOM, one) == lookup.mac(Column.HEAD_ROOM, other)
    assert equal == (one == other)


def test_look_ups_of_two_databases_have_nothing_in_common():
    first, second = Lookup(b"1" * 32), Lookup(b"2" * 32)
    assert first.mac(Column.HEAD_ROOM, ROOM) != second.mac(Column.HEAD_ROOM, ROOM)


parts = st.lists(st.one_of(texts, st.integers(0, 10**6)), min_size=2, max_size=2)


@given(parts, parts)
def test_no_two_keys_of_rows_are_joined_alike(one, other):
    same = [str(part) for part in one] == [str(part) for part in other]
    assert (row_of(*one) == row_of(*other)) == same


@given(texts, texts, st.text("abc:/1", max_size=9))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_text_comes_back_as_it_was(store, digest, reason, part):
    row = drawing("I1", part, digest=digest, reason=reason)
    await store.keep_drawing(row)
    assert row in await store.drawings("I1")
    await store.forget_drawing("I1", part)
