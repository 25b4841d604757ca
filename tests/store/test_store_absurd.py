"""Nothing that a clear column of one row can hold stops what is asked of the others."""

import shutil
import sqlite3
from contextlib import closing, suppress

import pytest
from store_samples import (
    START,
    change,
    drawing,
    event,
    head,
    later,
    notice,
    plain,
    transition,
)

from bot.core.incident.state import Status
from bot.core.transitions import Move
from bot.store.broken import RowBroken
from bot.store.rows import MOVES, STATUSES, ActRow, BatchRow, Change, Commit, LinkRow
from bot.store.store import open_store

FIRST, LAST = -(2**63), 2**63 - 1
ODD = "<!channel> \u202e\n"
VALUES = (
    *(FIRST, -1, LAST, 10**30 / 1, None),
    *(ODD, b"\xff\x00"),
)
NOT_UTF8 = "CAST(x'ff3c21' AS TEXT)"
SEALED = {"sealed", "lookup"}
OURS = ("I1", "lobby")
"""What is broken; I2 and its room, the annex, must not suffer."""

COLUMNS = (
    *(f"heads.{one}" for one in ("incident", "channel", "room_mac", "status", "seq")),
    *("heads.opened_at", "heads.moved_at", "heads.drawn_seq", "heads.key"),
    *(f"events.{one}" for one in ("incident", "seq", "at", "by", "kind", "key")),
    *(f"links.{one}" for one in ("incident", "seq", "digest", "link", "signer")),
    *("links.signature", "links.key"),
    *(f"acts.{one}" for one in ("incident", "seq", "room_mac", "participant_mac")),
    *("acts.reach", "acts.by", "acts.at", "acts.settled_at"),
    *("receipts.receipt_mac", "receipts.at", "wakes.at", "wakes.incident"),
    *(f"drawings.{one}" for one in ("incident", "part", "channel", "ts", "state")),
    *("drawings.thread_ts", "drawings.reason", "drawings.at", "drawings.key"),
    *(f"notices.{one}" for one in ("id", "channel", "person", "thread_ts", "at")),
    *("notices.expires", "notices.key", "sqlite_sequence.name", "sqlite_sequence.seq"),
    *(f"transitions.{one}" for one in ("arrival", "id_mac", "room_mac", "kind")),
    *("transitions.identity_mac", "transitions.at", "transitions.source"),
    *("transitions.joined_at", "transitions.key"),
    *(f"diagnostics.{one}" for one in ("arrival", "room_mac", "batch", "at")),
    *("diagnostics.events", "diagnostics.key", "probe.id", "probe.count"),
)
GLOBAL = {"keys.name"}
"""Rows of no incident: what stands there is told at start (docs/trouble.md)."""


FIRST_ROW = "rowid = (SELECT min(rowid) FROM {})"
WHERE = {
    **{one: FIRST_ROW.format(one) for one in ("notices", "transitions", "diagnostics")},
    **dict.fromkeys(("receipts", "probe", "sqlite_sequence"), "true"),
}
"""Which row is spoilt; in the other tables that of the incident I1."""


def link(incident, seq):
    byte = bytes([seq])
    return LinkRow(incident, seq, byte * 32, byte * 32, byte * 32, byte * 32, byte * 64)


def intent(incident, room, seq=2):
    act = ActRow(incident, seq, room, "al", "one-participant", "U1", later(hours=1), 9)
    links = (link(incident, seq),)
    return Change(
        head(incident, seq, room=room), (event(incident, seq),), act=act, links=links
    )


async def fill(store, incident, room):
    first = Change(head(incident, 1, room=room), (event(incident, 1),), "r" + incident)
    assert await store.commit(first) is Commit.DONE
    await store.add_links((link(incident, 1),))
    assert await store.commit(intent(incident, room)) is Commit.DONE
    await store.wake(incident, later(hours=2))
    await store.keep_drawing(drawing(incident))
    await store.add_notice(notice("no"))
    number = int(incident[1:])
    await store.add_transitions([transition(number, room=room)])
    await store.add_batch(BatchRow(room, f"b{incident}", START, 1, b"{}"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    return tmp_path_factory.mktemp("filled")


@pytest.fixture
async def copy(filled, tmp_path):
    """A database with two incidents, made once and copied."""
    made = filled / "t.db"
    if not made.exists():
        async with open_store(made) as store:
            await fill(store, "I1", "lobby")
            await fill(store, "I2", "annex")
    for file in filled.iterdir():
        shutil.copy(file, tmp_path)
    return tmp_path / "t.db"


def clear_columns(path):
    with closing(plain(path)) as database:
        tables = database.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table'"
        ).fetchall()
        return {
            f"{table}.{row[1]}"
            for (table,) in tables
            for row in database.execute(f"PRAGMA table_info({table})")
            if row[1] not in SEALED
        }


def spoil(path, column, value):
    """Put a value into the first row as somebody would who has the file.

    Returns whether SQLite let it in.
    """
    table, _, name = column.partition(".")
    row = WHERE.get(table, "incident = 'I1'")
    put = NOT_UTF8 if value is NOT_UTF8 else "?"
    with closing(plain(path)) as database:
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        first = f"UPDATE {table} SET {name} = {put} WHERE {row}"  # noqa: S608
        try:
            database.execute(first, () if value is NOT_UTF8 else (value,))
        except sqlite3.Error:
            return False
    return True


async def others_are_whole(store):
    """Ask for all that is of the other incident and its room, and write to it."""
    assert [one.incident for one in await store.heads(room="annex")] == ["I2"]
    assert "I2" in [one.incident for one in await store.heads(statuses=("open",))]
    assert len(await store.events("I2")) == 2
    assert len(await store.links("I2")) == 2
    assert len(await store.drawings("I2")) == 1
    assert len(await store.transitions("annex", since=START)) == 1
    assert [one.body for one in await store.batches("annex", START)] == [b"{}"]
    assert (await store.notices(START, 9))[-1].id == 2
    await store.due(later(hours=3), 9)
    assert "I2" in await store.due(later(hours=3), 9)
    assert await store.next_due() is not None
    assert isinstance(await store.behind(9), list)
    await store.unlinked()
    await work_goes_on(store)


async def work_goes_on(store):
    done = change("I2", 3, settles=True, links=(link("I2", 3),))
    assert await store.commit(done) is Commit.DONE
    assert await store.commit(intent("I2", "annex", 4)) is Commit.DONE
    await store.add_notice(notice("more"))
    texts = [one.text for one in await store.notices(START, 9)]
    assert texts[-2:] == ["no", "more"]
    assert await store.add_batch(BatchRow("annex", "b3", START, 1, b"{}"))
    await store.prune(START)
    await store.room.make()
    assert await store.rotation.counts()


async def only_refused(asked):
    """What is asked of the broken row is answered, or refused in words."""
    with suppress(RowBroken):
        await asked


async def the_broken_one_is_refused(store):
    incident, room = OURS
    await only_refused(store.head(incident))
    await only_refused(store.newest("C1", ("open",)))
    await only_refused(store.events(incident))
    await only_refused(store.last_link(incident))
    await only_refused(store.drawings(incident))
    await only_refused(store.transitions(room, since=START))
    await only_refused(store.batches(room, START))
    act = intent("I3", room).act
    await only_refused(store.holder(act))
    await only_refused(store.begun(act))


def test_every_clear_column_of_every_table_is_tried(tmp_path, copy):
    assert clear_columns(copy) == {*COLUMNS, *GLOBAL}


@pytest.mark.parametrize("column", COLUMNS)
async def test_whatever_stands_there_stops_no_other_row(copy, tmp_path, column):
    whole = {file: file.read_bytes() for file in copy.parent.iterdir()}
    for value in (*VALUES, NOT_UTF8):
        for file, content in whole.items():
            file.write_bytes(content)
        if not spoil(copy, column, value):
            continue
        async with open_store(copy) as store:  # and it starts
            await others_are_whole(store)
            await the_broken_one_is_refused(store)


def test_the_words_that_open_are_those_of_the_core():
    assert set(STATUSES) == set(Status)
    assert set(MOVES) == set(Move)
