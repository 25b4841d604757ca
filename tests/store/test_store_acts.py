"""Locks and caps in the store: the batch of an intent is the guard, whatever races."""

import asyncio
import sqlite3

import pytest
from store_samples import change, head, later, opened, plain, through_writer

from bot.errors import StoreError
from bot.store.rows import ActRow, Change, Commit
from bot.store.store import open_store

ROOM = "0199f3c2-7a41-7c5e-9b1d-3f2a6c8e4d10"


def act(incident, *, who="alice", **more):
    values = {
        "room": ROOM,
        "participant": who,
        "reach": "one-participant" if who else "room",
        "by": "U0ANN",
        "at": later(minutes=1),
        "most": 99,
    }
    return ActRow(incident=incident, seq=2, **(values | more))


def intent(incident, **more):
    return change(incident, 2, act=act(incident, **more))


def outcome(incident, last=3):
    return change(incident, last, settles=True)


@pytest.fixture
async def two(store):
    for name in ("I1", "I2"):
        await opened(store, name)
    return store


async def test_of_two_intents_at_once_exactly_one_begins(store):
    names = [f"I{n}" for n in range(20)]
    for name in names:
        await opened(store, name)
    kept = await asyncio.gather(*(store.commit(intent(name)) for name in names))
    assert sorted(kept) == [Commit.DONE, *[Commit.TAKEN] * 19]
    lengths = [len(await store.events(name)) for name in names]
    assert sorted(lengths) == [*[1] * 19, 2]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("alice", "alice", Commit.TAKEN),
        ("alice", "bob", Commit.DONE),
        (None, "alice", Commit.TAKEN),
        ("alice", None, Commit.TAKEN),
        (None, None, Commit.TAKEN),
        ("", "alice", Commit.DONE),
    ],
)
async def test_a_whole_room_meets_everybody_in_it(two, first, second, kept):
    assert await two.commit(intent("I1", who=first, reach="room")) is Commit.DONE
    assert await two.commit(intent("I2", who=second, reach="room")) is kept


async def test_the_same_name_in_another_room_is_somebody_else(two):
    assert await two.commit(intent("I1")) is Commit.DONE
    assert await two.commit(intent("I2", room="elsewhere")) is Commit.DONE


async def test_whoever_comes_second_can_see_who_holds_it_and_since_when(two):
    assert await two.holder(act("I2")) is None
    await two.commit(intent("I1", who=None, by="U0BEN"))
    held = await two.holder(act("I2"))
    assert (held.incident, held.by, held.at) == ("I1", "U0BEN", later(minutes=1))
    assert held.whole_room
    assert await two.holder(act("I1")) is None


async def test_of_several_holders_the_first_is_told(two):
    await opened(two, "I3")
    await two.commit(intent("I1", at=later(minutes=2)))
    await two.commit(intent("I2", who="bob"))
    held = await two.holder(act("I3", who=None))
    assert (held.incident, held.whole_room) == ("I2", False)


async def test_the_outcome_lets_go_in_its_own_batch(two):
    await two.commit(intent("I1"))
    assert await two.commit(outcome("I1")) is Commit.DONE
    assert await two.holder(act("I2")) is None
    assert await two.commit(intent("I2")) is Commit.DONE


async def test_an_outcome_that_comes_too_late_lets_nothing_go(two):
    await two.commit(intent("I1"))
    assert await two.commit(outcome("I1", last=2)) is Commit.STALE
    assert await two.commit(intent("I2")) is Commit.TAKEN


async def test_an_outcome_of_one_lets_nothing_of_another_go(two):
    await two.commit(intent("I1"))
    assert await two.commit(outcome("I2", last=2)) is Commit.DONE
    assert (await two.holder(act("I2"))).incident == "I1"


async def test_an_intent_that_is_stale_holds_nothing(two):
    stale = change("I1", 3, act=act("I1"))
    assert await two.commit(stale) is Commit.STALE
    assert await two.holder(act("I2")) is None


async def test_an_intent_that_was_delivered_before_holds_nothing_more(two):
    first = Change(head("I1", 2), change("I1", 2).events, receipt="r")
    assert await two.commit(first) is Commit.DONE
    again = change("I2", 2, act=act("I2"), receipt="r")
    assert await two.commit(again) is Commit.REPEATED
    assert await two.holder(act("I1")) is None


async def test_a_press_whose_target_is_taken_can_be_delivered_again(two):
    await two.commit(intent("I1"))
    refused = change("I2", 2, act=act("I2"), receipt="r")
    assert await two.commit(refused) is Commit.TAKEN
    assert not await two.seen("r")
    await two.commit(outcome("I1"))
    assert await two.commit(refused) is Commit.DONE


async def test_an_incident_cannot_hold_two_targets_whatever_its_events_say(two):
    await two.commit(intent("I1"))
    more = change("I1", 3, act=act("I1", who="bob"))
    with pytest.raises(StoreError):
        await two.commit(more)
    assert len(await two.events("I1")) == 2


async def test_what_was_held_at_a_crash_is_held_after_it(path):
    async with open_store(path) as store:
        for name in ("I1", "I2"):
            await opened(store, name)
        await store.commit(intent("I1"))
    async with open_store(path) as store:
        assert await store.commit(intent("I2")) is Commit.TAKEN


async def test_two_intents_cannot_both_slip_under_the_cap(store):
    names = [f"I{n}" for n in range(10)]
    for name in names:
        await opened(store, name)
    intents = [intent(name, who=name, most=3) for name in names]
    kept = await asyncio.gather(*map(store.commit, intents))
    assert sorted(kept) == [*[Commit.CAPPED] * 7, *[Commit.DONE] * 3]
    assert len(await store.begun(act("I9"))) == 3


async def test_acts_count_by_room_and_reach_and_for_an_hour_only(two):
    await two.commit(intent("I1", who=None))
    settled = act("I2", who=None, at=later(minutes=61), most=1)
    counted = act("I2", who=None, at=later(minutes=60, seconds=59), most=1)
    assert await two.begun(settled) == []
    assert await two.begun(counted) == [later(minutes=1)]
    assert await two.begun(act("I2")) == []
    assert await two.begun(act("I2", who=None, room="elsewhere")) == []


async def test_an_act_counts_also_when_it_is_settled(two):
    await two.commit(intent("I1", most=1))
    await two.commit(outcome("I1"))
    assert await two.commit(intent("I2", most=1)) is Commit.CAPPED


async def test_a_clock_that_went_back_does_not_forget_acts(two):
    await two.commit(intent("I1", at=later(hours=5)))
    await two.commit(outcome("I1"))
    assert await two.commit(intent("I2", most=1)) is Commit.CAPPED


async def test_settled_acts_are_forgotten_after_a_day_and_held_ones_never(two):
    await two.commit(intent("I1"))
    await two.commit(intent("I2", who="bob"))
    await two.commit(outcome("I2"))
    await two.prune(later(hours=25))

    def left(connection):
        return connection.execute("SELECT incident FROM acts").fetchall()

    assert await through_writer(two, left) == [("I1",)]


async def test_neither_room_nor_participant_lies_in_the_file(two, path):
    await two.commit(intent("I1", who="alice-the-participant"))
    for file in path.parent.glob(f"{path.name}*"):
        found = file.read_bytes()
        assert ROOM.encode() not in found
        assert b"alice-the-participant" not in found


async def test_equal_people_in_two_rooms_cannot_be_told_to_be_equal(two, path):
    await two.commit(intent("I1"))
    await two.commit(intent("I2", room="elsewhere"))
    with plain(path) as other:
        macs = other.execute("SELECT DISTINCT participant_mac FROM acts").fetchall()
    assert len(macs) == 2
    other.close()


def held_twice(connection):
    connection.execute(
        "INSERT INTO acts SELECT 'I2', 2, room_mac, participant_mac, reach, by, at, "
        "settled_at FROM acts"
    )


async def test_the_database_itself_holds_a_target_only_once(two):
    await two.commit(intent("I1"))
    await two.commit(change("I2", 2))
    with pytest.raises((StoreError, sqlite3.Error)):
        await through_writer(two, held_twice)
