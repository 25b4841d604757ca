"""A step whose target somebody else holds, or that would go over a cap."""

from dataclasses import replace
from datetime import timedelta

import pytest
from incident_story import ANN, BEN, HELD_BY_BEN, STATES, Story

from bot.core.actions import Effect
from bot.core.incident import commands as c
from bot.core.incident.advance import next_due
from bot.core.incident.moves import MOVES
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import StepStatus, Verb
from bot.core.locks import Obstacle, Target
from bot.core.summary import summarise
from tests.fakes.scripted import PLAN, ROOM

MAY_BE_BLOCKED = (
    *(StepStatus.PREPARING, StepStatus.READY),
    *(StepStatus.ASKED, StepStatus.BLOCKED),
)


def capped(story):
    return Obstacle(begun=2, most=2, until=story.now + timedelta(minutes=40))


def sentences(story):
    return [
        "".join(str(getattr(part, "id", part)) for part in one.parts)
        for section in summarise("INC-7", story.events)
        for one in section.sentences
    ]


def test_a_refused_run_goes_back_to_the_step_with_who_holds_the_target():
    story = Story().ready().press(Verb.RUN).blocked()
    assert story.step.status is StepStatus.BLOCKED
    assert story.step.obstacle == HELD_BY_BEN
    assert story.step.plan == PLAN
    assert not story.work
    assert story.events[-1].body.asked_by == ANN


def test_the_summary_says_for_whom_nothing_was_done_and_who_acts():
    story = Story().ready().press(Verb.RUN).blocked()
    (told,) = [one for one in sentences(story) if "nothing was done for" in one]
    assert f"nothing was done for {ANN}, as incident INC-9 acts on the whole" in told
    assert f"for {BEN} since " in told


def test_before_a_press_nobody_is_told_to_have_been_refused():
    story = STATES[StepStatus.BLOCKED]()
    assert story.events[-1].body.asked_by is None
    assert any("blocked, as incident INC-9" in one for one in sentences(story))


def test_a_button_that_lives_goes_when_somebody_takes_its_target():
    story = Story().ready()
    assert Verb.RUN in MOVES[story.step.status]
    story.blocked()
    assert story.step.status is StepStatus.BLOCKED
    assert story.events[-1].body.asked_by is None


def test_the_summary_says_how_many_acts_there_were_and_when_the_next_may_begin():
    story = Story().at_action()
    told = " ".join(sentences(story.blocked(capped(story))))
    assert "2 such acts have begun in this room within an hour" in told
    assert "the policy allows 2. The next may begin " in told


def test_a_cap_of_nothing_has_no_time_at_which_it_ends():
    story = Story().at_action().blocked(Obstacle(begun=0, most=0))
    assert "the policy allows 0." in " ".join(sentences(story))
    assert next_due(story.state, story.now, story.rules.settle) is None


def test_a_cap_wakes_the_incident_when_it_is_over():
    story = Story().at_action()
    obstacle = capped(story)
    story.blocked(obstacle)
    due = next_due(story.state, story.now, story.rules.settle)
    assert due == obstacle.until


def test_there_is_no_button_to_run_it_until_it_is_free_and_planned_anew():
    story = STATES[StepStatus.BLOCKED]()
    assert Verb.RUN not in MOVES[story.step.status]
    story.do(c.Unblock(story.step.ref))
    assert story.work.prepare == story.step.ref
    assert story.step.obstacle is None
    assert Verb.RUN in MOVES[story.prepared().step.status]


def test_the_same_obstacle_is_told_once_and_another_one_again():
    story = STATES[StepStatus.BLOCKED]()
    before = len(story.events)
    story.blocked()
    assert len(story.events) == before
    story.blocked(Obstacle(begun=2, most=2))
    assert len(story.events) == before + 1
    assert story.step.obstacle.holder is None


@pytest.mark.parametrize(
    "status",
    [s for s in STATES if s not in MAY_BE_BLOCKED],
)
def test_only_what_was_about_to_begin_can_be_blocked(status):
    story = STATES[status]()
    with pytest.raises(NotNow, match="not at that point"):
        story.blocked()


def test_nothing_is_unblocked_in_a_resolved_incident():
    story = STATES[StepStatus.BLOCKED]()
    ref = story.step.ref
    story.resolved()
    with pytest.raises(NotNow, match="is resolved"):
        story.do(c.Unblock(ref))


def test_an_intent_says_what_it_holds():
    (intent,) = [
        event.body
        for event in Story().running().events
        if event.body.kind == "action.intended"
    ]
    assert intent.holds == Target(room=ROOM)


def test_an_intent_that_only_looks_holds_nothing():
    story = Story().ready().press(Verb.RUN)
    story.rules = replace(story.rules, effects={"kick": Effect.LOOKS})
    story.intend()
    assert story.events[-1].body.holds is None


def test_an_incident_is_not_resolved_over_a_doubt_so_no_target_is_left_held():
    """The written rule: settle first. Also `anyway` does not go over it."""
    story = STATES[StepStatus.UNSURE]()
    for anyway in (True, False):
        with pytest.raises(NotNow, match="settle it first"):
            story.do(c.Resolve("Over.", anyway=anyway), ANN)
    story.press(Verb.NOT_HAPPENED).resolved()


def test_what_was_approved_is_void_when_it_cannot_begin_and_that_is_said():
    story = Story().awaiting(by=ANN)
    story.press(Verb.APPROVE, by=BEN).press(Verb.APPROVE, by="U0CYD")
    assert story.step.status is StepStatus.ASKED
    story.blocked()
    assert story.step.status is StepStatus.BLOCKED
    assert story.step.approval is None
    kinds = [event.body.kind for event in story.events[-2:]]
    assert kinds == ["approval.voided", "action.blocked"]
    assert any("must be approved anew when it can" in one for one in sentences(story))
