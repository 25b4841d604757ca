from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.core.artefact import Artefact, Kind, Reading
from bot.core.evidence import (
    Evidence,
    Fact,
    Verdict,
    bad,
    newest,
    ok,
    superseded,
    unknown,
    witnessed,
    worst,
)
from bot.core.transitions import Move, Transition

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
VALUES = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8")),
)


def fact(value, seconds=0, name="room.people"):
    at = NOON + timedelta(seconds=seconds)
    return Fact(name=name, value=value, observed_at=at, source="people")


@pytest.mark.parametrize(
    ("make", "verdict"),
    [(ok, Verdict.OK), (bad, Verdict.BAD), (unknown, Verdict.UNKNOWN)],
)
def test_a_finding_says_what_it_says(make, verdict):
    assert make("Seen.").verdict is verdict
    assert make("Seen.").facts == {}
    assert make("Seen.", {"a.b": 1}).facts == {"a.b": 1}


def test_facts_are_dated_and_signed_by_whoever_looked():
    seen = witnessed(ok("Two.", {"room.people": 2}), source="people", at=NOON)
    assert seen.facts == (fact(2),)
    assert (seen.headline, seen.reference) == ("Two.", None)


def test_a_facts_age_is_never_negative():
    assert fact(1, seconds=5).age(NOON) == timedelta(0)
    assert fact(1).age(NOON + timedelta(seconds=5)) == timedelta(seconds=5)


def test_the_newest_of_each_name_is_kept_and_of_equals_the_last():
    known = newest([fact(1, 5), fact(2), fact(3, 5), fact(4, name="x.y")])
    assert {name: one.value for name, one in known.items()} == {
        "room.people": 3,
        "x.y": 4,
    }


def test_unknown_is_never_ok():
    assert worst([]) is Verdict.UNKNOWN
    assert worst([Verdict.OK]) is Verdict.OK
    assert worst([Verdict.OK, Verdict.UNKNOWN]) is Verdict.UNKNOWN
    assert worst([Verdict.UNKNOWN, Verdict.BAD, Verdict.OK]) is Verdict.BAD


@given(VALUES)
def test_a_facts_value_keeps_its_type_in_the_store(value):
    seen = Evidence(verdict=Verdict.OK, headline="Seen.", facts=(fact(value),))
    (read,) = Evidence.model_validate_json(seen.model_dump_json()).facts
    assert (type(read.value), read.value) == (type(value), value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), None])
def test_what_json_cannot_keep_is_no_fact(value):
    with pytest.raises(ValidationError):
        ok("Seen.", {"room.people": value})


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("", "12:00:00 alice left"),
        ("duplicate-identity", "12:00:00 alice left (duplicate-identity)"),
    ],
)
def test_a_transition_is_told_in_a_line(reason, told):
    move = Transition(
        id="EV_1",
        room="r1",
        identity="alice",
        sid="PA_1",
        move=Move.LEFT,
        reason=reason,
        at=NOON,
        source="webhook",
    )
    assert move.told() == told


def test_a_fact_of_a_file_does_not_go_stale():
    finding = bad("3 lines.", {"log.lines": 3})
    of_file, seen = (
        witnessed(finding, source="log", at=NOON, lasting=lasting).facts[0]
        for lasting in (True, False)
    )
    later = NOON + timedelta(days=1)
    assert of_file.is_fresh(later, timedelta(minutes=5))
    assert not seen.is_fresh(later, timedelta(minutes=5))
    assert seen.is_fresh(NOON, timedelta(0))


def test_an_artefact_is_stored_and_read_back_with_its_facts():
    seen = witnessed(bad("x", {"log.lines": 3}), source="log", at=NOON, lasting=True)
    artefact = Artefact(
        name="app.log",
        kind=Kind.LOG,
        sha256="0" * 64,
        size=9,
        verdict=seen.verdict,
        headline=seen.headline,
        facts=seen.facts,
    )
    assert Artefact.model_validate_json(artefact.model_dump_json()) == artefact


def test_a_digest_holds_values_and_maps_of_values_and_nothing_deeper():
    finding = bad("x")
    assert Reading(finding=finding, digest={"tasks": {"count": 3}}).digest
    with pytest.raises(ValidationError):
        Reading(finding=finding, digest={"tasks": {"rows": {"a": 1}}})


def test_a_fact_of_the_future_is_not_fresh_for_the_clock_was_turned_back():
    seen = fact(3, seconds=3600)
    assert not seen.is_fresh(NOON, timedelta(minutes=5))
    assert fact(3, seconds=30).is_fresh(NOON, timedelta(minutes=5))
    lasting = seen.model_copy(update={"lasting": True})
    assert lasting.is_fresh(NOON, timedelta(minutes=5))


@pytest.mark.parametrize(
    ("known", "told", "kept"),
    [
        (0, 10, 10),
        (10, 0, 10),  # two looks side by side: the earlier one told later
        (3600, 0, 0),  # the clock was turned back
    ],
)
def test_what_a_look_tells_takes_the_place_of_what_was_known(known, told, kept):
    before = {"room.people": fact(1, seconds=known)}
    (now,) = superseded(before, [fact(2, seconds=told)]).values()
    assert now.observed_at == NOON + timedelta(seconds=kept)


def test_what_was_not_known_is_taken():
    assert superseded({}, [fact(2)])["room.people"].value == 2
