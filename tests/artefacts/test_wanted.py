"""Whom to ask for which file: one table, for a terminal as for Slack."""

import pytest

from bot.artefacts.wanted import wanted
from bot.cohrtz.whence import PAIRS, SUBJECTS, WHENCE
from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Verdict
from bot.core.ranking import Lack, Missing, Ranking


def lacking(*facts):
    missing = (Missing(facts=facts, reason=Lack.MISSING),)
    return Ranking(ranked=(), proposed=None, because="", missing=missing)


def held(kind):
    told = {"name": "a", "kind": kind, "sha256": "", "size": 1, "headline": ""}
    return Artefact(**told, verdict=Verdict.OK)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_of_a_file_is_asked_for_with_a_reason(subject):
    (one,) = wanted(lacking(f"{subject}.something"), [])
    known = PAIRS.get(subject) or WHENCE[SUBJECTS[subject]]
    assert (one.what, one.source) == (known.what.rstrip(","), known.whom)
    assert known.why
    assert one.why.startswith(known.why)


def test_facts_of_one_file_are_one_request():
    asks = wanted(lacking("log.a", "log.b", "keys.c"), [])
    assert len(asks) == 2


def test_a_file_that_is_there_and_does_not_tell_is_asked_for_otherwise():
    (log,) = wanted(lacking("log.a"), [held(Kind.LOG)])
    assert log.what.startswith("a longer log")
    (database,) = wanted(lacking("database.a"), [held(Kind.CRDT_DATABASE)])
    assert database.what.startswith("another one: a copy of")


def test_two_copies_are_asked_for_also_when_one_is_there():
    (copies,) = wanted(lacking("copies.differ"), [held(Kind.CRDT_DATABASE)])
    assert "second device" in copies.what


def test_what_no_file_tells_is_asked_of_the_bot():
    (look,) = wanted(lacking("token.status"), [])
    assert "/triage" in look.source
