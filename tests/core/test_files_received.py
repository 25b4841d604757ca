from datetime import timedelta

import pytest
from file_samples import AT, artefact, compare, fact, offer, receive
from incident_story import DOWN, TWO, Story

from bot.core.incident import commands as c
from bot.core.incident.events import Purpose
from bot.core.incident.files import MAX_ARTEFACTS, MAX_OFFERED
from bot.core.incident.refusal import NotNow
from tests.fakes.scripted import RULES, page

HURT = page("hurt", for_=("log.token_rejected > 0",))
BY_FILE = RULES.__class__(**{**vars(RULES), "library": {**RULES.library, "hurt": HURT}})
REJECTED = fact("log.token_rejected", 3)


def kinds(story):
    return [event.body.kind for event in story.events]


def test_an_offered_file_waits_to_be_read_and_then_waits_no_more():
    story = Story().do(offer("F1", "F2"))
    assert [one.id for one in story.work.files] == ["F1", "F2"]
    story.do(receive("F1", artefact("aa")))
    assert [one.id for one in story.work.files] == ["F2"]
    assert [one.sha256[:2] for one in story.state.artefacts] == ["aa"]


def test_a_file_waits_also_while_a_step_is_under_way():
    story = Story().ranked().start().do(offer("F1"))
    assert story.work.files


def test_a_file_offered_twice_is_offered_once():
    story = Story().do(offer("F1", "F1")).do(offer("F1"))
    assert kinds(story).count("artefact.offered") == 1
    assert len(story.work.files) == 1


def test_a_file_that_nobody_offered_is_refused_and_so_is_one_read_already():
    story = Story().do(offer("F1"))
    with pytest.raises(NotNow, match="read already, or nobody"):
        story.do(receive("F9", artefact()))
    story.do(receive("F1", artefact()))
    with pytest.raises(NotNow, match="read already"):
        story.do(receive("F1", artefact()))


def test_a_repeated_file_is_received_once():
    story = Story().do(offer("F1", "F2")).do(receive("F1", artefact()))
    story.do(receive("F2", artefact()))
    assert kinds(story).count("artefact.read") == 1
    assert "artefact.repeated" in kinds(story)
    assert len(story.state.artefacts) == 1
    assert not story.work.files


def test_a_file_with_nothing_in_it_is_settled_all_the_same():
    story = Story().do(offer("F1")).do(receive("F1"))
    assert not story.work.files
    assert not story.state.artefacts


def test_of_a_zip_only_the_new_members_are_received():
    story = Story().do(offer("F1", "F2")).do(receive("F1", artefact("aa")))
    story.do(receive("F2", artefact("bb"), artefact("aa"), artefact("bb")))
    assert [one.sha256[:2] for one in story.state.artefacts] == ["aa", "bb"]


def test_a_file_whose_reader_failed_may_be_handed_over_again():
    failed = artefact("aa", reference="ref-1")
    story = Story().do(offer("F1", "F2")).do(receive("F1", failed))
    story.do(receive("F2", artefact("aa", facts=[REJECTED])))
    assert [one.reference for one in story.state.artefacts] == [None]
    assert story.state.facts["log.token_rejected"].value == 3


def test_files_that_could_not_be_fetched_stand_side_by_side():
    lost = artefact("", reference="ref-1")
    story = Story().do(offer("F1", "F2"))
    story.do(receive("F1", lost)).do(receive("F2", lost))
    assert len(story.state.artefacts) == 2


def test_an_incident_takes_a_bounded_number_of_files():
    many = [f"F{number}" for number in range(MAX_OFFERED)]
    story = Story().do(offer(*many))
    with pytest.raises(NotNow, match="at most 40 files"):
        story.do(offer("F99"))
    members = [artefact(f"{number:02x}") for number in range(200)]
    story.do(receive("F0", *members)).do(receive("F1", artefact("fe")))
    story.do(receive("F2", artefact("ff")))
    assert len(story.state.artefacts) <= MAX_ARTEFACTS + 2


def test_a_resolved_incident_takes_no_files_and_reads_those_that_it_has():
    story = Story().ranked().do(offer("F1")).resolved()
    assert [one.id for one in story.work.files] == ["F1"]
    with pytest.raises(NotNow, match="reopen it first"):
        story.do(offer("F2"))
    story.do(receive("F1", artefact()))
    assert story.state.artefacts
    assert not story.work


def test_the_pages_are_ranked_anew_when_all_files_are_read():
    story = Story(rules=BY_FILE).ranked().do(offer("F1", "F2"))
    ranked = kinds(story).count("runbooks.ranked")
    story.do(receive("F1", artefact("aa", facts=[REJECTED])))
    assert kinds(story).count("runbooks.ranked") == ranked
    story.do(receive("F2", artefact("bb")))
    assert kinds(story).count("runbooks.ranked") == ranked + 1
    scores = {one.slug: one.score for one in story.state.ranking.ranked}
    assert scores["hurt"] == 2


def test_a_file_before_the_first_ranking_does_not_hold_it():
    story = Story(rules=BY_FILE).do(offer("F1"))
    story.sees("endpoint", DOWN).sees("people", TWO)
    assert story.state.ranking


def test_a_walk_through_a_page_is_not_disturbed_by_a_ranking():
    story = Story(rules=BY_FILE).ranked().start().do(offer("F1"))
    before = story.state.ranking
    story.do(receive("F1", artefact(facts=[REJECTED])))
    assert story.state.ranking is before
    assert story.state.facts["log.token_rejected"] == REJECTED


def test_when_the_first_looks_are_old_they_are_taken_anew_before_the_ranking():
    story = Story(rules=BY_FILE).ranked().wait(400).do(offer("F1"))
    story.do(receive("F1", artefact(facts=[REJECTED])))
    assert [one.call.purpose for one in story.state.unreported()] == [Purpose.OPEN] * 2
    assert story.state.ranking is None
    story.ranked()
    (repair,) = [p for p in story.state.ranking.ranked if p.slug == "repair"]
    assert repair.score == 2


def test_what_files_say_does_not_go_stale():
    story = Story(rules=BY_FILE).ranked().do(offer("F1"))
    story.do(receive("F1", artefact(facts=[REJECTED]))).wait(100_000)
    story.do(offer("F2")).do(receive("F2", artefact("bb")))
    story.ranked()
    (hurt,) = [p for p in story.state.ranking.ranked if p.slug == "hurt"]
    assert hurt.score == 2


def test_a_fact_names_the_event_that_told_it():
    story = Story().do(offer("F1", "F2"))
    story.do(receive("F1", artefact("aa", facts=[REJECTED])))
    told = story.state.fact_seq["log.token_rejected"]
    assert story.events[told - 1].body.kind == "artefact.read"
    story.do(receive("F2", artefact("bb", facts=[fact("log.token_rejected", 1)])))
    assert story.state.fact_seq["log.token_rejected"] == told
    assert story.state.facts["log.token_rejected"].value == 3


def test_what_was_looked_at_later_than_a_file_counts():
    late = AT + timedelta(hours=1)
    told = fact("room.people", 9, at=AT - timedelta(hours=1))
    story = (
        Story()
        .ranked()
        .do(offer("F1", "F2"))
        .do(receive("F1", artefact("aa", facts=[told])))
    )
    assert story.state.facts["room.people"].value == 2
    told = fact("room.people", 9, at=late)
    story.do(receive("F2", artefact("bb", facts=[told])))
    assert story.state.facts["room.people"].value == 9


def test_comparing_tells_facts_and_ranks_anew():
    story = Story().ranked()
    ranked = kinds(story).count("runbooks.ranked")
    story.do(compare(copies__differ=True))
    assert story.state.facts["copies.differ"].value is True
    assert kinds(story).count("runbooks.ranked") == ranked + 1
    story.do(compare(copies__differ=False))
    assert story.state.facts["copies.differ"].value is False
    assert set(story.state.compared) == {"copies"}


def test_a_page_and_a_check_may_ask_for_the_incidents_files():
    takes = {**RULES.takes, "endpoint": frozenset({"incident"})}
    story = Story(rules=RULES.__class__(**{**vars(RULES), "takes": takes}))
    asked = {k.call.check: k.call.params for k in story.state.unreported()}
    assert asked["endpoint"] == {"incident": "INC-7"}
    assert story.state.inputs()["incident"] == "INC-7"


def test_files_are_kept_as_they_were_stored():
    story = Story().do(offer("F1")).do(receive("F1", artefact(facts=[REJECTED])))
    story.do(compare(copies__differ=True))
    assert story.folded() == story.state
    assert isinstance(story.state.inputs(), dict)
    assert c.Receive("F1", ()).artefacts == ()
