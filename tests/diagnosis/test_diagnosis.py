"""The labelled incidents: the right page first, and honest where none is.

What is weighed comes from real parts: the opening checks look at a simulated deployment
over its wires, and the readers read files that were made as devices leave them.
"""

from dataclasses import replace

import pytest

from bot.cohrtz.opposites import OPPOSITES
from bot.cohrtz.whence import WHENCE
from bot.core.artefact import Kind
from bot.core.guard import Guard
from bot.core.ranking import rank
from rehearsal.cohrtz.app_log import AppLog
from tests.diagnosis.cases import CASES, NEITHER, PROPOSED, TOO_LITTLE
from tests.diagnosis.table import asked_for, diagnosed, is_right, table
from tests.fakes.library import of_rooms

NOT_MADE = {Kind.ARCHIVE, Kind.PREFERENCES, Kind.UNRECOGNISED}
"""A zip holds files of the other kinds; preferences are not to be handed over."""
ENOUGH = 0.95
NOISE = ("unicast-fault", "ice", "cached-token-invalid", "diag", "merged")
"""What stands in every log, whatever is wrong."""
WITH_FILES = [case for case in CASES if case.files]
pytestmark = pytest.mark.wire


def test_there_are_enough_incidents_and_each_has_what_misleads():
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(case.misleads for case in CASES)
    counts = {slug: sum(c.truth == slug for c in CASES) for slug in of_rooms()}
    assert min(counts.values()) >= 5
    assert all(case.truth for case in PROPOSED)


@pytest.mark.parametrize("case", WITH_FILES, ids=lambda case: case.name)
def test_the_readers_find_in_the_files_what_the_incident_is_named_for(case):
    assert case.tells
    assert {name: case.known.get(name) for name in case.tells} == case.tells


def test_the_incidents_have_files_of_every_kind_that_speaks_of_a_room():
    artefacts = [one for case in CASES for one in case.bundle.artefacts]
    assert {one.kind for one in artefacts} >= set(Kind) - NOT_MADE
    assert not [one.name for one in artefacts if one.kind is Kind.UNRECOGNISED]
    assert len(artefacts) > len(CASES)


def test_the_right_page_is_first_at_least_95_times_of_100():
    assert sum(map(is_right, CASES)) >= ENOUGH * len(CASES), "\n".join(table())


@pytest.mark.parametrize("case", PROPOSED, ids=lambda case: case.name)
def test_the_second_best_is_told_with_the_proposal(case):
    said = diagnosed(case)
    assert len(said.ranked) == len(of_rooms())
    rivals = [one for one in said.ranked[1:] if not one.against]
    assert not rivals or f"«{rivals[0].title}»" in said.because


@pytest.mark.parametrize("case", PROPOSED, ids=lambda case: case.name)
def test_normal_noise_changes_no_diagnosis(case):
    if case.log is None:
        return
    said = [*case.log.said, *NOISE]
    noisy = replace(case, log=AppLog(debug=case.log.debug, said=said))
    assert diagnosed(noisy).proposed == diagnosed(case).proposed


@pytest.mark.parametrize("case", [*NEITHER, *TOO_LITTLE], ids=lambda case: case.name)
def test_no_page_is_pressed_on_people_without_evidence(case):
    assert diagnosed(case).proposed is None


@pytest.mark.parametrize("case", TOO_LITTLE, ids=lambda case: case.name)
def test_where_evidence_is_too_little_a_file_is_asked_for_by_whom(case):
    asked = [one.kind for one in asked_for(case)]
    assert Kind(case.asks) in asked[:3]
    assert WHENCE[Kind(case.asks)].whom


def test_same_facts_give_the_same_answer_in_any_order():
    for case in CASES:
        turned = rank(of_rooms(), reversed(case.facts), case.at, OPPOSITES)
        assert turned == diagnosed(case)


def test_every_guard_speaks_in_some_incident():
    spoken = {
        reason.guard
        for case in CASES
        for one in diagnosed(case).ranked
        for reason in one.for_
    }
    silent = {
        guard
        for slug, book in of_rooms().items()
        for guard in book.for_
        if guard not in spoken and not slug.startswith("token")
    }
    assert all(Guard.parse(guard) for guard in silent)
    assert len(silent) <= 2, silent


def test_the_table_counts_every_incident():
    rows = table()
    assert rows[0].startswith("truth")
    text = "\n".join(rows)
    assert f"of {len(CASES)} right" in text
    assert text.count(" from whoever ") == len(TOO_LITTLE)
