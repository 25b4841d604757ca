import asyncio
from dataclasses import replace

import pytest
from store_samples import START, change, event, head, later, opened

from bot.errors import StoreError
from bot.store.rows import Change, Commit


async def test_a_batch_is_read_back_as_it_was_given(store):
    batch = change("I1", 3, size=3)
    assert await store.commit(batch) is Commit.DONE
    assert await store.events("I1") == list(batch.events)
    assert await store.head("I1") == batch.head


async def test_events_are_given_after_a_number(store):
    await opened(store, "I1", length=4)
    assert [row.seq for row in await store.events("I1", after=2)] == [3, 4]
    assert await store.events("I1", after=4) == []


async def test_an_unknown_incident_has_neither_head_nor_events(store):
    assert await store.head("I9") is None
    assert await store.events("I9") == []


async def test_each_batch_rewrites_the_head(store):
    await opened(store, "I1")
    moved = head("I1", 2, status="resolved", room="annex", channel="C2")
    moved = replace(moved, opened_at=later(days=-1))
    assert await store.commit(Change(moved, (event("I1", 2),))) is Commit.DONE
    assert await store.head("I1") == moved


@pytest.mark.parametrize("last", [1, 2, 4, 9])
async def test_a_batch_that_expects_another_end_is_stale_and_changes_nothing(
    store, last
):
    await opened(store, "I1", length=2)
    before = await store.events("I1")
    batch = change("I1", last, receipt="r1", wake=START)
    assert await store.commit(batch) is Commit.STALE
    assert await store.events("I1") == before
    assert await store.head("I1") == head("I1", 2)
    assert not await store.seen("r1")
    assert await store.next_due() is None


async def test_a_batch_for_an_incident_that_is_not_there_is_stale(store):
    assert await store.commit(change("I1", 2)) is Commit.STALE
    assert await store.head("I1") is None


async def test_a_redelivery_is_harmless(store):
    first = change("I1", 1, receipt="r1")
    again = change("I1", 2, receipt="r1", wake=START)
    assert await store.commit(first) is Commit.DONE
    assert await store.commit(first) is Commit.REPEATED
    assert await store.commit(again) is Commit.REPEATED
    assert await store.events("I1") == list(first.events)
    assert await store.next_due() is None


async def test_a_redelivery_that_would_open_another_incident_opens_none(store):
    await store.commit(change("I1", 1, receipt="r1"))
    assert await store.commit(change("I2", 1, receipt="r1")) is Commit.REPEATED
    assert await store.head("I2") is None


async def test_two_presses_of_one_group_have_one_winner(store):
    await opened(store, "I1")
    presses = [change("I1", 2, by=f"U{n}") for n in range(20)]
    answers = await asyncio.gather(*map(store.commit, presses))
    assert sorted(answers) == [Commit.DONE] + [Commit.STALE] * 19
    winner = presses[answers.index(Commit.DONE)]
    assert (await store.events("I1"))[1:] == list(winner.events)


async def test_deliveries_of_one_group_with_one_receipt_are_taken_once(store):
    batches = [change(f"I{n}", 1, receipt="r1") for n in range(20)]
    answers = await asyncio.gather(*map(store.commit, batches))
    assert sorted(answers) == [Commit.DONE] + [Commit.REPEATED] * 19
    assert len(await store.heads()) == 1


async def test_a_wake_comes_with_its_batch(store):
    await store.commit(change("I1", 1, wake=later(minutes=1)))
    assert await store.next_due() == later(minutes=1)


async def test_a_receipt_comes_with_its_batch(store):
    assert not await store.seen("r1")
    await store.commit(change("I1", 1, receipt="r1"))
    assert await store.seen("r1")


async def test_a_text_with_half_a_character_is_refused_and_the_rest_is_taken(store):
    bad = Change(head("I1", 1, room="\ud800"), (event("I1", 1),), receipt="r1")
    refused, taken = await asyncio.gather(
        store.commit(bad), store.commit(change("I2", 1)), return_exceptions=True
    )
    assert isinstance(refused, StoreError)
    assert "half a character" in str(refused)
    assert taken is Commit.DONE
    assert not await store.seen("r1")
    assert await store.head("I1") is None


async def test_a_batch_that_breaks_half_way_leaves_nothing(store):
    await opened(store, "I1")
    third = replace(event("I1", 3), body="\udfff")
    batch = Change(head("I1", 3), (event("I1", 2), third), "r1", START)
    with pytest.raises(StoreError):
        await store.commit(batch)
    assert await store.head("I1") == head("I1", 1)
    assert len(await store.events("I1")) == 1
    assert await store.commit(change("I1", 2, receipt="r1")) is Commit.DONE
