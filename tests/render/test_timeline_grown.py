"""What messages are drawn from grows event by event, and is what all events give."""

from itertools import pairwise

from any_stories import ALL, stories
from hypothesis import given, settings
from hypothesis import strategies as st
from states import BEN, CATALOGUE, Story

from bot.core.evidence import bad
from bot.core.incident import events as e
from bot.core.incident.apply import fold
from bot.core.incident.state import Verb
from bot.core.summary import summarise
from handlers.render.message import parts, wanted
from handlers.render.timeline import alter_the_past, timeline


def drawn(line, catalogue=ALL):
    return tuple(part.draw() for part in parts(line, catalogue))


def grown(story, cuts):
    """Read the events up to each cut, one stretch after another."""
    marks = sorted({1, *cuts, len(story.events)})
    line = timeline(story.id, story.events[:1])
    for before, end in pairwise(marks):
        line = line.then(story.events[before:end])
    return line


@st.composite
def cut_stories(draw):
    story = draw(stories())
    return story, draw(st.sets(st.integers(1, len(story.events))))


@settings(max_examples=25, deadline=None)
@given(cut_stories())
def test_events_read_in_any_stretches_give_what_all_at_once_give(told):
    story, cuts = told
    line = grown(story, cuts)
    assert line.state == fold(story.id, story.events)
    assert line.sections() == summarise(story.id, story.events)
    assert drawn(line) == wanted(story.state, story.events, ALL)


@settings(max_examples=8, deadline=None)
@given(stories())
def test_a_part_that_rests_on_the_very_same_is_the_same_message(story):
    line, before = timeline(story.id, story.events[:1]), {}
    for event in [None, *story.events[1:]]:
        line = line.then([event] if event else [])
        now = {part.name: (part.rests_on, part.draw()) for part in parts(line, ALL)}
        for name in before.keys() & now.keys():
            pairs = zip(before[name][0], now[name][0], strict=False)
            same = len(before[name][0]) == len(now[name][0])
            if same and all(one is other for one, other in pairs):
                assert before[name][1] == now[name][1]
        before = now


def names_that_changed(before, after):
    """Name the parts that do not rest on the very same as before."""
    known = {part.name: part.rests_on for part in parts(before, CATALOGUE)}
    for part in parts(after, CATALOGUE):
        was = known.get(part.name, ())
        if len(was) != len(part.rests_on) or any(
            one is not other for one, other in zip(part.rests_on, was, strict=True)
        ):
            yield part.name


def stretch(story, change):
    """Return the timelines before and after a change of the story."""
    seen = len(story.events)
    before = timeline(story.id, story.events)
    change()
    return before, before.then(story.events[seen:])


def test_a_look_touches_the_card_and_the_checks_alone():
    story = Story()
    report = stretch(story, lambda: story.reports("token-endpoint", bad("No.")))
    assert {*names_that_changed(*report)} == {"card", "checks"}


def test_a_step_that_ended_is_left_alone_while_others_go_on():
    story = Story().at_action()
    pressed = stretch(story, lambda: story.press(Verb.RUN))
    assert {*names_that_changed(*pressed)} == {"card", "step:1:3", "ranking"}


def test_what_was_read_before_is_not_altered_by_what_follows():
    story = Story().ranked().start()
    before = timeline(story.id, story.events)
    once = drawn(before, CATALOGUE)
    seen = len(story.events)
    story.press(Verb.CONFIRM, by=BEN).resolved()
    before.then(story.events[seen:])
    assert drawn(before, CATALOGUE) == once


def test_only_an_erasure_alters_what_was_before_it():
    story = Story().ranked().resolved()
    assert not alter_the_past(story.events)
    told = e.Erased(erased=1, left="00", why="It names somebody.")
    erased = story.events[-1]._replace(body=told)
    assert alter_the_past([*story.events, erased])
