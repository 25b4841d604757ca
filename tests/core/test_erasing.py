"""Erasing words: they are gone, the rest stays, and it is told by whom and when."""

from contextlib import suppress
from datetime import timedelta
from typing import get_args

import pytest
from file_samples import artefact, compare, fact, offer, receive
from hypothesis import given, settings
from hypothesis import strategies as st
from incident_story import ANN, BEN, STATES, TWO, Story
from test_incident_properties import stories

from bot.core.evidence import bad
from bot.core.incident import commands as c
from bot.core.incident import events as e
from bot.core.incident import file_events as f
from bot.core.incident.erasable import ERASABLE
from bot.core.incident.erasing import Erase, erase
from bot.core.incident.events import BOT, Body
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Status, Verb
from bot.core.opposites import Opposed
from bot.core.ranking import Reason
from bot.core.report import Report
from bot.core.trail.chain import remains_digest
from tests.fakes.scripted import CAREFUL, ROOM

SECRET = "The password of Eve is hunter2"
MARK = "[erased by U0BEN, 2026-03-01 12:00 UTC]"
TOLD = bad("hunter2 was refused.", {"token.status": "hunter2", "token.age": 7})


def told_in(story):
    return "".join(event.body.model_dump_json() for event in story.events)


def last(story, kind):
    return next(one for one in reversed(story.events) if isinstance(one.body, kind))


def test_every_kind_of_event_says_what_of_it_can_be_erased():
    kinds = {body.model_fields["kind"].default for body in get_args(Body)}
    assert ERASABLE.keys() == kinds


def test_a_report_loses_all_that_was_typed_but_the_room_and_the_participant():
    report = Report(
        room=ROOM,
        participant="alice",
        packet_type=SECRET,
        request_id=SECRET,
        transitions=SECRET,
        words=SECRET,
    )
    story = Story(report=report).erases(1, BEN)
    assert SECRET not in told_in(story)
    left = story.state.report
    assert (left.room, left.participant) == (ROOM, "alice")
    assert (left.words, left.transitions) == (MARK, MARK)
    assert (left.packet_type, left.request_id) == (None, None)
    assert story.state.status is Status.OPEN


def test_what_nobody_said_is_not_said_to_be_erased():
    report = Report(room=ROOM, words=SECRET)
    left = Story(report=report).erases(1, BEN).state.report
    assert left == Report(room=ROOM, words=MARK)


def test_the_record_says_who_when_why_and_what_is_left():
    story = Story(report=Report(room=ROOM, words=SECRET)).erases(1, BEN, " Privacy. ")
    record = story.events[-1]
    assert (record.by, record.at) == (BEN, story.now)
    assert record.body.erased == 1
    assert record.body.why == "Privacy."
    assert record.body.left == remains_digest(story.events[0].body.model_dump_json())


def test_words_that_the_bot_repeated_go_as_well_and_others_stay():
    story = Story().ranked().do(c.Resolve(SECRET), ANN).sees("endpoint", TWO)
    story.do(c.Reopen(SECRET), BEN)
    asked, resolved = last(story, e.ResolveAsked), last(story, e.Resolved)
    assert resolved.by == BOT
    story.erases(asked.seq, BEN)
    assert last(story, e.Resolved).body.words == MARK
    assert last(story, e.Reopened).body.words == SECRET
    assert [one.body.erased for one in story.events[-2:]] == [asked.seq, resolved.seq]


def test_a_checks_headline_and_textual_facts_go_also_from_the_ranking():
    story = Story().sees("endpoint", TOLD).sees("people", TWO)
    told = last(story, e.CheckReported).seq - 1
    ranked = last(story, e.RunbooksRanked)
    reason = Reason(guard="token.status != 'ok'", facts=(*story.state.facts.values(),))
    page = ranked.body.ranking.ranked[0].model_copy(update={"for_": (reason,)})
    ranking = ranked.body.ranking.model_copy(update={"ranked": (page,)})
    body = ranked.body.model_copy(update={"ranking": ranking})
    story.events[ranked.seq - 1] = ranked._replace(body=body)
    story.erases(told, BEN)
    assert "hunter2" not in told_in(story)
    assert story.state.facts["token.age"].value == 7
    assert "token.status" not in story.state.facts
    assert story.state.ranking.because == MARK
    assert story.state.latest()["endpoint"].evidence.headline == MARK


def test_a_guard_that_told_a_fact_loses_it():
    story = STATES["barred"]()
    barred = last(story, e.StepReached)
    why = "It waits; now token.status is hunter2."
    body = barred.body.model_copy(update={"barred": why})
    story.events[barred.seq - 1] = barred._replace(body=body)
    seen = last(story, e.CheckReported)
    evidence = seen.body.evidence.model_copy(
        update={
            "facts": Story().sees("endpoint", TOLD).events[-1].body.evidence.facts,
        }
    )
    body = seen.body.model_copy(update={"evidence": evidence})
    story.events[seen.seq - 1] = seen._replace(body=body)
    story.erases(seen.seq, BEN)
    assert last(story, e.StepReached).body.barred == MARK
    assert "hunter2" not in told_in(story)


def test_a_record_can_lose_its_reason_but_not_what_it_records():
    story = Story(report=Report(room=ROOM, words=SECRET)).erases(1, ANN, "Of Eve.")
    record = story.events[-1]
    story.erases(record.seq, BEN)
    left = story.events[record.seq - 1].body
    assert (left.erased, left.left, left.why) == (1, record.body.left, MARK)


@pytest.mark.parametrize("status", STATES)
def test_a_step_stands_as_before_when_its_words_are_erased(status):
    story = STATES[status]()
    before = story.step.status
    for seq in range(1, len(story.events) + 1):
        with suppress(NotNow):  # it has no words
            story.erases(seq, BEN)
    assert story.step.status is before
    assert story.state == story.folded()


@settings(max_examples=15, deadline=None)
@given(stories(), st.data())
def test_whatever_is_erased_the_events_still_add_up_and_go_on(story, data):
    seq = data.draw(st.integers(1, len(story.events)))
    status, runs = story.state.status, len(story.state.runs)
    try:
        story.erases(seq, BEN)
    except NotNow:
        return
    assert story.state == story.folded()
    assert (story.state.status, len(story.state.runs)) == (status, runs)
    story.follow()


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"seq": 99}, "There is no event 99."),
        ({"seq": 2}, "Event 2 (checks.requested) has no words to erase."),
        ({"by": " "}, "Say who erases it."),
        ({"by": BOT}, "Say who erases it."),
        ({"by": "x" * 300}, "Say who erases it."),
        ({"why": "\u200b"}, "Say in a few words why"),
        ({"why": "x" * 3000}, "Say in a few words why"),
    ],
)
def test_an_erasure_that_cannot_be_is_refused_in_plain_words(wish, why):
    story = Story(report=Report(room=ROOM, words=SECRET))
    given = {"seq": 1, "by": BEN, "at": story.now, "why": "Privacy."} | wish
    with pytest.raises(NotNow) as refused:
        erase(story.events, Erase(**given))
    assert refused.value.reason.startswith(why)


def test_words_are_erased_once_and_it_is_told_who_did():
    story = Story(report=Report(room=ROOM, words=SECRET)).erases(1, ANN)
    with pytest.raises(NotNow) as refused:
        story.erases(1, BEN)
    assert refused.value.reason == "The words of event 1 are erased already."
    assert (refused.value.by, refused.value.at) == (
        ANN,
        story.now - timedelta(seconds=1),
    )


def test_a_skipped_step_keeps_that_it_was_skipped():
    story = Story().ranked().start().press(Verb.SKIP, SECRET)
    settled = last(story, e.StepSettled)
    story.erases(settled.seq, BEN)
    step = story.state.runs[0].steps[0]
    assert (step.status, step.words, step.by) == ("skipped", MARK, ANN)


def handed_over():
    """Hand over a zip, read a file in it that speaks for a page, and compare two."""
    story = Story().ranked().do(offer("zip"), ANN)
    named = {"name": "zip.log/eve.log", "source": "log:zip.log/eve.log"}
    facts = (
        fact("log.build", "hunter2", source=named["source"]),
        fact("endpoint.slow", 7, source=named["source"]),
    )
    return story.do(receive("zip", artefact(facts=facts, name=named["name"])))


def test_the_name_of_a_file_goes_wherever_it_was_told():
    story = handed_over().do(offer("again"), ANN)
    story.do(receive("again", artefact())).do(compare(copies__differ=True))
    offered = next(x for x in story.events if isinstance(x.body, e.FileBody))
    assert "zip.log" in told_in(story)
    story.erases(offered.seq, BEN)
    assert "zip.log" not in told_in(story)
    assert "again.log" in told_in(story)
    assert story.state == story.folded()


def test_a_file_keeps_its_hash_its_kind_and_its_numbers():
    story = handed_over()
    read = last(story, f.ArtefactRead)
    story.erases(read.seq, BEN)
    assert "hunter2" not in told_in(story)
    assert "eve.log" not in told_in(story)
    (left,) = story.state.artefacts
    assert (left.name, left.headline) == (MARK, MARK)
    assert (left.sha256, left.kind) == (
        read.body.artefact.sha256,
        read.body.artefact.kind,
    )
    assert [(x.name, x.value, x.source) for x in left.facts] == [
        ("endpoint.slow", 7, "log")
    ]


def test_a_comparison_loses_what_it_told_and_whose_it_was():
    story = Story().ranked().do(offer("x"), ANN).do(receive("x", artefact()))
    story.do(compare(copies__differ=True, copies__worst="hunter2"))
    compared = last(story, f.ArtefactsCompared)
    story.erases(compared.seq, BEN)
    left = last(story, f.ArtefactsCompared).body
    assert left.names == (MARK, MARK)
    assert left.evidence.headline == MARK
    assert [x.name for x in left.evidence.facts] == ["copies.differ"]


def test_facts_that_contradict_each_other_lose_what_was_erased():
    story = handed_over()
    ranked, facts = last(story, e.RunbooksRanked), tuple(story.state.facts.values())
    two = (Opposed(facts=facts, means="They differ."),)
    ranking = ranked.body.ranking.model_copy(update={"opposed": two})
    body = ranked.body.model_copy(update={"ranking": ranking})
    story.events[ranked.seq - 1] = ranked._replace(body=body)
    story.erases(last(story, f.ArtefactRead).seq, BEN)
    assert "hunter2" not in told_in(story)
    assert "eve.log" not in told_in(story)


def vouched():
    """Come to the step that two people attest, and let one do so."""
    story = Story().ranked().start(CAREFUL).sees("people", TWO)
    story.answer(seen="no", count="2").press(Verb.CONFIRM)
    return story.answer(build="hunter2", seen="no", words=SECRET)


def test_an_answer_that_is_text_goes_and_a_guard_does_not_know_it_any_more():
    story = Story().ranked().start(CAREFUL).sees("people", TWO)
    story.answer(seen="no", count="2")
    settled = last(story, e.StepSettled)
    story.erases(settled.seq, BEN)
    assert last(story, e.StepSettled).body.answers == {"count": 2}
    assert story.state.told.keys() == {"told.count"}


def test_what_two_attested_goes_from_where_the_bot_put_it_together():
    story = vouched().answer(by=BEN, build="hunter2", seen="no")
    first = next(x for x in story.events if isinstance(x.body, e.StepAttested))
    story.erases(first.seq, BEN)
    assert last(story, e.StepSettled).body.answers == {}
    assert last(story, e.StepAttested).body.answers["build"] == "hunter2"
    assert SECRET not in told_in(story)


def test_the_second_can_attest_when_the_words_of_the_first_are_erased():
    story = vouched()
    story.erases(last(story, e.StepAttested).seq, BEN)
    story.answer(by=BEN, build="hunter2", seen="no")
    words = last(story, e.StepSettled).body.words
    assert words == "The two did not say the same: build, seen."
    assert story.state == story.folded()
