"""What others must approve, and everything that makes an approval count no more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from incident_story import ANN, BEN, NOBODY, TWO, WATCHED, Story

from bot.core.actions import Effect, Plan
from bot.core.evidence import ok, witnessed
from bot.core.incident import commands as c
from bot.core.incident.advance import next_due
from bot.core.incident.apply import apply
from bot.core.incident.approval_events import ApprovalGiven
from bot.core.incident.approving import rests_on, voided_by
from bot.core.incident.binding import Bound, what_changed
from bot.core.incident.events import Event, StepSettled
from bot.core.incident.refusal import NotNow
from bot.core.incident.refusing import MAX_REFUSALS
from bot.core.incident.state import StepStatus, Verb
from bot.core.policy import MEMBERS, Deed, Ruling
from tests.fakes.scripted import BLIND, OTHER_PLAN, PLAN, ROOM

CAT, DAN = "U0CAT", "U0DAN"
READY, ASKED, AWAITING = StepStatus.READY, StepStatus.ASKED, StepStatus.AWAITING
PREPARING, UNREADY = StepStatus.PREPARING, StepStatus.UNREADY
RUNNING, BARRED = StepStatus.RUNNING, StepStatus.BARRED
REFUSED = Ruling(Deed.APPROVE, "The policy does not let you.", ("leads",))


def refusal(story, *args, **kwargs):
    with pytest.raises(NotNow) as caught:
        story.press(*args, **kwargs)
    return caught.value.reason


def last(story, kind):
    return [e.body for e in story.events if e.body.kind == kind][-1]


def approved():
    return Story().awaiting().press(Verb.APPROVE, by=CAT).press(Verb.APPROVE, by=DAN)


def test_what_needs_nobodys_approval_runs_at_once():
    assert Story().ready().press(Verb.RUN).intend().step.status is RUNNING


def test_a_request_says_what_is_bound_who_may_approve_and_until_when():
    story = Story().awaiting()
    asked = last(story, "approval.asked")
    assert asked.asked_by == BEN
    assert (asked.plan, asked.params, asked.needed) == (PLAN, {"room": ROOM}, 2)
    assert asked.facts == {"room.people": 2}
    assert asked.expires - story.now == timedelta(minutes=15)
    assert asked.approvers == asked.breakers == (MEMBERS,)
    assert story.step.approval.bound.digest() == asked.digest
    assert story.work.act is None


def test_two_distinct_others_let_it_run():
    story = Story().awaiting().press(Verb.APPROVE, by=CAT)
    assert story.step.status is AWAITING
    story.press(Verb.APPROVE, by=DAN)
    assert story.step.status is ASKED
    assert story.work.act == story.step.ref
    intended = last(story.intend(), "action.intended")
    assert intended.asked_by == BEN
    assert intended.approved_by == (CAT, DAN)
    assert intended.approval == last(story, "approval.asked").digest
    assert intended.glass_broken_by is None


def test_whoever_asked_cannot_approve_and_nobody_counts_twice():
    story = Story().awaiting().press(Verb.APPROVE, by=CAT)
    assert "asked for it yourself" in refusal(story, Verb.APPROVE, by=BEN)
    assert "approved it already" in refusal(story, Verb.APPROVE, by=CAT)


def test_a_button_of_an_older_request_approves_nothing():
    story = Story().awaiting()
    for verb in (Verb.APPROVE, Verb.DECLINE, Verb.BREAK_GLASS):
        press = c.Press(story.step.ref, verb, "So.", "0" * 64)
        with pytest.raises(NotNow, match="older request"):
            story.do(press, CAT)


def test_declined_is_prepared_anew_and_says_why():
    story = Story().awaiting().press(Verb.DECLINE, "Not at noon.", by=CAT)
    assert (story.step.status, story.step.void) == (PREPARING, "Not at noon.")
    assert story.step.approval is None
    story.prepared().press(Verb.RUN, by=BEN)
    assert story.step.void is None


@pytest.mark.parametrize("verb", [Verb.DECLINE, Verb.BREAK_GLASS])
def test_nobody_declines_or_breaks_the_glass_without_a_word(verb):
    assert "why" in refusal(Story().awaiting(), verb, " \u200b")


def test_the_broken_glass_spares_the_approvals_that_lack():
    story = Story().awaiting().press(Verb.APPROVE, by=CAT)
    story.press(Verb.BREAK_GLASS, "She is locked out.", by=BEN)
    broken = last(story, "glass.broken")
    assert (broken.words, broken.lacking) == ("She is locked out.", 1)
    intended = last(story.intend(), "action.intended")
    assert intended.glass_broken_by == BEN
    assert intended.approved_by == (CAT,)


def test_a_request_that_waits_too_long_is_void():
    story = Story().awaiting().press(Verb.APPROVE, by=CAT).wait(15 * 60)
    assert "time to approve" in refusal(story, Verb.APPROVE, by=DAN)
    story.follow()
    assert last(story, "approval.voided").cause == "expired"
    assert (story.step.status, story.step.approval) == (PREPARING, None)


def test_what_was_approved_in_time_is_void_if_the_bot_comes_too_late():
    story = approved().wait(16 * 60)
    assert story.follow().step.status is PREPARING
    blind = Story(WATCHED).ranked().start(BLIND).prepared().press(Verb.RUN, by=BEN)
    blind.intend().press(Verb.APPROVE, by=CAT).press(Verb.APPROVE, by=DAN)
    late = blind.wait(16 * 60).intend()
    assert last(late, "approval.voided").cause == "expired"
    assert late.step.status is PREPARING


def test_the_engine_is_woken_when_the_time_is_over():
    story = Story().awaiting()
    due = next_due(story.state, story.now, story.rules.settle)
    assert due == story.step.approval.expires


def test_an_approval_of_nothing_is_no_event_of_this_incident():
    story = Story().ready()
    given = ApprovalGiven(step=story.step.ref, digest="ab")
    with pytest.raises(ValueError, match="Nothing waits"):
        apply(story.state, Event(story.state.seq + 1, story.now, CAT, given))


def test_another_plan_voids_and_must_be_asked_for_anew():
    story = approved().prepared(OTHER_PLAN)
    voided = last(story, "approval.voided")
    assert voided.cause == "changed"
    assert (story.step.status, story.step.replanned) == (READY, True)
    assert story.step.plan == OTHER_PLAN
    story.press(Verb.RUN, by=BEN, plan=OTHER_PLAN)
    assert story.intend(OTHER_PLAN).step.status is AWAITING
    assert story.step.approval.given_by == ()


def test_what_cannot_be_planned_any_more_voids():
    story = approved().prepared(None, "Nobody is there.")
    assert last(story, "approval.voided").why == "Nobody is there."
    assert story.step.status is UNREADY


def test_words_of_the_plan_are_bound_even_if_the_target_is_the_same():
    louder = PLAN.model_copy(update={"blast": "Everybody is offline."})
    story = approved().intend(louder)
    assert "what it would touch" in last(story, "approval.voided").why
    assert story.step.status is READY
    assert story.step.plan == louder


def test_a_fact_seen_again_with_another_value_voids():
    story = approved()
    story.do(c.Compare("copies", ("a", "b"), _told(story, room__people=3)))
    story.intend()
    assert "the facts that it rested on" in last(story, "approval.voided").why


def test_a_fact_seen_again_with_the_same_value_does_not():
    story = approved()
    story.do(c.Compare("copies", ("a", "b"), _told(story, room__people=2)))
    assert story.intend().step.status is RUNNING


def _told(story, **facts):
    told = ok("Seen.", {name.replace("__", "."): x for name, x in facts.items()})
    return witnessed(told, source="copies", at=story.now)


def test_a_guard_that_holds_it_back_meanwhile_voids():
    story = approved().wait(6 * 60).follow()
    assert [check for check, _ in story.waiting()] == ["people"]
    story.sees("people", NOBODY)
    assert last(story, "approval.voided").cause == "held"
    assert (story.step.status, story.step.approval) == (BARRED, None)


def test_a_guard_that_is_looked_at_again_and_holds_lets_it_run():
    story = approved().wait(6 * 60).follow().sees("people", TWO)
    assert story.intend().step.status is RUNNING


def test_a_step_passed_over_voids():
    step = approved().step
    passed = StepSettled(step=step.ref, how="passed", words="Not for this.")
    assert voided_by(step, (passed,))[0].why == "Not for this."


def test_a_skipped_step_takes_its_request_along():
    story = Story().awaiting()
    ref = story.step.ref
    story.press(Verb.SKIP)
    assert story.state.step(ref).approval is None


def test_the_act_rests_on_whoever_asked_approved_and_broke_the_glass():
    story = Story().awaiting().press(Verb.APPROVE, by=CAT)
    story.press(Verb.BREAK_GLASS, "Now.", by=DAN)
    assert list(rests_on(story.step, Effect.ONE_PARTICIPANT)) == [
        (Deed.ONE_PARTICIPANT, BEN),
        (Deed.APPROVE, CAT),
        (Deed.BREAK_GLASS, DAN),
    ]
    assert [who for _, who in rests_on(approved().step, Effect.ROOM)] == [BEN, CAT, DAN]
    alone = Story().ready().press(Verb.RUN)
    assert list(rests_on(alone.step, Effect.ROOM)) == [(Deed.ROOM, ANN)]
    assert list(rests_on(replace(alone.step, by=None), Effect.ROOM)) == []


def test_whoever_may_not_any_more_withholds_the_act():
    story = approved()
    story.do(c.Withhold(story.step.ref, CAT, REFUSED))
    assert (story.step.status, story.step.approval) == (UNREADY, None)
    assert last(story, "action.refused").could == ("leads",)
    with pytest.raises(NotNow, match="not at that point"):
        story.do(c.Withhold(story.step.ref, CAT, REFUSED))


def test_the_core_itself_never_acts_on_too_few():
    story = approved()
    few = replace(story.step.approval, given_by=(CAT,))
    run = story.state.runs[0]
    steps = tuple(
        replace(one, approval=few) if one.ref == story.step.ref else one
        for one in run.steps
    )
    story.state = replace(story.state, runs=(replace(run, steps=steps),))
    with pytest.raises(NotNow, match="lacks 1"):
        story.intend()


BOUND = Bound(
    incident="inc1",
    run=1,
    step=2,
    asked_by=BEN,
    action="kick",
    effect=Effect.ROOM,
    params={"room": "blue", "count": 1},
    plan=Plan(target="a", blast="b", touches=1, binding={"sid": "x"}),
    page_hash="ab" * 32,
    facts={"room.people": 1},
    needed=1,
)
ANOTHER = {str: "other", int: 7, Effect: Effect.IRREVERSIBLE}


def mutations():
    """Every field of what is bound, and of the plan in it, changed alone."""
    for name in Bound.model_fields:
        value = getattr(BOUND, name)
        if isinstance(value, dict):
            for key in value:
                yield f"{name}.{key}", {name: {**value, key: "other"}}
                fewer = {k: v for k, v in value.items() if k != key}
                yield f"{name}-{key}", {name: fewer}
            yield f"{name}+", {name: {**value, "more": 1}}
        elif not isinstance(value, Plan):
            yield name, {name: ANOTHER[type(value)]}
    for name in Plan.model_fields:
        old = getattr(BOUND.plan, name)
        new = {**old, "sid": "y"} if isinstance(old, dict) else ANOTHER[type(old)]
        yield f"plan.{name}", {"plan": BOUND.plan.model_copy(update={name: new})}


@pytest.mark.parametrize(("name", "change"), list(mutations()))
def test_every_bound_field_changes_the_digest_and_is_named(name, change):
    other = BOUND.model_copy(update=change)
    assert other.digest() != BOUND.digest()
    assert what_changed(BOUND, other)
    assert what_changed(other, other) == ""


def test_the_digest_is_of_canonical_json_and_stays():
    turned = BOUND.model_copy(update={"params": {"count": 1, "room": "blue"}})
    assert turned.digest() == BOUND.digest()
    stored = Bound.model_validate_json(BOUND.model_dump_json())
    assert stored.digest() == BOUND.digest()
    true = BOUND.model_copy(update={"params": {"room": "blue", "count": True}})
    assert true.digest() != BOUND.digest()


def test_a_refusal_is_written_down_once_a_minute():
    story = Story().awaiting()
    ref = story.step.ref
    for _ in range(30):
        story.do(c.Refuse(REFUSED, ref), ANN)
    kinds = [e.body.kind for e in story.events]
    assert kinds.count("press.refused") == 1
    story.do(c.Refuse(REFUSED, ref), BEN).do(c.Refuse(REFUSED), ANN)
    story.wait(60).do(c.Refuse(REFUSED, ref), ANN)
    assert [e.body.kind for e in story.events].count("press.refused") == 4


def test_a_timeline_takes_only_so_many_refusals():
    story = Story()
    for number in range(MAX_REFUSALS + 9):
        story.do(c.Refuse(REFUSED), f"U{number}")
    assert story.state.refused == MAX_REFUSALS
    assert len(story.state.refusals) == 100


PEOPLE = (ANN, BEN, CAT, DAN)
KINDS = [
    "approve",
    "approve",
    "approve",
    "decline",
    "glass",
    "run",
    "run",
    "intend",
    "intend",
]
KINDS += ["plan", "prepare", "wait", "fact"]
VERBS = {"approve": Verb.APPROVE, "decline": Verb.DECLINE, "glass": Verb.BREAK_GLASS}


@st.composite
def moves(draw):
    kind = draw(st.sampled_from(KINDS))
    return kind, draw(st.sampled_from(PEOPLE)), draw(st.integers(0, 3))


@settings(max_examples=120, deadline=None)
@given(st.lists(moves(), max_size=30))
def test_nothing_runs_without_its_approvals_whatever_comes(script):
    story = Story().awaiting()
    ref = story.step.ref
    for kind, who, number in script:
        if story.state.step(ref).status is RUNNING:
            break
        _try(story, kind, who, number)
    _must_be_earned(story)
    assert story.folded() == story.state


def _try(story, kind, who, number):
    plan = PLAN.model_copy(update={"blast": f"{number} people."})
    try:
        if kind in VERBS:
            story.press(VERBS[kind], by=who)
        elif kind == "run":
            story.press(Verb.RUN, by=who, plan=story.step.plan or PLAN)
        elif kind == "intend":
            story.intend(story.step.plan or PLAN)
        elif kind == "plan":
            story.intend(plan)
        elif kind == "prepare":
            story.prepared(plan)
        elif kind == "wait":
            story.wait(number * 200).follow()
        else:
            story.do(c.Compare("copies", ("a",), _told(story, room__people=number)))
    except NotNow:
        pass


def _must_be_earned(story):
    """Every intent has two others' approvals of exactly that, since it was asked."""
    asked = {}
    given = {}
    broken = {}
    for event in story.events:
        body = event.body
        if body.kind == "approval.asked":
            asked, given, broken = body, [], None
        elif body.kind == "approval.given":
            assert event.by != asked.asked_by
            given.append(event.by)
        elif body.kind == "glass.broken":
            broken = event.by
        elif body.kind in ("approval.voided", "approval.declined"):
            asked = None
        elif body.kind == "action.intended":
            assert asked is not None
            assert body.plan == asked.plan
            assert event.at < asked.expires
            assert broken or len(set(given)) == WATCHED.policy.approvals[asked.effect]
