"""A button that makes the bot act lives on fresh facts only."""

from dataclasses import replace
from datetime import timedelta

from incident_story import ANN, NOBODY, SILENT, TWO, Story

from bot.core.incident import commands as c
from bot.core.incident.advance import next_due
from bot.core.incident.ageing import UNATTENDED
from bot.core.incident.moves import MOVES
from bot.core.incident.state import StepStatus, Verb
from tests.fakes.scripted import KICK, KICK_BLINDLY, PLAN, page

OLD = 301
LASTS = timedelta(minutes=5)


def aged(story):
    return story.wait(OLD).follow()


def due(story):
    return next_due(story.state, story.now, story.rules.settle)


def test_a_step_that_is_ready_wakes_when_its_facts_are_too_old():
    story = Story().ready()
    seen = story.state.facts["room.people"].observed_at
    assert due(story) == seen + LASTS + timedelta(microseconds=1)
    story.now = due(story)
    story.follow()
    assert story.waiting() == [("people", 4)]


def test_the_button_goes_while_the_bot_looks_again_and_comes_back_with_a_new_plan():
    story = aged(Story().ready())
    assert story.step.status is StepStatus.WAITING
    assert MOVES[story.step.status] == ()
    assert story.step.plan == PLAN
    story.sees("people", TWO)
    assert story.work.prepare == story.step.ref
    assert story.prepared().step.status is StepStatus.READY


def test_a_plan_that_comes_late_finds_its_facts_too_old_and_shows_no_button():
    story = Story().at_action().wait(OLD).prepared()
    assert story.step.status is StepStatus.WAITING
    assert story.waiting() == [("people", 4)]


def test_what_is_seen_then_may_bar_it():
    story = aged(Story().ready()).sees("people", NOBODY)
    assert story.step.status is StepStatus.BARRED


def test_what_cannot_be_told_then_bars_it_and_does_not_look_for_ever():
    story = aged(Story().ready()).sees("people", SILENT)
    assert story.step.status is StepStatus.BARRED
    assert story.step.why == (
        "It waits until `room.people > 0`; room.people was seen too long ago."
    )
    assert not story.waiting()


def test_facts_that_no_check_tells_bar_it_when_they_are_old():
    told = KICK.model_copy(update={"when": "endpoint.up == false"})
    story = Story().ranked()
    story.start(page("odd", told)).prepared()
    assert story.step.status is StepStatus.READY
    story.rules = replace(story.rules, yields={})
    assert aged(story).step.status is StepStatus.BARRED


def test_a_step_that_does_not_apply_any_more_is_passed_over():
    only = KICK.model_copy(update={"when": None, "only_if": "room.people > 0"})
    story = Story().ranked().start(page("odd", only)).prepared()
    aged(story).sees("people", NOBODY)
    assert story.state.run.steps[0].status is StepStatus.PASSED


def test_a_step_that_does_not_apply_any_more_by_another_look_is_passed_over_at_once():
    only = KICK.model_copy(update={"when": None, "only_if": "room.people > 0"})
    story = Story().ranked().start(page("odd", only)).prepared()
    story.resolved().do(c.Reopen(), ANN).sees("people", NOBODY)
    assert story.state.run.steps[0].status is StepStatus.PASSED


def test_a_step_without_a_guard_is_ready_for_as_long_as_it_likes():
    story = Story().ranked().start(page("blind", KICK_BLINDLY)).prepared()
    assert due(story) is None
    assert aged(story).step.status is StepStatus.READY


def test_what_was_read_in_a_file_does_not_grow_old():
    story = Story().ready()
    lasting = story.state.facts["room.people"].model_copy(update={"lasting": True})
    story.state.facts["room.people"] = lasting
    assert due(story) is None
    assert aged(story).step.status is StepStatus.READY


def test_it_stops_looking_again_when_nobody_has_touched_the_step_for_long():
    story = Story().ready()
    for _ in range(UNATTENDED):
        aged(story).sees("people", TWO).prepared()
        assert story.step.status is StepStatus.READY
    assert aged(story).step.status is StepStatus.BARRED
    assert not story.waiting()


def test_and_goes_on_looking_once_somebody_has():
    story = Story().ready()
    for _ in range(UNATTENDED):
        aged(story).sees("people", TWO).prepared()
    aged(story).press(Verb.LOOK_AGAIN).sees("people", TWO).prepared()
    assert aged(story).waiting()


def test_a_guard_over_two_facts_looks_again_when_the_older_one_is_too_old():
    both = KICK.model_copy(update={"when": "room.people > 0 && endpoint.up == false"})
    story = Story().ranked().start(page("both", both)).prepared()
    first = min(one.observed_at for one in story.state.facts.values())
    assert due(story) == first + LASTS + timedelta(microseconds=1)
