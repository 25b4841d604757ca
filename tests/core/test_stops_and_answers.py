"""Stops, steps that are passed over, typed answers, and what two people attest."""

import pytest
from incident_story import ANN, BEN, DOWN, NOBODY, SILENT, TWO, Story, stored

from bot.core.incident import commands as c
from bot.core.incident.events import BOT
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import StepStatus, Verb
from bot.core.runbook.asks import answered
from bot.core.runbook.pages import Step, StepKind
from bot.core.summary import Person, summarise
from tests.fakes.scripted import BUILD, CAREFUL, COUNT, HALT, SEEN, TELL, TRACE, page


def at(*steps, people=TWO):
    """Start a page of these steps in a room with two people."""
    return Story().ranked(people).start(page("here", *steps))


def refused(story, by=ANN, verb=Verb.CONFIRM, **answers):
    with pytest.raises(NotNow) as caught:
        story.do(c.Press(story.step.ref, verb, "So.", answers=answers), by)
    return caught.value


def said(story):
    return [
        "".join(
            f"<{p.id}>" if isinstance(p, Person) else p if isinstance(p, str) else ""
            for p in one.parts
        )
        for section in summarise("INC-7", story.events)
        if section.title == "What was done"
        for one in section.sentences
    ]


def test_a_stop_whose_guard_holds_stops_and_says_why():
    story = Story().stopped()
    assert story.step.status is StepStatus.STOPPED
    why = "Stop, as now room.people is 0. It stops while `room.people == 0`."
    assert story.step.why == why
    assert story.folded() == story.state


def test_a_stop_looks_again_before_it_lets_anybody_by():
    story = Story().ranked().start(CAREFUL)
    assert story.step.number == 1
    assert [name for name, _ in story.waiting()] == ["people"]
    story.sees("people", TWO)
    assert story.step.number == 2
    first = story.state.run.steps[0]
    assert (first.status, first.by) == (StepStatus.PASSED, BOT)
    assert first.words.startswith("Nothing to stop, as now room.people is 2. It")
    assert said(story)[0] == f"Step 1: passed over. {first.words}"


def test_what_cannot_be_told_stops_too():
    story = Story().ranked().wait(600).start(CAREFUL).sees("people", SILENT)
    assert story.step.status is StepStatus.STOPPED
    assert (
        "It stops, as room.people was seen too long ago. It goes on" in story.step.why
    )


def test_a_stop_spells_what_it_saw_as_its_guard_does():
    halt = HALT.model_copy(update={"when": "endpoint.up == false"})
    story = Story().ranked().start(page("halting", halt)).sees("endpoint", DOWN)
    assert story.step.why.startswith("Stop, as now endpoint.up is false.")


def test_a_stop_cannot_be_confirmed_and_not_be_marked_as_failed():
    story = Story().stopped()
    for verb in (Verb.CONFIRM, Verb.FAIL):
        assert refused(story, verb=verb).reason == "Step 1 stops the runbook."


def test_a_stop_ends_by_itself_when_a_look_rules_it_out():
    story = Story().stopped().press(Verb.LOOK_AGAIN)
    assert story.step.status is StepStatus.WAITING
    story.sees("people", TWO)
    assert story.state.run.steps[0].status is StepStatus.PASSED


def test_a_stop_that_is_overridden_says_so_loudly():
    story = Story().stopped().press(Verb.SKIP, "The owner agreed.")
    first = story.state.run.steps[0]
    assert (first.status, first.overridden) == (StepStatus.SKIPPED, True)
    assert f"Step 1: STOP OVERRIDDEN by <{ANN}> : The owner agreed." in said(story)


def test_a_stop_needs_a_reason_to_be_overridden():
    story = Story().stopped()
    with pytest.raises(NotNow, match="Say in a few words why"):
        story.press(Verb.SKIP, words=None)


def test_a_stop_without_a_guard_that_can_be_read_stays():
    broken = HALT.model_copy(update={"when": "room.people ="})
    story = at(broken)
    assert story.step.status is StepStatus.STOPPED
    assert "the guard cannot be read" in story.step.why


def test_a_stop_may_be_for_one_case_only():
    story = at(HALT.model_copy(update={"only_if": "room.people > 5"}))
    story.sees("people", TWO)
    only = story.state.run.steps[0]
    assert only.status is StepStatus.PASSED
    expected = "It is only for when `room.people > 5`; now room.people is 2."
    assert only.words == expected


def test_a_step_for_another_case_is_barred_while_that_cannot_be_told():
    step = Step(title="Only then.", only_if="sign.seen == true", when="room.people > 0")
    story = at(step)
    assert story.step.status is StepStatus.BARRED
    assert "sign.seen could not be told" in story.step.why


def test_a_stop_rests_on_both_of_its_guards():
    both = HALT.model_copy(update={"only_if": "endpoint.up == false"})
    story = at(both, people=NOBODY)
    assert {name for name, _ in story.waiting()} == {"endpoint", "people"}


def test_answers_are_kept_and_become_facts_that_stay():
    story = at(TELL, Step(title="Wait.", when="told.seen == 'no' && told.count > 2"))
    story.answer(seen="no", count="3").wait(9_999).follow()
    done = story.state.run.steps[0]
    assert (done.status, done.answers) == (StepStatus.DONE, {"seen": "no", "count": 3})
    assert story.step.status is StepStatus.OPEN
    assert story.state.told["told.count"].lasting
    assert stored(story.events) == story.events
    assert f"Step 1: confirmed by <{ANN}> . seen: no, count: 3." in said(story)


def test_what_a_person_said_passes_a_step_over():
    story = at(
        HALT.model_copy(update={"when": "room.people > 5"}), TELL, *CAREFUL.steps[2:]
    )
    story.sees("people", TWO).answer(seen="yes", count="0")
    third = story.state.run.steps[2]
    assert third.status is StepStatus.PASSED
    assert third.words == (
        "It is only for when `told.seen != 'yes'`; now told.seen is yes."
    )


def test_a_page_started_anew_asks_anew():
    story = at(TELL).answer(seen="yes", count="1")
    assert "told.seen" in story.state.told
    story.start(CAREFUL)
    assert not story.state.told


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({}, "«Is it there?» is not answered. Choose one of: yes, no."),
        ({"seen": "maybe", "count": "1"}, "«Is it there?» is not answered."),
        ({"seen": "yes"}, "«How many?» is not answered. Give a number, in digits."),
        ({"seen": "yes", "count": "1e9"}, "«How many?» is not answered."),
    ],
)
def test_a_step_that_asks_is_not_confirmed_without_answers(answers, reason):
    story = at(TELL)
    assert refused(story, **answers).reason.startswith(reason)


@pytest.mark.parametrize(
    ("ask", "typed", "value"),
    [
        (SEEN, "yes", "yes"),
        (COUNT, " -2.5 ", -2.5),
        (COUNT, "12", 12),
        (BUILD, "6470\u202eae3", "6470ae3"),
        (TRACE, "https://example.org/a?b=1#c", "https://example.org/a?b=1#c"),
    ],
)
def test_an_answer_is_read_as_what_it_is(ask, typed, value):
    assert answered([ask], {ask.name: typed}).values == {ask.name: value}


@pytest.mark.parametrize(
    ("ask", "typed"),
    [
        (SEEN, "Yes"),
        (COUNT, "twelve"),
        (COUNT, "9" * 16),
        (BUILD, ""),
        (BUILD, "a\nb"),
        (BUILD, "x" * 257),
        (TRACE, "javascript:alert(1)"),
        (TRACE, "https://a b"),
        (TRACE, "https://x|<@U1>"),
        (TRACE, f"https://{'x' * 1000}"),
    ],
)
def test_what_is_no_answer_is_told(ask, typed):
    read = answered([ask], {ask.name: typed})
    assert not read.values
    assert read.wrong[ask.name].endswith(".")


def vouching():
    """Come to the step that two people attest."""
    return at(CAREFUL.steps[3], Step(title="Next."))


def test_two_people_attest_and_the_second_is_not_the_first():
    story = vouching().answer(build="6470ae3", seen="yes")
    assert story.step.status is StepStatus.OPEN
    again = refused(story, build="6470ae3", seen="yes")
    assert again.reason.startswith("You have attested this step")
    assert again.by == ANN
    story.answer(by=BEN, build="27ab114", seen="yes", words="On the phone.")
    first = story.state.run.steps[0]
    assert first.status is StepStatus.DONE
    assert [one.by for one in first.attested] == [ANN, BEN]
    assert story.folded() == story.state
    told = said(story)
    assert f"Step 1: attested by <{ANN}> : build: 6470ae3, seen: yes." in told
    assert (
        f"Step 1: attested by <{BEN}> : build: 27ab114, seen: yes. On the phone."
        in told
    )


def test_only_what_both_said_is_a_fact():
    story = (
        vouching().answer(build="a", seen="yes").answer(by=BEN, build="a", seen="no")
    )
    assert "told.seen" not in story.state.told
    assert story.state.run.steps[0].words == "The two did not say the same: seen."
    agreed = vouching().answer(build="a", seen="yes")
    agreed.answer(by=BEN, build="a", seen="yes")
    assert agreed.state.told["told.seen"].value == "yes"
    assert agreed.state.run.steps[0].words is None


def test_an_attestation_may_be_skipped_with_a_reason():
    story = (
        vouching().answer(build="a", seen="yes").press(Verb.SKIP, "Nobody is there.")
    )
    first = story.state.run.steps[0]
    assert (first.status, first.overridden) == (StepStatus.SKIPPED, False)


def test_a_held_step_goes_on_when_another_look_tells_what_it_waits_for():
    story = Story().stopped().do(c.Resolve(), ANN)
    assert story.step.status is StepStatus.STOPPED
    story.sees("people", TWO)
    assert story.state.run.steps[0].status is StepStatus.PASSED
    assert story.step.number == 2


def test_a_barred_step_goes_on_the_same_way():
    story = at(Step(title="Wait.", when="room.people > 0"), people=NOBODY)
    story.sees("people", NOBODY)
    assert story.step.status is StepStatus.BARRED
    story.do(c.Resolve(), ANN).sees("people", TWO)
    assert story.step.status is StepStatus.OPEN


def test_a_check_step_without_a_check_stays_where_it_is():
    broken = Step(title="Look.", kind=StepKind.CHECK, when="room.people > 0")
    story = at(broken)
    assert story.step.status is StepStatus.BARRED
    assert story.step.why == "The page names no check here."


def test_a_stop_is_a_kind_of_its_own():
    assert CAREFUL.steps[0].kind is StepKind.STOP
