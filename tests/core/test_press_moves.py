from dataclasses import replace

import pytest
from incident_story import ANN, BEN, GONE, NOBODY, STATES, TWO, Story

from bot.core.actions import Effect
from bot.core.incident import commands as c
from bot.core.incident.events import StepRef
from bot.core.incident.moves import MOVES, STANDS
from bot.core.incident.press import look, plan_digest
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import ENDED, StepStatus, Verb
from tests.fakes.scripted import (
    BLIND,
    CALM,
    KICK,
    LOOK,
    NEVER_TOLD,
    OTHER_PLAN,
    PLAN,
    RULES,
    TALK,
    page,
)

PAIRS = [(status, verb) for status in STATES for verb in Verb]


def refusal(story, *args, **kwargs):
    before = story.state
    with pytest.raises(NotNow) as caught:
        story.press(*args, **kwargs)
    assert story.state is before
    return caught.value


@pytest.mark.parametrize("status", STATES)
def test_the_way_to_a_status_leads_there(status):
    assert STATES[status]().step.status is status


@pytest.mark.parametrize(("status", "verb"), PAIRS)
def test_a_verb_works_exactly_where_the_table_says(status, verb):
    story = STATES[status]()
    if verb in MOVES[status]:
        story.press(verb)
        assert story.state.seq == story.events[-1].seq
        assert any(event.by == ANN for event in story.events[-3:])
    else:
        assert STANDS[status] in refusal(story, verb).reason


def test_every_status_has_its_moves_and_its_words():
    assert set(MOVES) == set(STANDS) == set(StepStatus)
    assert set(STATES) | ENDED == set(StepStatus)


@pytest.mark.parametrize(
    ("verb", "ends"),
    [
        (Verb.CONFIRM, StepStatus.DONE),
        (Verb.SKIP, StepStatus.SKIPPED),
        (Verb.FAIL, StepStatus.FAILED),
    ],
)
def test_an_ended_step_says_how_it_ended_and_by_whom(verb, ends):
    story = Story().ranked().start(CALM)
    ref = story.step.ref
    story.press(verb, by=BEN)
    ended = story.state.step(ref)
    assert (ended.status, ended.by, ended.words) == (ends, BEN, "So.")
    with pytest.raises(NotNow) as caught:
        story.do(c.Press(ref, Verb.CONFIRM), ANN)
    assert caught.value.reason == f"Step 1 {STANDS[ends]}."
    assert (caught.value.by, caught.value.at) == (BEN, ended.at)


@pytest.mark.parametrize("verb", [Verb.SKIP, Verb.FAIL])
@pytest.mark.parametrize("words", [None, "", "  ", "\u200b"])
def test_skipping_and_failing_need_words(verb, words):
    story = Story().ranked().start()
    assert refusal(story, verb, words=words).reason == "Say in a few words why."


def test_words_are_kept_without_what_hides():
    story = Story().ranked().start(CALM)
    story.press(Verb.SKIP, words=" not\u202e now \ud800")
    assert story.events[-2].body.words == "not now"


def test_words_have_an_end():
    story = Story().ranked().start()
    assert (
        "at most 2000 characters" in refusal(story, Verb.SKIP, words="x" * 2001).reason
    )


@pytest.mark.parametrize("ref", [(1, 0), (1, 5), (2, 1), (0, 1), (-1, -1)])
def test_a_step_that_is_not_there_is_refused(ref):
    story = Story().ranked().start()
    with pytest.raises(NotNow, match="There is no such step"):
        story.do(c.Press(StepRef(*ref), Verb.CONFIRM), ANN)


def test_a_later_step_waits_for_the_one_before_it():
    story = Story().ranked().start(CALM)
    with pytest.raises(NotNow, match="Step 1 comes first"):
        story.do(c.Press(StepRef(1, 2), Verb.CONFIRM), ANN)


def test_a_step_of_a_runbook_that_was_left_is_refused_with_who_left_it():
    story = Story().ranked().start(CALM).start(BLIND, by=BEN)
    with pytest.raises(NotNow, match="Another runbook was started since") as caught:
        story.do(c.Press(StepRef(1, 1), Verb.CONFIRM), ANN)
    assert caught.value.by == BEN


def test_run_needs_the_plan_that_the_button_showed():
    story = Story().ready()
    for plan in (None, plan_digest(OTHER_PLAN), ""):
        with pytest.raises(NotNow, match="older plan"):
            story.do(c.Press(story.step.ref, Verb.RUN, plan=plan), ANN)
    story.press(Verb.RUN)
    assert story.step.status is StepStatus.ASKED


def test_a_plans_digest_survives_the_store():
    plan = PLAN.model_copy(update={"binding": {"a": 1, "b": 1.0, "c": True, "d": "1"}})
    read = type(plan).model_validate_json(plan.model_dump_json())
    assert plan_digest(read) == plan_digest(plan) != plan_digest(PLAN)


def test_a_guard_that_is_false_by_now_takes_the_button_away():
    story = with_people(Story().ready(), NOBODY)
    assert story.step.status is StepStatus.BARRED
    assert story.step.why == "It waits until `room.people > 0`; now room.people is 0."


def test_a_press_on_facts_that_are_old_by_now_looks_again_before_the_act():
    story = Story().ready().wait(600).press(Verb.RUN)
    assert story.step.status is StepStatus.ASKED
    assert not story.work.act
    story.sees("people", NOBODY)
    assert story.step.status is StepStatus.BARRED
    assert story.step.why == "It waits until `room.people > 0`; now room.people is 0."


def with_people(story, finding):
    """Let another look tell how many people there are."""
    story.resolved().do(c.Reopen(), ANN)
    return story.sees("people", finding)


def test_the_loser_is_told_who_pressed_last():
    story = STATES[StepStatus.UNVERIFIED]().press(Verb.PREPARE, by=BEN)
    pressed = story.now
    told = refusal(story, Verb.LOOK_AGAIN)
    assert (told.by, told.at) == (BEN, pressed)
    assert told.reason == "Step 3 is being prepared."


@pytest.mark.parametrize(
    ("status", "then"),
    [
        (StepStatus.ATTENTION, StepStatus.LOOKING),
        (StepStatus.BARRED, StepStatus.WAITING),
        (StepStatus.READY, StepStatus.PREPARING),
        (StepStatus.UNREADY, StepStatus.PREPARING),
        (StepStatus.BLOCKED, StepStatus.PREPARING),
        (StepStatus.UNVERIFIED, StepStatus.VERIFYING),
    ],
)
def test_looking_again_looks_again(status, then):
    story = STATES[status]().press(Verb.LOOK_AGAIN, by=BEN)
    assert story.step.status is then
    assert story.step.by == BEN
    assert story.work


def test_an_effect_that_was_not_seen_may_be_seen_later():
    story = Story().unverified().press(Verb.LOOK_AGAIN)
    story.sees("connected", GONE)
    assert story.step.status is StepStatus.UNVERIFIED
    story.press(Verb.LOOK_AGAIN)
    story.sees("connected", TWO)
    assert story.state.run.steps[2].status is StepStatus.DONE


def test_a_guard_that_no_check_can_tell_is_not_looked_at():
    story = Story().ranked().start(page("sign", NEVER_TOLD))
    assert story.step.status is StepStatus.BARRED
    assert "sign.seen could not be told" in story.step.why
    assert "No check can tell" in refusal(story, Verb.LOOK_AGAIN).reason


def test_a_guard_that_holds_again_lets_the_step_go_on():
    story = STATES[StepStatus.BARRED]().press(Verb.LOOK_AGAIN)
    story.sees("people", TWO)
    assert story.step.status is StepStatus.PREPARING


def test_a_guard_that_still_does_not_hold_bars_again():
    story = STATES[StepStatus.BARRED]().press(Verb.LOOK_AGAIN)
    story.sees("people", NOBODY)
    assert story.step.status is StepStatus.BARRED


@pytest.mark.parametrize("happened", [True, False])
def test_a_person_settles_a_doubt(happened):
    verb = Verb.HAPPENED if happened else Verb.NOT_HAPPENED
    story = STATES[StepStatus.UNSURE]().press(verb, words="I looked.", by=BEN)
    then = StepStatus.VERIFYING if happened else StepStatus.PREPARING
    assert story.step.status is then
    assert story.step.by == BEN
    assert story.step.detail.endswith("happen. I looked.") is not happened
    assert story.step.detail.startswith("A person looked: it")


def test_an_act_without_verification_is_done_when_it_happened():
    story = Story().ranked().start(BLIND).prepared().press(Verb.RUN).intend().doubt()
    story.clear(happened=None).press(Verb.HAPPENED, words=None)
    assert story.state.run.steps[0].status is StepStatus.DONE
    assert story.state.run.steps[0].detail == "A person looked: it happened."


def test_a_step_that_names_no_check_is_held_back_and_can_be_skipped():
    nameless = page("nameless", LOOK.model_copy(update={"call": None}), TALK)
    story = Story().ranked().start(nameless)
    assert story.step.status is StepStatus.BARRED
    assert look(story.state, story.step)[0].barred
    story.press(Verb.SKIP)
    assert story.step.number == 2


def test_what_an_act_needs_is_asked_of_its_verification():
    story = Story().running().finish()
    call = story.state.looks[story.step.calls[-1]].call
    assert call.params == {"room": "blue-whale", "not_sid": "PA_1"}


def test_an_effect_is_looked_for_without_a_call_or_a_plan():
    bare = KICK.model_copy(update={"call": None, "when": None})
    rules = replace(RULES, effects={"": Effect.ONE_PARTICIPANT})
    story = Story(rules).ranked().start(page("bare", bare))
    story.prepared().press(Verb.RUN).intend().finish().sees("connected", GONE)
    assert story.state.looks[story.step.calls[-1]].call.params == {"not_sid": "PA_1"}
