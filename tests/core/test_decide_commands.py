from datetime import timedelta

import pytest
from incident_story import (
    ANN,
    BACK,
    BEN,
    DOWN,
    START,
    STATES,
    TWO,
    UP,
    Story,
)

from bot.core.evidence import witnessed
from bot.core.incident import commands as c
from bot.core.incident.events import BOT, ActionIntended, StepRef
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import ACTING, Status, StepStatus, Verb
from bot.core.incident.telling import LISTED
from bot.core.report import Report
from bot.core.transitions import Move, Transition
from tests.fakes.scripted import BLIND, CALM, EMPTY, OTHER_PLAN, PLAN, REPAIR

OVER = c.Resolve("Restarted it.")


def refused(story, command, by=BOT):
    before = story.state
    with pytest.raises(NotNow) as caught:
        story.do(command, by)
    assert story.state is before
    return caught.value


def moved(number, at=None):
    return Transition(
        id=f"EV_{number}",
        room="blue-whale",
        identity="alice",
        sid=f"PA_{number}",
        move=Move.JOINED,
        at=at or START + timedelta(minutes=number),
        source="webhook",
    )


def test_a_new_incident_asks_its_opening_checks_what_the_report_says():
    story = Story(report=Report(room="r1", participant="alice"))
    asked = {k.call.check: k.call.params for k in story.state.unreported()}
    told = {"room": "r1", "identity": "alice"}
    assert asked == {"endpoint": told, "people": {"room": "r1"}}


def test_what_the_report_does_not_say_is_not_asked():
    story = Story(report=Report(room="r1"))
    assert {tuple(k.call.params) for k in story.state.unreported()} == {("room",)}


def test_a_look_that_nobody_asked_for_is_refused():
    seen = witnessed(UP, source="endpoint", at=START)
    assert "Nobody asked" in refused(Story(), c.ReportCheck(99, seen, 0.1)).reason


def test_a_look_reports_once():
    story = Story().sees("endpoint", UP)
    seen = witnessed(DOWN, source="endpoint", at=story.now)
    assert "reported already" in refused(story, c.ReportCheck(1, seen, 0.1)).reason


def test_transitions_are_told_once():
    story = Story().do(c.See((moved(1), moved(2))))
    before = story.state.seq
    story.do(c.See((moved(2), moved(1))))
    assert story.state.seq == before
    story.do(c.See((moved(1), moved(3))))
    assert [one.id for one in story.state.transitions] == ["EV_1", "EV_2", "EV_3"]
    assert [one.id for one in story.events[-1].body.transitions] == ["EV_3"]


def test_the_last_transitions_are_kept_and_older_ones_no_longer_told():
    many = tuple(moved(n) for n in range(LISTED + 5))
    story = Story().do(c.See(many))
    assert [one.id for one in story.state.transitions] == [m.id for m in many[5:]]
    before = story.state.seq
    story.do(c.See(many))
    assert story.state.seq == before
    story.do(c.See((moved(999),)))
    assert story.state.transitions[-1].id == "EV_999"


def test_a_runbook_is_not_started_twice_at_once():
    story = Story().ranked().start(CALM)
    again = refused(story, c.Start(CALM), BEN)
    assert "is under way already" in again.reason
    assert (again.by, again.at) == (ANN, story.state.run.at)


def test_a_runbook_that_ended_can_be_started_again():
    story = Story().ranked().start(CALM).press(Verb.CONFIRM).press(Verb.CONFIRM)
    story.start(CALM, by=BEN)
    assert [run.number for run in story.state.runs] == [1, 2]
    assert story.step.ref == StepRef(2, 1)


def test_a_runbook_without_steps_has_nothing_to_do():
    story = Story().ranked().start(EMPTY).start(EMPTY)
    assert story.step is None
    assert not story.work
    story.do(c.Resolve(anyway=True), ANN)
    assert story.state.status is Status.RESOLVED


@pytest.mark.parametrize("status", sorted(ACTING))
@pytest.mark.parametrize("command", [c.Start(CALM), OVER, c.Resolve(anyway=True)])
def test_nothing_else_begins_while_an_act_is_not_settled(status, command):
    told = refused(STATES[status](), command, BEN)
    assert told.reason == "Step 3 is acting, or in doubt: settle it first."
    assert told.by == ANN


@pytest.mark.parametrize(
    "command",
    [
        c.Start(CALM),
        c.Press(StepRef(1, 1), Verb.CONFIRM),
        c.Intend(StepRef(1, 1), PLAN),
        OVER,
        c.Resolve(anyway=True),
    ],
)
def test_nothing_is_done_with_a_resolved_incident(command):
    story = Story().ranked().start(CALM).resolved(BEN)
    told = refused(story, command, ANN)
    assert "resolve" in told.reason
    assert (told.by, told.at) == (BEN, story.state.settled_at)


def test_a_late_report_is_kept_and_a_resolved_incident_stays_so():
    story = Story().ranked().start().press(Verb.CONFIRM).resolved()
    story.sees("endpoint", DOWN)
    assert story.state.status is Status.RESOLVED
    assert story.state.latest()["endpoint"].evidence.headline == DOWN.headline
    assert not story.work


def test_an_intent_names_what_it_rests_on():
    story = Story().running()
    intent = story.events[-1].body
    assert isinstance(intent, ActionIntended)
    assert intent.asked_by == ANN
    assert intent.attempt == 1
    assert intent.action == "kick"
    assert intent.page_hash == REPAIR.sha256
    told = [story.events[seq - 1].body for seq in intent.rests_on]
    assert [fact.name for body in told for fact in body.evidence.facts] == [
        "room.people"
    ]


def test_an_intent_on_another_plan_is_refused():
    story = STATES[StepStatus.ASKED]()
    told = refused(story, c.Intend(story.step.ref, OTHER_PLAN))
    assert "changed since Run was pressed" in told.reason


def test_an_intent_on_stale_facts_is_refused_and_then_they_are_looked_at():
    story = STATES[StepStatus.ASKED]().wait(600)
    told = refused(story, c.Intend(story.step.ref, PLAN))
    assert "room.people was seen too long ago" in told.reason
    story.follow()
    assert not story.work.act
    story.sees("people", TWO)
    assert story.work.act == story.step.ref


def test_a_plan_that_changed_is_shown_and_nothing_is_done():
    story = STATES[StepStatus.ASKED]().prepared(OTHER_PLAN)
    assert (story.step.status, story.step.replanned) == (StepStatus.READY, True)
    story.press(Verb.RUN, plan=OTHER_PLAN)
    assert not story.step.replanned


@pytest.mark.parametrize("status", [s for s in STATES if s != StepStatus.ASKED])
def test_an_intent_needs_a_press(status):
    story = STATES[status]()
    assert "not at that point" in refused(story, c.Intend(story.step.ref, PLAN)).reason


@pytest.mark.parametrize("attempt", [0, 2])
def test_the_outcome_of_another_attempt_is_refused(attempt):
    story = Story().running()
    for command in (
        c.Finish(story.step.ref, attempt, ok=True, detail="Done."),
        c.Doubt(story.step.ref, attempt, "No answer."),
        c.Clear(story.step.ref, attempt, happened=True, detail="Gone."),
    ):
        assert "at attempt 1 by now" in refused(story, command).reason


@pytest.mark.parametrize(
    "status", [StepStatus.RUNNING, StepStatus.DOUBT, StepStatus.UNSURE]
)
@pytest.mark.parametrize("ok", [True, False])
def test_a_late_outcome_is_certain(status, ok):
    story = STATES[status]().finish(ok=ok)
    assert story.step.status is (StepStatus.VERIFYING if ok else StepStatus.UNREADY)


def test_an_effect_that_is_seen_ends_the_step():
    story = Story().running().finish().sees("connected", BACK)
    assert story.state.run.steps[2].status is StepStatus.DONE
    assert story.step.status is StepStatus.BARRED


def test_an_act_without_verification_is_done_when_it_is_finished():
    story = Story().ranked().start(BLIND).prepared().press(Verb.RUN).intend().finish()
    assert story.state.run.steps[0].status is StepStatus.DONE


def test_an_act_that_the_probe_saw_happen_is_verified():
    story = STATES[StepStatus.DOUBT]().clear(happened=True)
    assert story.step.status is StepStatus.VERIFYING
    assert [name for name, _ in story.waiting()] == ["connected"]


def test_an_act_that_did_not_happen_is_prepared_again_and_not_run_again():
    story = STATES[StepStatus.DOUBT]().clear(happened=False)
    assert story.step.status is StepStatus.PREPARING
    story.prepared()
    assert story.step.status is StepStatus.READY
    assert not story.work
    story.press(Verb.RUN).intend()
    assert story.step.attempt == 2
