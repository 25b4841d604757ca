"""What a confined process says is checked as if a stranger had written it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.artefacts.cleaning import cleaned, finding_of, name_of
from bot.artefacts.limits import MAX_FACTS, MAX_MEMBERS
from bot.artefacts.wire import Answer, Said, Seen
from bot.core.artefact import Kind
from bot.core.evidence import Verdict

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEEN = {
    "kind": "log",
    "sha256": "ab" * 32,
    "size": 3,
    "verdict": "bad",
    "headline": "Three tokens were refused.",
    "facts": {"log.lines": 3},
}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def answer(**changes):
    return json.dumps({"seen": [SEEN | changes]})


def test_an_answer_in_order_is_taken():
    (seen,) = Answer.model_validate_json(answer()).seen
    assert (seen.kind, seen.verdict) == (Kind.LOG, Verdict.BAD)
    assert seen.facts == {"log.lines": 3}


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "virus"},
        {"sha256": "../../etc"},
        {"size": -1},
        {"size": 10**13},
        {"verdict": "fine"},
        {"headline": "x" * 2_001},
        {"headline": None},
        {"facts": {"UPPER.case": 1}},
        {"facts": {"no-dot": 1}},
        {"facts": {"log.note": "x" * 2_001}},
        {"facts": {"log.lines": None}},
        {"facts": {"log.lines": [1]}},
        {"facts": {f"log.f{n}": 1 for n in range(MAX_FACTS + 1)}},
        {"member": MAX_MEMBERS},
        {"member": "../0001"},
        {"member": True},
        {"names": ["a"] * 4},
        {"path": "/etc/passwd"},
        {"digest": {"a": {"b": {"c": 1}}}},
    ],
)
def test_an_answer_out_of_order_is_refused(changes):
    with pytest.raises(ValidationError):
        Answer.model_validate_json(answer(**changes))


def test_nan_and_infinity_are_no_facts():
    for odd in ("NaN", "Infinity", "1e999"):
        text = answer().replace('{"log.lines": 3}', f'{{"log.lines": {odd}}}')
        with pytest.raises(ValidationError):
            Answer.model_validate_json(text)


@given(JSON, st.sampled_from(["seen", "layers", "compared"]))
def test_any_json_is_an_answer_or_is_refused(value, key):
    for document in (value, {key: value}, {key: [value]}, {key: [SEEN, value]}):
        try:
            said = Answer.model_validate_json(json.dumps(document))
        except ValidationError:
            continue
        assert len(said.seen) <= MAX_MEMBERS + 1


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_are_refused(content):
    try:
        Answer.model_validate_json(content)
    except ValidationError:
        return


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=60))
def test_whatever_is_said_is_kept_bounded_visible_and_on_one_line(words, value, name):
    seen = Seen.model_validate(SEEN | {"headline": words, "facts": {"log.note": value}})
    kept = cleaned(seen, (name,), None, NOON)
    assert len(kept.headline) <= 300
    assert "\n" not in kept.headline + kept.name
    assert len(kept.name) <= 80
    assert kept.name
    assert all(fact.value.isascii() for fact in kept.facts)
    kept.model_dump_json()


def test_a_member_is_called_after_its_zip():
    assert name_of(("b.zip", "Documents/My Files/a.log")) == "b.zip/a.log"


def test_what_says_nothing_says_so():
    silent = Said(verdict=Verdict.OK, headline="")
    assert finding_of(silent, None).headline == "It says nothing."
