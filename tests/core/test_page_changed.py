"""A page that is changed or taken away while an act of it waits for approvals."""

from dataclasses import replace

import pytest
from incident_story import BEN, WATCHED, Story

from bot.core.incident.approving import GONE, PAGE
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import StepStatus, Verb
from tests.fakes.scripted import PLAN, REPAIR

CAT, DAN = "U0CAT", "U0DAN"
EDITED = REPAIR.model_copy(update={"sha256": "ef" * 32})
CHANGED = replace(WATCHED, library={**WATCHED.library, REPAIR.slug: EDITED})
WITHOUT = replace(
    WATCHED,
    library={slug: one for slug, one in WATCHED.library.items() if one is not REPAIR},
)
OTHERS = pytest.mark.parametrize(
    ("rules", "now"), [(CHANGED, EDITED.sha256), (WITHOUT, GONE)]
)


def approved():
    story = Story().awaiting()
    return story.press(Verb.APPROVE, by=CAT).press(Verb.APPROVE, by=DAN)


def restarted(story, rules):
    """Let the bot be stopped, its pages be edited, and the bot be started again."""
    story.rules = rules
    return story.follow()


def bodies(story, kind):
    return [one.body for one in story.events if one.body.kind == kind]


@OTHERS
def test_what_was_approved_by_another_page_is_void_and_asked_for_anew(rules, now):
    story = restarted(approved(), rules)
    (voided,) = bodies(story, "approval.voided")
    assert (voided.cause, voided.why) == ("changed", PAGE)
    assert (story.step.status, story.step.void) == (StepStatus.PREPARING, PAGE)
    story.prepared().press(Verb.RUN, by=BEN).intend()
    assert story.step.status is StepStatus.AWAITING
    assert bodies(story, "approval.asked")[-1].page_hash == now
    assert story.step.approval.given_by == ()
    assert bodies(story, "action.intended") == []


@OTHERS
def test_right_before_the_act_it_is_void_as_well(rules, now):
    story = approved()
    story.rules = rules
    story.intend()
    assert "the page" in bodies(story, "approval.voided")[0].why
    assert bodies(story, "action.intended") == []
    assert story.step.status is StepStatus.READY


@pytest.mark.parametrize("verb", [Verb.APPROVE, Verb.BREAK_GLASS])
@OTHERS
def test_nobody_approves_what_was_asked_for_by_another_page(verb, rules, now):
    story = Story().awaiting()
    story.rules = rules
    with pytest.raises(NotNow, match="page was changed, or taken away"):
        story.press(verb, by=CAT)


@OTHERS
def test_knowing_it_people_may_approve_what_the_run_began_with(rules, now):
    story = restarted(Story().awaiting(), rules).prepared().press(Verb.RUN, by=BEN)
    story.intend().press(Verb.APPROVE, by=CAT).press(Verb.APPROVE, by=DAN)
    story.intend()
    (intended,) = bodies(story, "action.intended")
    assert (intended.page_hash, intended.plan) == (REPAIR.sha256, PLAN)
    assert intended.approval == bodies(story, "approval.asked")[-1].digest


def test_another_page_that_was_changed_voids_nothing():
    calm = WATCHED.library["calm"].model_copy(update={"sha256": "ef" * 32})
    rules = replace(WATCHED, library={**WATCHED.library, "calm": calm})
    story = restarted(approved(), rules).intend()
    assert story.step.status is StepStatus.RUNNING
    assert bodies(story, "approval.voided") == []
