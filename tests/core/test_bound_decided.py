"""Request, approve, change one bound thing, act: the core voids, and asks anew.

Whoever binds another thing must say here how it changes; what no event can change, as
the step's place, is changed in the state itself.
"""

from dataclasses import replace

import pytest
from incident_story import Story

from bot.core.actions import Effect, Plan
from bot.core.evidence import ok, witnessed
from bot.core.incident import commands as c
from bot.core.incident.binding import Bound
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import StepStatus, Verb
from bot.core.runbook.pages import Call
from tests.fakes.scripted import PLAN, REPAIR, ROOM

CAT, DAN, EVE = "U0CAT", "U0DAN", "U0EVE"
PARAMS = {"room": ROOM}
EDITED = REPAIR.model_copy(update={"sha256": "ef" * 32})


def approved():
    story = Story().awaiting()
    return story.press(Verb.APPROVE, by=CAT).press(Verb.APPROVE, by=DAN)


def in_another_incident(story):
    story.state = replace(story.state, id="INC-8")


def in_another_run(story):
    run = story.state.run
    steps = tuple(
        replace(one, ref=one.ref._replace(run=run.number + 1)) for one in run.steps
    )
    again = replace(run, number=run.number + 1, steps=steps)
    story.state = replace(story.state, runs=(run, again))


def at_another_step(story):
    run = story.state.run
    first, *_, last = run.steps
    moved = replace(story.step, ref=last.ref)
    before = replace(first, ref=story.step.ref)
    steps = (*run.steps[: before.number - 1], before, moved)
    story.state = replace(story.state, runs=(replace(run, steps=steps),))


def now_is(story, **changes):
    """Let the step be another than it was when it was asked for."""
    run, step = story.state.run, story.step
    steps = tuple(replace(one, **changes) if one is step else one for one in run.steps)
    story.state = replace(story.state, runs=(replace(run, steps=steps),))


def asked_by_another(story):
    now_is(story, by=EVE)


def of_another_action(story):
    another = story.step.step.model_copy(update={"call": Call(name="throw-out")})
    now_is(story, step=another)
    effects = {**story.rules.effects, "throw-out": Effect.ONE_PARTICIPANT}
    story.rules = replace(story.rules, effects=effects)


def reaching_further(story):
    policy = story.rules.policy
    as_many = policy.approvals | {Effect.ROOM: 2}
    policy = replace(policy, approvals=as_many)
    story.rules = replace(story.rules, policy=policy, effects={"kick": Effect.ROOM})


def with_other_params(_):
    return {"params": {"room": ROOM, "identity": "bob"}}


def with_another_plan(_):
    return {"plan": PLAN.model_copy(update={"blast": "Everybody is offline."})}


def by_another_page(story):
    library = {**story.rules.library, REPAIR.slug: EDITED}
    story.rules = replace(story.rules, library=library)


def on_other_facts(story):
    seen = witnessed(ok("3.", {"room.people": 3}), source="copies", at=story.now)
    story.do(c.Compare("copies", ("a", "b"), seen))


def with_more_to_approve(story):
    policy = story.rules.policy
    more = policy.approvals | {Effect.ONE_PARTICIPANT: 3}
    story.rules = replace(story.rules, policy=replace(policy, approvals=more))


CHANGES = {
    "incident": (in_another_incident, "the step"),
    "run": (in_another_run, "the step"),
    "step": (at_another_step, "the step"),
    "asked_by": (asked_by_another, "who asks"),
    "action": (of_another_action, "the action"),
    "effect": (reaching_further, "how far it reaches"),
    "params": (with_other_params, "its parameters"),
    "plan": (with_another_plan, "what it would touch"),
    "page_hash": (by_another_page, "the page"),
    "facts": (on_other_facts, "the facts that it rested on"),
    "needed": (with_more_to_approve, "how many must approve"),
}
"""Of each field of what is bound: how it comes to differ, and what people are told."""


def acts(story, plan=PLAN, params=PARAMS):
    return story.do(c.Intend(story.step.ref, plan, params))


def bodies(story, kind):
    return [one.body for one in story.events if one.body.kind == kind]


def test_each_thing_that_is_bound_is_changed_here():
    assert set(CHANGES) == set(Bound.model_fields)


@pytest.mark.parametrize("name", Bound.model_fields)
def test_a_bound_thing_that_differs_voids_and_is_asked_for_anew(name):
    change, told = CHANGES[name]
    story = approved()
    before = story.step.approval
    changed = change(story) or {}
    acts(story, **changed)
    (voided,) = bodies(story, "approval.voided")
    assert (voided.cause, voided.digest) == ("changed", before.digest)
    assert voided.why == f"Since it was asked for, this has changed: {told}."
    assert (story.step.status, story.step.void) == (StepStatus.READY, voided.why)
    story.press(Verb.RUN, by=story.step.by, plan=story.step.plan)
    again = acts(story, **changed).step.approval
    assert (story.step.status, again.given_by) == (StepStatus.AWAITING, ())
    assert _differing(before.bound, again.bound) == {name}
    assert again.digest != before.digest
    assert bodies(story, "action.intended") == []


@pytest.mark.parametrize("name", sorted(set(Plan.model_fields) - {"binding"}))
def test_of_a_plan_each_word_and_number_is_bound(name):
    other = {"touches": 7, "baseline": {"not_sid": "PA_9"}}.get(name, "Other words.")
    story = approved()
    acts(story, PLAN.model_copy(update={name: other}))
    assert "what it would touch" in bodies(story, "approval.voided")[0].why
    assert bodies(story, "action.intended") == []


def test_another_target_is_no_intent_and_voids_when_the_engine_tells_of_it():
    elsewhere = PLAN.model_copy(update={"binding": {"room": ROOM, "sid": "PA_2"}})
    story = approved()
    with pytest.raises(NotNow, match="What it would touch has changed"):
        acts(story, elsewhere)
    story.prepared(elsewhere)
    assert bodies(story, "approval.voided")[0].cause == "changed"
    assert (story.step.status, story.step.approval) == (StepStatus.READY, None)
    assert bodies(story, "action.intended") == []


def test_with_nothing_changed_it_acts():
    story = acts(approved())
    assert len(bodies(story, "action.intended")) == 1


def _differing(one, other):
    return {
        name
        for name in Bound.model_fields
        if getattr(one, name) != getattr(other, name)
    }
