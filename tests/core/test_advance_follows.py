from dataclasses import replace
from datetime import timedelta

import pytest
from incident_story import (
    ANN,
    BACK,
    BEN,
    DOWN,
    GONE,
    NOBODY,
    SILENT,
    STATES,
    TWO,
    UP,
    Story,
)

from bot.core.incident import commands as c
from bot.core.incident.advance import Work, next_due, pending
from bot.core.incident.apply import apply, opened
from bot.core.incident.events import Purpose
from bot.core.incident.state import StepStatus, Verb
from tests.fakes.scripted import BLIND, CALM, KICK, LOOK, RULES, TALK, page

GUARDED = page("guarded", TALK.model_copy(update={"when": "room.people > 0"}))


def due(story):
    return next_due(story.state, story.now, story.rules.settle)


def test_the_pages_are_ranked_when_all_opening_checks_have_reported():
    story = Story().sees("endpoint", DOWN)
    assert story.state.ranking is None
    story.sees("people", TWO)
    assert story.state.ranking.proposed == "repair"
    assert not story.state.runs


def test_a_crashed_check_does_not_hold_the_ranking():
    story = Story().sees("endpoint", SILENT).sees("people", SILENT)
    assert story.state.ranking.proposed is None


def test_a_check_step_looks_by_itself_when_it_is_its_turn():
    story = Story().at_look()
    (waiting,) = story.state.unreported()
    assert waiting.call.purpose is Purpose.STEP
    assert waiting.call.params == {"room": "blue-whale"}
    story.sees("endpoint", UP)
    assert story.step.number == 3


def test_a_check_step_with_an_unknown_verdict_is_not_done():
    story = Story().at_look().sees("endpoint", SILENT)
    assert story.step.status is StepStatus.ATTENTION


def test_a_skipped_look_may_still_report():
    story = Story().at_look().press(Verb.SKIP)
    story.sees("endpoint", DOWN)
    assert story.state.run.steps[1].status is StepStatus.SKIPPED
    assert story.step.status is StepStatus.PREPARING


@pytest.mark.parametrize(
    ("wait", "seen", "then"),
    [
        (0, None, StepStatus.OPEN),
        (600, TWO, StepStatus.OPEN),
        (600, NOBODY, StepStatus.BARRED),
        (600, SILENT, StepStatus.BARRED),
    ],
)
def test_a_guard_is_asked_when_the_step_is_reached(wait, seen, then):
    story = Story().ranked().wait(wait).start(GUARDED)
    if seen:
        assert story.step.status is StepStatus.WAITING
        (waiting,) = story.state.unreported()
        assert waiting.call.purpose is Purpose.GUARD
        story.sees("people", seen)
    assert story.step.status is then


def test_a_guard_over_facts_that_nobody_has_seen_is_looked_at():
    story = Story().sees("endpoint", DOWN).sees("people", SILENT).start(GUARDED)
    assert story.step.status is StepStatus.WAITING
    story.sees("people", SILENT)
    assert story.step.why.endswith("; room.people could not be told.")


def test_a_guard_of_another_version_holds_the_step_back_and_says_so():
    odd = TALK.model_copy(update={"when": "room.people >"})
    story = Story().ranked().start(page("odd", odd, TALK))
    assert story.step.status is StepStatus.BARRED
    assert "cannot be read" in story.step.why
    story.press(Verb.SKIP)
    assert story.step.number == 2


def test_a_page_may_say_how_fresh_a_guards_facts_must_be():
    step = TALK.model_copy(
        update={"when": "room.people > 0", "fresh": timedelta(seconds=30)}
    )
    story = Story().ranked().wait(60).start(page("fresh", step))
    assert story.step.status is StepStatus.WAITING


@pytest.mark.parametrize(
    ("seen", "then"), [(TWO, StepStatus.ASKED), (NOBODY, StepStatus.BARRED)]
)
def test_stale_facts_are_looked_at_between_the_press_and_the_act(seen, then):
    story = Story().ready().wait(600).press(Verb.RUN)
    assert story.step.status is StepStatus.ASKED
    assert not story.work.act
    story.sees("people", seen)
    assert story.step.status is then
    assert bool(story.work.act) is (then is StepStatus.ASKED)


def test_facts_that_cannot_be_told_at_the_act_bar_it():
    story = Story().ready().wait(600).press(Verb.RUN).sees("people", SILENT)
    assert story.step.status is StepStatus.BARRED
    assert not story.work


def test_an_effect_is_looked_for_at_growing_intervals_and_then_a_person_is_asked():
    story = Story().running().finish()
    for delay in RULES.verify:
        (waiting,) = story.state.unreported()
        assert waiting.call.due == story.now + delay
        assert due(story) == waiting.call.due
        assert not story.work
        story.wait(delay.total_seconds())
        assert [one.call for one in story.work.looks] == [waiting.call]
        story.sees("connected", GONE)
    assert story.step.status is StepStatus.UNVERIFIED
    assert not story.work
    assert due(story) is None


def test_a_second_attempt_is_verified_from_the_start_again():
    story = Story().unverified().press(Verb.PREPARE).prepared().press(Verb.RUN)
    story.intend().finish()
    (waiting,) = story.state.unreported()
    assert waiting.call.due == story.now + RULES.verify[0]
    story.sees("connected", GONE)
    assert story.step.status is StepStatus.VERIFYING


def test_verifying_does_not_mind_a_clock_that_is_set_back():
    story = Story().running().wait(-3600).finish().sees("connected", GONE)
    assert story.step.status is StepStatus.VERIFYING
    assert [name for name, _ in story.waiting()] == ["connected"]
    story.sees("connected", GONE)
    assert story.step.status is StepStatus.UNVERIFIED


@pytest.mark.parametrize(
    ("seen", "then"), [(GONE, StepStatus.UNVERIFIED), (BACK, StepStatus.DONE)]
)
def test_a_runbook_started_meanwhile_does_not_end_the_verification(seen, then):
    story = Story().running().finish().start(CALM, by=BEN)
    while dict(story.waiting()).get("connected"):
        story.sees("connected", seen)
    assert story.state.runs[0].steps[2].status is then
    assert story.step.ref.run == 2
    assert story.step.status is StepStatus.OPEN


def test_a_step_of_a_runbook_that_was_left_is_not_prepared():
    story = Story().at_action().start(CALM)
    assert not story.work
    story.start(BLIND)
    assert story.work == Work(prepare=story.step.ref)


def test_a_doubt_is_looked_into_at_growing_intervals():
    story = Story().running()
    assert story.work.settle == story.step.ref
    story.doubt()
    assert story.work.settle == story.step.ref
    story.doubt()
    assert not story.work
    assert due(story) == story.now + RULES.settle[1]
    story.wait(RULES.settle[1].total_seconds())
    assert story.work.settle == story.step.ref
    story.clear(happened=None)
    assert story.step.status is StepStatus.UNSURE
    assert not story.work


def test_a_doubt_without_its_time_is_a_fault_of_ours():
    story = Story().running().doubt()
    run = story.state.run
    steps = tuple(replace(step, doubted_at=None) for step in run.steps)
    broken = replace(story.state, runs=(replace(run, steps=steps),))
    with pytest.raises(ValueError, match="time of its doubt"):
        pending(broken, story.now, RULES.settle)


@pytest.mark.parametrize("status", STATES)
def test_nothing_waits_in_a_resolved_incident(status):
    story = STATES[status]()
    if not story.step or story.step.status in {"asked", "running", "doubt", "unsure"}:
        return
    story.resolved().wait(3600).follow()
    assert not story.work
    assert due(story) is None


@pytest.mark.parametrize("status", STATES)
def test_the_engine_only_acts_where_a_person_asked(status):
    assert bool(STATES[status]().work.act) is (status is StepStatus.ASKED)


def test_an_event_must_be_the_next_one():
    story = Story()
    with pytest.raises(ValueError, match="does not follow"):
        apply(story.state, story.events[-1])


def test_the_first_event_opens():
    with pytest.raises(TypeError, match=r"incident\.opened"):
        opened("INC-7", Story().events[1])


def test_an_event_about_a_step_that_is_not_there_is_a_fault_of_ours():
    story = Story().ranked().start(CALM).press(Verb.CONFIRM)
    stray = story.events[-1]._replace(seq=Story().state.seq + 1)
    with pytest.raises(ValueError, match="There is no step"):
        apply(Story().state, stray)


def test_a_look_for_a_guard_leaves_the_step_where_it_stands():
    story = Story().ranked().wait(600).start(GUARDED)
    assert story.step.guarded
    assert story.step.by is None
    story.sees("people", TWO)
    assert not story.step.guarded


def test_a_page_of_looks_goes_on_from_one_to_the_next():
    story = Story().ranked().start(page("looks", LOOK, LOOK, KICK))
    story.sees("endpoint", UP).sees("endpoint", UP)
    assert story.step.status is StepStatus.PREPARING
    assert story.do(c.Start(CALM), ANN).step.ref.run == 2


def test_what_waits_is_due_at_once_when_the_clock_was_turned_back():
    story = Story().running().doubt().doubt()
    before, later = (story.now - timedelta(hours=1), story.now)
    assert not pending(story.state, later, story.rules.settle).settle
    assert pending(story.state, before, story.rules.settle).settle


def test_a_look_that_waits_is_taken_at_once_when_the_clock_was_turned_back():
    story = Story().running().finish()
    (look,) = story.state.unreported()
    assert look.call.due > story.now
    assert not pending(story.state, story.now, story.rules.settle).looks
    before = look.asked_at - timedelta(hours=1)
    assert pending(story.state, before, story.rules.settle).looks == (look,)
