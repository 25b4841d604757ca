"""Whatever is stored has its link in the same batch; and words can be erased."""

import asyncio
from dataclasses import replace

import pytest
from engine_story import ANN, BEN, CHANNEL, House, now
from structlog.testing import capture_logs

from bot.core.incident.commands import Open, Press
from bot.core.incident.erasing import Erase
from bot.core.incident.events import StepRef
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Verb
from bot.core.report import Report
from bot.core.trail.audit import Head, audit
from bot.engine.rows import event_rows, events_from, head_of
from bot.engine.trail import kept_of
from bot.errors import StoreError, UsageError
from bot.store.rows import Change, Commit
from tests.fakes.scripted import ROOM

WORDS = "The password of Eve is hunter2."


async def kept(store, incident="INC-1"):
    rows, links = await store.events(incident), await store.links(incident)
    assert [row.seq for row in rows] == [link.seq for link in links]
    return list(map(kept_of, rows, links))


async def problems(store, service, heads=()):
    events = await kept(store)
    return audit("INC-1", events, [service.trail.key.public], heads).problems


async def only_opened(at, words=WORDS):
    report = Report(room=ROOM, participant="alice", words=words)
    return await at.service.open(Open(report, CHANNEL), by=ANN, receipt=None)


async def opened(at, words=WORDS):
    incident = await only_opened(at, words)
    await at.service.follow(incident)
    return incident


def wish(seq, by=BEN):
    return Erase(seq, by, now(), "It names a password.")


async def test_a_whole_incident_has_a_whole_trail(store):
    at = House(store)
    async with at.running():
        await at.opened()
        await at.ready()
    assert await problems(store, at.service) == ()
    events = await at.service.events("INC-1")
    assert all(len(event.link) == 64 for event in events)
    assert await problems(store, at.service, [Head(events[-1].link)]) == ()


async def test_an_opening_is_chained_with_what_follows_it(store):
    at = House(store)
    incident = await only_opened(at)
    assert await store.links(incident) == []
    await at.service.follow(incident)
    assert await problems(store, at.service) == ()


async def test_an_opening_that_nothing_followed_is_chained_at_the_next_start(store):
    at = House(store)
    incident = await only_opened(at)
    at.restart()
    assert await at.service.chain_the_rest() == 1
    assert await at.service.chain_the_rest() == 0
    assert [link.seq for link in await store.links(incident)] == [1]


async def test_a_press_that_lost_leaves_no_link(store):
    at = House(store)
    async with at.running():
        await at.opened()
        await at.start()
    presses = [
        at.service.change("INC-1", Press(StepRef(1, 1), Verb.CONFIRM, "So."), by=who)
        for who in (ANN, BEN)
    ]
    outcomes = await asyncio.gather(*presses, return_exceptions=True)
    assert sum(isinstance(one, NotNow) for one in outcomes) == 1
    assert await problems(store, at.service) == ()


async def test_another_start_goes_on_where_the_trail_ended_also_with_another_key(store):
    at = House(store)
    await at.opened()
    before = at.service.trail.key
    at.restart()
    async with at.running():
        await at.ranked()
    keys = [before.public, at.service.trail.key.public]
    found = audit("INC-1", await kept(store), keys)
    assert found.problems == ()
    assert len(found.signers) == 2


async def test_what_is_from_before_the_trail_is_chained_at_the_start(store):
    at = House(store)
    await opened(at)
    state, events = await at.state(), await at.service.events("INC-1")
    rows = event_rows("INC-9", events)
    bare = Change(replace(head_of(state), incident="INC-9"), rows)
    assert await store.commit(bare) is Commit.DONE
    assert await at.service.chain_the_rest() == 1
    assert await at.service.chain_the_rest() == 0
    links = await store.links("INC-9")
    assert [link.seq for link in links] == [row.seq for row in rows]


async def test_an_incident_that_does_not_open_keeps_no_other_from_its_trail(store):
    at = House(store)
    await opened(at)
    rows = event_rows("INC-8", await at.service.events("INC-1"))
    for name in ("INC-8", "INC-9"):
        head = replace(head_of(await at.state()), incident=name)
        named = tuple(replace(row, incident=name) for row in rows)
        assert await store.commit(Change(head, named)) is Commit.DONE

    def spoil(connection):
        spoilt = "UPDATE events SET key = '!', sealed = x'00' WHERE incident = 'INC-8'"
        connection.execute(spoilt)

    await store._writer.submit(spoil)
    with capture_logs() as entries:
        assert await at.service.chain_the_rest() == 1
    assert len(await store.links("INC-9")) == len(rows)
    (told,) = [one for one in entries if one["event"] == "trail.broken"]
    assert told["incident"] == "INC-8"


async def test_a_change_chains_what_was_not_before_it(store):
    at = House(store)
    await opened(at)
    rows = event_rows("INC-9", await at.service.events("INC-1"))
    head = replace(head_of(await at.state()), incident="INC-9")
    assert await store.commit(Change(head, rows)) is Commit.DONE
    later = replace(rows[-1], seq=3)
    links = await at.service.trail.links(store, [later])
    assert [link.seq for link in links] == [1, 2, 3]


async def test_erased_words_are_gone_from_state_and_store_and_the_chain_holds(store):
    at = House(store)
    await opened(at)
    last = (await at.service.events("INC-1"))[-1]
    assert await at.service.erase("INC-1", wish(1)) == (1,)
    state = await at.state()
    assert state.report.words.startswith(f"[erased by {BEN}, ")
    assert all(WORDS not in row.body for row in await store.events("INC-1"))
    assert await problems(store, at.service, [Head(last.link, last.seq)]) == ()
    at.restart()
    assert await at.state() == state


async def test_an_incident_goes_on_after_an_erasure(store):
    at = House(store)
    async with at.running():
        await opened(at)
        await at.ranked()
        await at.service.erase("INC-1", wish(1))
        await at.ready()
    assert await problems(store, at.service) == ()


async def test_an_erasure_rings_whoever_draws(store):
    at = House(store)
    await opened(at)
    await at.service.bells.drawing.wait(0)
    await at.service.erase("INC-1", wish(1))
    assert await at.service.bells.drawing.wait(0.0) == ("INC-1",)


async def test_what_cannot_be_erased_is_told(store):
    at = House(store)
    await opened(at)
    with pytest.raises(NotNow, match="There is no event 9"):
        await at.service.erase("INC-1", wish(9))
    with pytest.raises(UsageError, match="There is no incident"):
        await at.service.erase("INC-2", wish(1))


async def test_erasures_at_once_are_made_one_after_the_other(store):
    at = House(store)
    await opened(at)
    erasing = [at.service.erase("INC-1", wish(1, by)) for by in (ANN, BEN)]
    outcomes = await asyncio.gather(*erasing, return_exceptions=True)
    assert sum(outcome == (1,) for outcome in outcomes) == 1
    assert sum(isinstance(one, NotNow) for one in outcomes) == 1
    assert await problems(store, at.service) == ()


async def test_an_erasure_that_is_never_first_gives_up(store, monkeypatch):
    at = House(store)
    await opened(at)

    async def stale(*_):
        return Commit.STALE

    monkeypatch.setattr(store, "commit", stale)
    with pytest.raises(StoreError, match="Too many changes at once"):
        await at.service.erase("INC-1", wish(1))


def test_events_without_links_have_none():
    assert events_from([]) == ()
