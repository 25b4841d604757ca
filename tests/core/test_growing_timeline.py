from incident_story import ANN, Story

from bot.core.incident import commands as c
from bot.core.incident.decide import decide
from bot.core.incident.events import BOT
from bot.core.incident.growing import folded, numbered, with_what_follows
from tests.fakes.scripted import BLIND, REPAIR


def started(page):
    """Return an incident before a page is started, and what starting it comes to."""
    before = Story().ranked()
    context = before.context(ANN)
    bodies = decide(before.state, c.Start(page), context)
    return before, bodies, with_what_follows(before.state, bodies, context)


def test_bodies_take_the_next_places_as_the_persons_own():
    before, bodies, _ = started(REPAIR)
    events = numbered(bodies, before.state.seq, before.now, ANN)
    assert [event.seq for event in events] == [before.state.seq + 1]
    assert [event.by for event in events] == [ANN]


def test_what_follows_is_the_bots_and_comes_in_the_same_breath():
    before, _, (events, after) = started(BLIND)
    assert [event.by for event in events] == [ANN, BOT]
    numbers = range(before.state.seq + 1, before.state.seq + 1 + len(events))
    assert [event.seq for event in events] == list(numbers)
    assert after == folded(before.state, events)
    assert after.seq == events[-1].seq


def test_nothing_follows_nothing():
    before = Story().ranked()
    assert with_what_follows(before.state, (), before.context()) == ((), before.state)
