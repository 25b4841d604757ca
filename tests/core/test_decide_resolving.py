import pytest
from incident_story import (
    ANN,
    BEN,
    DOWN,
    GONE,
    SILENT,
    START,
    TWO,
    UP,
    Story,
)

from bot.core.evidence import witnessed
from bot.core.incident import commands as c
from bot.core.incident.events import BOT
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Status, StepStatus, Verb
from tests.fakes.scripted import REPAIR

OVER = c.Resolve("Restarted it.")


def refused(story, command, by=BOT):
    with pytest.raises(NotNow) as caught:
        story.do(command, by)
    return caught.value


def test_an_open_incident_is_not_reopened():
    assert refused(Story(), c.Reopen(), ANN).reason == "It is open already."


def test_reopening_looks_and_ranks_anew():
    story = Story().ranked().resolved()
    assert story.state.ranking.proposed == REPAIR.slug
    story.do(c.Reopen("It is back."), BEN)
    assert story.state.ranking is None
    assert story.state.status is Status.OPEN
    assert story.state.settled_by == BEN
    story.sees("endpoint", UP).sees("people", TWO)
    assert story.state.ranking.proposed is None


def test_reopening_goes_on_with_the_run():
    story = Story().ready().resolved().do(c.Reopen(), ANN)
    story.press(Verb.RUN).intend().finish()
    assert story.step.status is StepStatus.VERIFYING


def test_without_opening_checks_reopening_ranks_at_once():
    rules = c.Rules(library={}, opening=(), takes={}, yields={})
    story = Story(rules=rules).resolved().do(c.Reopen(), ANN)
    assert story.state.ranking is not None
    assert not story.state.looks


def test_resolving_runs_the_failing_checks_again():
    story = Story().ranked().do(OVER, ANN)
    assert story.state.status is Status.RESOLVING
    assert [name for name, _ in story.waiting()] == ["endpoint"]
    assert "being run again" in refused(story, OVER, BEN).reason
    story.sees("endpoint", UP)
    assert story.state.status is Status.RESOLVED
    assert story.state.words == "Restarted it."


def test_a_check_that_still_fails_holds_the_resolution():
    story = Story().ranked().do(OVER, ANN).sees("endpoint", DOWN)
    assert (story.state.status, story.state.failing) == (Status.HELD, ("endpoint",))
    story.do(OVER, ANN).sees("endpoint", UP)
    assert story.state.status is Status.RESOLVED


def test_a_check_that_was_bad_and_cannot_tell_any_more_holds_it():
    story = Story().ranked().do(OVER, ANN).sees("endpoint", SILENT)
    assert story.state.status is Status.HELD


def test_a_check_that_could_never_tell_is_named_and_does_not_hold_it():
    story = Story().sees("endpoint", UP).sees("people", SILENT).do(OVER, ANN)
    story.sees("people", SILENT)
    assert story.state.status is Status.RESOLVED
    assert story.state.failing == ("people",)


def test_resolving_with_all_ok_is_done_at_once():
    story = Story().sees("endpoint", UP).sees("people", TWO).do(OVER, ANN)
    assert story.state.status is Status.RESOLVED
    assert story.state.settled_by == ANN
    assert story.state.resolutions == 1


def test_resolving_waits_for_checks_that_have_not_said_anything():
    story = Story().sees("people", TWO).do(OVER, ANN)
    assert story.state.status is Status.RESOLVING
    story.sees("endpoint", DOWN)
    assert story.state.status is Status.HELD


def test_resolving_anyway_names_what_is_not_ok_or_not_known():
    story = Story().sees("people", SILENT).do(OVER, ANN)
    story.do(c.Resolve("Enough.", anyway=True), BEN)
    assert story.state.failing == ("people", "endpoint")
    assert story.state.settled_by == BEN


def test_an_old_look_that_reports_late_knows_no_better():
    story = Story().ranked().resolved().do(c.Reopen(), ANN)
    story.do(OVER, ANN)
    numbers = [number for name, number in story.waiting() if name == "endpoint"]
    story.wait(60).tells(numbers[1], UP, took=0.1)
    story.tells(numbers[0], DOWN, took=50)
    assert story.state.latest()["endpoint"].call.number == numbers[1]


def test_an_older_fact_does_not_take_the_place_of_a_newer_one():
    story = Story()
    story.do(c.Resolve(anyway=True), ANN).do(c.Reopen(), ANN)
    early, late = [number for name, number in story.waiting() if name == "people"]
    old = witnessed(
        GONE.model_copy(update={"facts": {"room.people": 9}}), source="people", at=START
    )
    story.wait(10).tells(late, TWO)
    told = story.state.fact_seq["room.people"]
    story.do(c.ReportCheck(early, old, 20.0))
    assert story.state.facts["room.people"].value == 2
    assert story.state.fact_seq["room.people"] == told


def test_an_act_begun_while_resolving_is_waited_for():
    story = Story().ready().wait(1)
    story.resolved().do(c.Reopen(), ANN)
    story.sees("endpoint", DOWN).sees("people", TWO).do(OVER, ANN)
    story.press(Verb.RUN, by=BEN).sees("endpoint", UP)
    assert story.state.status is Status.RESOLVING
    story.intend().finish()
    assert story.state.status is Status.RESOLVED
    assert not story.work
