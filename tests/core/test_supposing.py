"""What would come of a press: told by the core, kept nowhere, with stand-ins in it."""

from dataclasses import replace

import pytest
from incident_story import ANN, BACK, BEN, HELD_BY_BEN, UP, WATCHED, Story

from bot.core.incident import supposing as s
from bot.core.incident.apply import fold
from bot.core.incident.commands import Context, Intend
from bot.core.incident.events import Event
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Status, StepStatus, Verb
from bot.core.incident.supposing import Case
from bot.core.policy import Deed
from bot.core.summary import summarise
from tests.fakes.scripted import (
    BLIND,
    CALM,
    KICK,
    LOOK,
    PLAN,
    REPAIR,
    ROOM,
    RULES,
    TALK,
    TELL,
    VOUCH,
    page,
)


def supposed(story, by=ANN):
    act = Intend(story.step.ref, PLAN, {"room": ROOM})
    context = Context(by, story.now, story.rules)
    return {
        one.case: one for one in s.supposed(story.state, story.events, act, context)
    }


def step(one, number):
    return one.state.run.steps[number - 1]


def ready(rules=RULES):
    return Story(rules=rules).ranked().start(BLIND).prepared()


def test_an_act_that_needs_nobody_else_goes_from_the_press_to_each_outcome():
    cases = supposed(ready())
    assert {case: step(one, 1).status for case, one in cases.items()} == {
        Case.PRESSED: StepStatus.ASKED,
        Case.RUNNING: StepStatus.RUNNING,
        Case.DONE: StepStatus.DONE,
        Case.NOTHING: StepStatus.UNREADY,
        Case.DOUBT: StepStatus.DOUBT,
        Case.UNSURE: StepStatus.UNSURE,
    }


def test_what_others_must_approve_asks_as_many_as_the_policy_wants():
    cases = supposed(ready(WATCHED))
    awaiting = step(cases[Case.AWAITING], 1)
    assert (awaiting.status, awaiting.approval.lacking) == (StepStatus.AWAITING, 2)
    assert step(cases[Case.BROKEN], 1).approval.glass_by == s.BREAKER
    intent = cases[Case.RUNNING].events[-1].body
    assert intent.approved_by == ("approver 1", "approver 2")
    assert intent.glass_broken_by is None


def test_without_anybody_who_may_the_glass_stays_whole():
    may = {**WATCHED.policy.may, Deed.BREAK_GLASS: frozenset()}
    rules = replace(WATCHED, policy=replace(WATCHED.policy, may=may))
    assert Case.BROKEN not in supposed(ready(rules))


def test_the_effect_is_seen_or_not_by_one_look_that_stands_for_all():
    story = Story().ranked().start(REPAIR).press(Verb.CONFIRM).sees("endpoint", BACK)
    cases = supposed(story.prepared())
    assert step(cases[Case.DONE], 3).status is StepStatus.VERIFYING
    assert step(cases[Case.EFFECT], 3).status is StepStatus.DONE
    assert step(cases[Case.NO_EFFECT], 3).status is StepStatus.UNVERIFIED


def test_nothing_of_it_reaches_the_real_timeline():
    story = ready()
    before = (story.state, tuple(story.events))
    cases = supposed(story, BEN)
    assert (story.state, tuple(story.events)) == before
    for one in cases.values():
        assert one.events[: len(story.events)] == before[1]
        assert fold(story.state.id, one.events) == one.state


def test_what_cannot_be_pressed_has_no_cases():
    with pytest.raises(NotNow):
        supposed(ready().blocked(HELD_BY_BEN))


def first(book):
    return Story().ranked().start(book)


@pytest.mark.parametrize(
    ("asks", "told"),
    [
        (TALK, [(ANN, "step.settled", None)]),
        (TELL, [(ANN, "step.settled", s.WORDS)]),
        (
            VOUCH,
            [
                ("witness 1", "step.attested", s.WORDS),
                ("witness 2", "step.attested", s.WORDS),
                ("witness 2", "step.settled", None),
            ],
        ),
    ],
    ids=["confirmed", "answered", "attested"],
)
def test_what_people_do_by_hand_is_done_with_words_that_nobody_knows(asks, told):
    story = first(page("one", asks))
    events = s.by_hand(story.step, story.events[-1], ANN)
    assert [(one.by, one.body.kind, one.body.words) for one in events] == told
    assert fold("INC-7", (*story.events, *events)).run.current() is None


def test_a_step_that_waits_for_nobodys_deed_is_not_done_by_hand():
    story = ready()
    assert s.by_hand(story.step, story.events[-1], ANN) == ()


def test_the_ending_tells_other_events_and_gives_looks_their_next_numbers():
    story = first(page("two", KICK, LOOK)).prepared()
    at = len(story.events) + 1
    done = supposed(story)[Case.EFFECT].events[len(story.events) :]
    story.press(Verb.SKIP).sees("endpoint", UP)
    context = Context(ANN, story.now, story.rules)
    ending = s.as_if("INC-7", story.events, {at: done}, context)
    assert [event.seq for event in ending] == list(range(1, len(ending) + 1))
    kinds = [event.body.kind for event in ending]
    assert "action.finished" in kinds
    state = fold("INC-7", ending)
    assert sorted(state.looks) == list(range(1, len(state.looks) + 1))
    assert all(look.evidence for look in state.looks.values())
    assert state.status is Status.RESOLVED
    told = str(summarise("INC-7", ending))
    assert s.OUTCOME in told
    assert "skipped" not in told


def test_without_anything_else_the_ending_is_the_timeline_resolved():
    story = first(CALM)
    context = Context(BEN, story.now, story.rules)
    *before, last = s.as_if("INC-7", story.events, {}, context)
    assert before == story.events
    assert isinstance(last, Event)
    assert (last.by, last.body.kind) == (BEN, "incident.resolved")
