"""The trail's heads stand where people look, drawn from the events alone."""

import re
from dataclasses import replace

from states import ANN, CATALOGUE, RULES, Story, moved, told

from bot.core.evidence import bad
from bot.core.incident import commands as c
from bot.core.incident.apply import apply
from bot.core.incident.state import Verb
from handlers.render.message import wanted

HEAD = re.compile(r"[Tt]rail head `([0-9a-f]+)`(?: at event (\d+))?")


def linked(story):
    """Give each event a link, as the store does."""
    story.events[:] = [
        event._replace(link=f"{event.seq:02x}" * 32) for event in story.events
    ]
    return story


def heads(story):
    """Return what each message shows, by part."""
    messages = wanted(linked(story).state, story.events, CATALOGUE)
    return {one.part: HEAD.findall(told(one)) for one in messages}


def shown(seq):
    return f"{seq:02x}" * 16


def test_the_card_always_shows_the_head_of_now():
    story = Story()
    assert heads(story)["card"] == [(shown(2), "")]
    story.ranked()
    assert heads(story)["card"] == [(shown(story.state.seq), "")]


def test_the_opening_is_anchored_and_stays_so():
    story = Story()
    assert heads(story)["checks"] == [(shown(2), "2")]
    story.ranked().start().press(Verb.CONFIRM)
    assert heads(story)["checks"] == [(shown(2), "2")]


def test_the_opening_is_anchored_however_much_the_checks_say():
    story = Story()
    for _ in range(12):
        story.reports("token-endpoint", bad("It is long. " * 30))
        story.do(c.Resolve(anyway=True), ANN).do(c.Reopen(), ANN)
    assert heads(story)["checks"] == [(shown(2), "2")]


def test_each_act_is_anchored_with_its_step():
    story = Story().at_action()
    assert heads(story)["step:1:3"] == []
    story.press(Verb.RUN).intended()
    assert heads(story)["step:1:3"] == [(shown(story.state.seq), str(story.state.seq))]
    intent = story.state.seq
    story.do(c.Finish(story.here(), 1, ok=True, detail="It was ended."))
    assert heads(story)["step:1:3"] == [(shown(intent + 1), str(intent + 1))]
    assert heads(story)["step:1:1"] == []


def test_each_resolution_is_anchored():
    story = Story().ranked().resolved()
    first = story.state.seq
    story.do(c.Reopen(), ANN).resolved()
    found = heads(story)
    assert found["summary:1"] == [(shown(first), str(first))]
    assert found["summary:2"] == [(shown(story.state.seq), str(story.state.seq))]


def test_an_incident_without_checks_has_its_head_on_the_card():
    story = Story(rules=replace(RULES, opening=()))
    assert "checks" not in heads(story)
    assert heads(story)["card"] == [(shown(story.state.seq), "")]


def test_looks_that_were_not_asked_for_at_the_opening_do_not_anchor_it():
    story = Story(rules=replace(RULES, opening=())).do(c.See((moved(1),)))
    asked = Story().events[1]._replace(seq=story.state.seq + 1)
    story.events.append(asked)
    story.state = apply(story.state, asked)
    assert heads(story)["checks"] == [(shown(1), "1")]


def test_events_that_are_not_stored_yet_show_no_head():
    messages = Story().ranked().resolved().messages()
    assert not any(HEAD.search(told(one)) for one in messages)
