"""People, times, values: the words that all messages share."""

from datetime import timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from states import CATALOGUE, START

from bot.core.evidence import Fact, Verdict
from bot.core.incident.events import BOT
from bot.core.incident.state import Status
from handlers.render import words


@pytest.mark.parametrize(
    ("person", "shown"),
    [
        ("U0ANN", "<@U0ANN>"),
        ("W12", "<@W12>"),
        ("U0ann", "U0ann"),
        ("U0ANN\n", "U0ANN"),
        ("C0HELP", "C0HELP"),
        ("<@U1>", "&lt;@U1&gt;"),
        ("", "somebody"),
        (BOT, "the bot"),
    ],
)
def test_only_a_slack_id_is_mentioned(person, shown):
    assert words.who(person) == shown


def test_a_time_in_utc_says_so():
    moment = START.astimezone(timezone(timedelta(hours=3)))
    assert words.utc(moment) == "2026-03-01 12:00:00 UTC"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "yes"),
        (False, "no"),
        (3, "3"),
        (0.5, "0.5"),
        (float("nan"), "nan"),
        ("", "empty"),
        ("a\nb", "a b"),
        ("x" * 99, "x" * 59 + "…"),
    ],
)
def test_a_value_is_told_in_a_few_characters(value, shown):
    assert words.told_value(value) == shown


def test_a_fact_is_its_name_and_its_value():
    fact = Fact(name="token.status", value="`ok`", observed_at=START, source="x")
    assert words.told_fact(fact) == "token.status `\u02cbok\u02cb`"


def test_a_missing_fact_names_the_check_that_would_tell_it():
    assert words.source("token.status", CATALOGUE) == (
        "token.status (from Token endpoint answers)"
    )
    assert words.source("nobody.knows", CATALOGUE) == "nobody.knows"


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 checks"), (1, "1 check"), (2, "2 checks")]
)
def test_a_count_and_its_noun_agree(count, shown):
    assert words.plural(count, "check") == shown


def test_every_verdict_and_status_has_a_sign_and_words():
    assert set(words.VERDICT_SIGN) == set(Verdict)
    assert set(words.STATUS_SIGN) == set(words.STATUS_WORDS) == set(Status)


@settings(deadline=None)
@given(st.text())
def test_no_text_speaks_slacks_language(text):
    for told in (
        words.name(text),
        words.prose(text),
        words.flat(text),
        words.literal(text),
    ):
        assert "<" not in told
        assert "```" not in told


@settings(deadline=None)
@given(st.text())
def test_a_name_is_one_line_and_never_nothing(text):
    assert "\n" not in words.name(text)
    assert words.name(text)


def test_the_catalogue_names_what_has_no_title():
    assert CATALOGUE.title("of-another-version") == "of-another-version"
