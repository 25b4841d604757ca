"""A release: attestations, the verdict, and what the summary says of it."""

import pytest
from incident_story import ANN, BEN, REPAIR, Story
from pydantic import ValidationError

from bot.core.incident import commands as c
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import StepStatus, Verb
from bot.core.ranking import rank
from bot.core.release import released_at, verdict
from bot.core.report import Report, Subject
from bot.core.summary import summarise
from tests.fakes.releases import LINK, PAGES, RELEASE, ROLLBACK, answers, knowing
from tests.fakes.scripted import RULES

KNOWING = knowing(RULES)


def release():
    return Story(rules=KNOWING, report=RELEASE)


def sign(story, count, *, by=ANN, drift=0):
    """Answer the next steps, as many as `count`."""
    for _ in range(count):
        story.answer(by=by, **answers(story.step.step, drift=drift))
    return story


def outcome(story):
    sections = summarise(story.state.id, story.events)
    (ended,) = [one for one in sections if one.title == "How it ended"]
    return "".join(str(part) for part in ended.sentences[0].parts)


def test_a_release_begins_with_its_page_and_looks_at_no_room():
    story = release()
    assert story.state.run.slug == "release"
    assert story.step.status is StepStatus.OPEN
    assert story.waiting() == []
    assert story.state.ranking is None


def test_without_any_signature_it_is_no_go_and_all_is_missing():
    said = verdict(release().state)
    assert not said.go
    assert len(said.missing) == 6
    assert said.missing[0] == "The N/N-1 compatibility suites pass. (not signed yet)"
    assert said.signed == ()


def test_when_all_is_signed_it_is_go_with_link_signer_and_time():
    story = sign(release(), 5)
    said = verdict(story.state)
    assert said.go
    assert said.missing == ()
    assert len(said.signed) == 5
    first = said.signed[0]
    assert (first.by, first.answers) == (ANN, {"suites": LINK})
    assert first.at > story.state.opened_at
    assert outcome(story) == "Go: all 5 attestations are signed."


def test_an_attestation_without_a_link_is_refused():
    with pytest.raises(NotNow):
        release().answer(suites="it is fine")


@pytest.mark.parametrize(
    ("verb", "how"), [(Verb.SKIP, "skipped: No time."), (Verb.FAIL, "failed: No time.")]
)
def test_what_is_skipped_or_failed_is_missing_whatever_else_is_signed(verb, how):
    story = sign(release(), 1)
    story.press(verb, words="No time.")
    said = verdict(sign(story, 3).state)
    assert not said.go
    assert said.missing == (f"The migration checklist passes. ({how})",)


def test_unknown_log_templates_stop_the_release_and_overriding_is_no_go():
    story = sign(release(), 4)
    sign(story, 1, drift=3)
    assert story.step.status is StepStatus.STOPPED
    assert "(stopped)" in verdict(story.state).missing[0]
    story.press(Verb.SKIP, words="We know them.")
    said = verdict(story.state)
    assert not said.go
    assert "(its stop was overridden)" in said.missing[0]
    assert outcome(story).startswith("No-go. Missing: Log lines that nobody knows")


def test_it_is_released_when_its_publishing_is_confirmed():
    story = sign(release(), 5)
    assert released_at(story.state) is None
    sign(story, 1, by=BEN)
    assert released_at(story.state) == story.now


def test_a_release_without_a_page_is_refused():
    with pytest.raises(NotNow, match="No runbook page is about a release"):
        Story(report=RELEASE)


def test_pages_about_releases_are_never_ranked_nor_started_for_a_room():
    story = Story(rules=KNOWING).ranked()
    listed = {one.slug for one in story.state.ranking.ranked}
    assert not listed & set(PAGES)
    assert rank(PAGES, (), story.now).ranked == ()
    with pytest.raises(NotNow, match="is about a release"):
        story.start(PAGES["release"])
    with pytest.raises(NotNow, match="is about a room"):
        release().start(REPAIR)


def test_reopening_a_release_looks_at_no_room():
    story = sign(release(), 6).press(Verb.CONFIRM).do(c.Resolve(), ANN)
    story.do(c.Reopen(), ANN)
    assert story.waiting() == []


def test_a_rollback_has_the_four_actions_each_with_its_evidence():
    story = Story(rules=KNOWING, report=ROLLBACK)
    assert [len(step.step.asks) for step in story.state.run.steps] == [1, 1, 1, 1]
    sign(story, 4)
    assert story.step is None
    assert verdict(Story().state).missing == ("no page with attestations was started",)


@pytest.mark.parametrize(
    "fields",
    [
        {"about": Subject.RELEASE},
        {"about": Subject.RELEASE, "version": "1", "room": "blue"},
        {"about": Subject.ROLLBACK, "version": " "},
        {},
        {"room": ""},
    ],
)
def test_a_report_has_a_room_or_a_version_by_what_it_is_about(fields):
    with pytest.raises(ValidationError):
        Report(**fields)


def test_a_report_is_titled_by_its_room_or_its_version():
    assert Report(room="blue").title == "blue"
    assert RELEASE.title == "release 1.4.0"
    assert RELEASE.inputs()["room"] is None
