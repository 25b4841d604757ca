import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.core.report import (
    MAX_NAME,
    MAX_WORDS,
    MEANING,
    Report,
    Reproduces,
    Severity,
    visible,
)


def test_only_the_room_is_needed():
    report = Report(room="r1")
    assert report.inputs() == {
        "room": "r1",
        "participant": None,
        "packet_type": None,
        "request_id": None,
    }
    assert report.reproduces is Reproduces.NOT_TRIED
    assert report.severity is Severity.SEV3


@pytest.mark.parametrize("room", ["", "  ", "\u200b\u202e", None, 7, "x" * 257])
def test_a_room_that_is_no_name_is_refused(room):
    with pytest.raises(ValidationError):
        Report(room=room)


@pytest.mark.parametrize("field", ["participant", "packet_type", "request_id", "words"])
@pytest.mark.parametrize("empty", ["", "  ", "\u200b", None])
def test_an_empty_field_is_one_that_was_not_filled_in(field, empty):
    assert getattr(Report(room="r1", **{field: empty}), field) is None


def test_each_field_has_an_end():
    Report(room="x" * MAX_NAME, words="x" * MAX_WORDS)
    for field, most in (("participant", MAX_NAME), ("transitions", MAX_WORDS)):
        with pytest.raises(ValidationError):
            Report(room="r1", **{field: "x" * (most + 1)})


def test_a_field_that_is_not_of_the_template_is_refused():
    with pytest.raises(ValidationError):
        Report(room="r1", colour="blue")


def test_every_severity_says_what_it_means():
    assert set(MEANING) == set(Severity)


def test_line_breaks_stay_and_what_hides_goes():
    assert visible(" a\nb\u202e\x00\ud800c ") == "a\nbc"


@given(st.text())
def test_what_is_visible_can_be_stored_and_is_visible_already(text):
    shown = visible(text)
    assert shown == visible(shown)
    assert shown.encode() is not None


@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_a_report_survives_the_store(room, words):
    try:
        report = Report(room=room, words=words)
    except ValidationError:
        assert not visible(room)
        return
    assert Report.model_validate_json(report.model_dump_json()) == report
