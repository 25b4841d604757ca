import pytest
from store_samples import START, change, drawing, later, notice, opened, transition

from bot.errors import StoreError


async def test_heads_come_newest_first_and_no_more_than_asked(store):
    for number in range(4):
        await opened(store, f"I{number}", opened_at=later(hours=number))
    names = [head.incident for head in await store.heads(limit=3)]
    assert names == ["I3", "I2", "I1"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"I1", "I2", "I3", "I4"}),
        ({"channel": "C1"}, {"I1", "I2"}),
        ({"room": "annex"}, {"I2", "I4"}),
        ({"statuses": ("open",)}, {"I1", "I4"}),
        ({"statuses": ("open", "resolved")}, {"I1", "I2", "I3", "I4"}),
        ({"statuses": ()}, set()),
        ({"channel": "C1", "room": "annex"}, {"I2"}),
        ({"channel": "C1", "statuses": ("open",)}, {"I1"}),
        ({"room": "annex", "statuses": ("open",)}, {"I4"}),
        ({"channel": "C9"}, set()),
    ],
)
async def test_heads_are_found_by_status_channel_and_room(store, asked, found):
    await opened(store, "I1")
    await opened(store, "I2", room="annex", status="resolved")
    await opened(store, "I3", channel="C2", status="resolved")
    await opened(store, "I4", channel="C2", room="annex")
    assert {head.incident for head in await store.heads(**asked)} == found


async def test_incidents_are_counted_by_status(store):
    await opened(store, "I1")
    await opened(store, "I2", status="resolved")
    assert await store.count(("open",)) == 1
    assert await store.count(("open", "resolved")) == 2
    assert await store.count(()) == 0


async def test_due_gives_each_incident_once_and_the_oldest_wake_first(store):
    for incident in ("I1", "I2", "I3"):
        await opened(store, incident)
    await store.wake("I1", later(minutes=2))
    await store.wake("I2", later(minutes=1))
    await store.wake("I2", later(minutes=3))
    await store.wake("I3", later(minutes=4))
    assert await store.due(later(minutes=3), 9) == ["I2", "I1"]
    assert await store.due(later(minutes=3), 1) == ["I2"]
    assert await store.next_due() == later(minutes=1)


async def test_a_wake_is_due_at_its_very_time(store):
    await opened(store, "I1")
    await store.wake("I1", START)
    assert await store.due(later(microseconds=-1), 9) == []
    assert await store.due(START, 9) == ["I1"]


async def test_taken_wakes_are_deleted_and_later_ones_stay(store):
    await opened(store, "I1")
    await opened(store, "I2")
    for incident in ("I1", "I2"):
        await store.wake(incident, START)
    await store.wake("I1", later(minutes=1))
    await store.woken("I1", START)
    assert await store.due(later(hours=1), 9) == ["I2", "I1"]
    await store.woken("I1", later(minutes=1))
    assert await store.due(later(hours=1), 9) == ["I2"]


async def test_the_same_wake_twice_is_one(store):
    await opened(store, "I1")
    await store.wake("I1", START)
    await store.wake("I1", START)
    await store.woken("I1", START)
    assert await store.next_due() is None


async def test_a_wake_for_an_incident_that_is_not_there_is_refused(store):
    with pytest.raises(StoreError, match="not there"):
        await store.wake("I9", START)


async def test_an_incident_is_behind_until_its_last_event_is_drawn(store):
    await opened(store, "I1", length=3)
    assert await store.behind(9) == ["I1"]
    await store.drawn("I1", 2)
    assert await store.behind(9) == ["I1"]
    await store.drawn("I1", 3)
    assert await store.behind(9) == []
    await store.commit(change("I1", 4))
    assert await store.behind(9) == ["I1"]


async def test_drawn_never_goes_back(store):
    await opened(store, "I1", length=3)
    await store.drawn("I1", 3)
    await store.drawn("I1", 1)
    assert await store.behind(9) == []


async def test_drawn_past_the_last_event_is_ignored(store):
    await opened(store, "I1", length=3)
    await store.drawn("I1", 4)
    assert await store.behind(9) == ["I1"]


async def test_the_incident_that_waits_longest_is_behind_first(store):
    await opened(store, "I1", length=5)
    await opened(store, "I2", length=2)
    await opened(store, "I3", length=3)
    assert await store.behind(2) == ["I2", "I3"]


async def test_a_drawing_replaces_the_one_before_it(store):
    await opened(store, "I1")
    await store.keep_drawing(drawing("I1", ts=None, state="posting"))
    drawn = drawing("I1", ts="7.8", thread_ts="1.1", digest="def", at=later(hours=1))
    await store.keep_drawing(drawn)
    blocked = drawing("I1", "step-1", state="blocked", reason="not_in_channel")
    await store.keep_drawing(blocked)
    assert await store.drawings("I1") == [drawn, blocked]
    await store.forget_drawing("I1", "card")
    await store.forget_drawing("I1", "no such part")
    assert await store.drawings("I1") == [blocked]


async def test_a_drawing_in_an_unknown_state_is_refused(store):
    await opened(store, "I1")
    with pytest.raises(StoreError):
        await store.keep_drawing(drawing("I1", state="lost"))
    assert await store.drawings("I1") == []


async def test_notices_come_oldest_first_until_they_expire(store):
    await store.add_notice(notice("first", thread_ts="1.2"))
    await store.add_notice(notice("second", expires=later(hours=2)))
    found = await store.notices(START, 9)
    assert [(one.text, one.thread_ts) for one in found] == [
        ("first", "1.2"),
        ("second", None),
    ]
    assert [one.text for one in await store.notices(START, 1)] == ["first"]
    assert [one.text for one in await store.notices(later(minutes=30), 9)] == ["second"]


async def test_the_number_of_a_dropped_notice_is_not_given_again(store):
    await store.add_notice(notice("first"))
    (first,) = await store.notices(START, 9)
    await store.drop_notice(first.id)
    await store.add_notice(notice("second"))
    (second,) = await store.notices(START, 9)
    assert second.id != first.id
    await store.drop_notice(first.id)
    assert await store.notices(START, 9) == [second]


async def test_transitions_are_kept_once_by_id(store):
    rows = [transition(1), transition(2, joined_at=None), transition(1)]
    assert await store.add_transitions(rows) == 2
    assert await store.add_transitions(rows) == 0
    assert await store.add_transitions([]) == 0
    assert await store.transitions("lobby", since=START) == rows[:2]


async def test_transitions_are_of_a_room_and_a_participant_since_a_time(store):
    rows = [
        transition(1),
        transition(2, identity="peer-2"),
        transition(3, room="annex"),
        transition(4),
    ]
    await store.add_transitions(rows)
    since = later(seconds=2)
    assert await store.transitions("lobby", since=since) == [rows[1], rows[3]]
    mine = await store.transitions("lobby", since=START, identity="peer-1")
    assert mine == [rows[0], rows[3]]


async def test_of_many_transitions_the_latest_are_given_oldest_first(store):
    rows = [transition(number) for number in range(10)]
    await store.add_transitions(rows)
    assert await store.transitions("lobby", since=START, limit=3) == rows[7:]


async def test_transitions_of_one_second_keep_the_order_of_their_arrival(store):
    rows = [transition(number, at=START) for number in (3, 1, 2)]
    await store.add_transitions(rows)
    assert await store.transitions("lobby", since=START) == rows


async def test_pruning_deletes_what_is_too_old_and_nothing_else(store):
    await store.commit(change("I1", 1, receipt="old"))
    await store.commit(change("I1", 3, size=2, receipt="young"))
    await store.add_notice(notice("old", expires=later(hours=24)))
    await store.add_notice(notice("young", expires=later(hours=25)))
    await store.add_transitions([transition(0), transition(2, at=later(hours=-150))])
    await store.prune(later(hours=24, seconds=2))
    assert [await store.seen(name) for name in ("old", "young")] == [False, True]
    assert [one.text for one in await store.notices(START, 9)] == ["young"]
    kept = await store.transitions("lobby", since=later(days=-9))
    assert kept == [transition(0)]
    assert len(await store.events("I1")) == 3


async def test_pruning_takes_more_than_one_portion(store):
    await store.add_transitions(transition(number) for number in range(2500))
    await store.prune(later(days=8))
    assert await store.transitions("lobby", since=START) == []
