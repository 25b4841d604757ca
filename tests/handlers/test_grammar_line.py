"""The one line of `/triage`, for any text at all."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from handlers.grammar import MAX_LINE, VERBS, Ask, parse
from handlers.render.help import COMMANDS

PRINTED = st.characters(
    exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters='"“”„‟&<>'
)
NAMES = st.text(PRINTED, min_size=1, max_size=40)
SPACED = st.lists(NAMES, min_size=1, max_size=4).map(" ".join)


@given(st.text(max_size=200) | st.text('<>@#!|&;"“ abstatu', max_size=60))
def test_any_text_is_an_ask_or_a_usage_error(text):
    with suppress(UsageError):
        assert parse(text).verb in {"form", "open", *VERBS}


@given(SPACED, SPACED, SPACED)
def test_quoted_names_come_back_as_they_were(room, participant, words):
    ask = parse(f'"room:{room}" "participant:{participant}" {words}')
    assert (ask.verb, ask.room, ask.participant) == ("open", room, participant)
    assert ask.words == " ".join(words.split())


@given(st.sampled_from(VERBS), st.integers(0, 6), st.sampled_from("xyz"))
def test_one_wrong_letter_of_a_verb_never_opens_a_room(verb, at, letter):
    typed = verb[:at] + letter + verb[at + 1 :]
    with suppress(UsageError):
        assert parse(typed).verb in VERBS


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("", Ask("form")),
        ("   ", Ask("form")),
        ('""', Ask("form")),
        ("STATUS", Ask("status")),
        ("resolve", Ask("resolve")),
        ("resolve anyway", Ask("resolve", anyway=True)),
        ("resolve it was DNS Anyway", Ask("resolve", words="it was DNS", anyway=True)),
        ("reopen it is back", Ask("reopen", words="it is back")),
        ("erase 12 a name", Ask("erase", event=12, words="a name")),
        ("erase [12] a name", Ask("erase", event=12, words="a name")),
        ("runbook Restart the router", Ask("runbook", words="Restart the router")),
        ("blue", Ask("open", room="blue")),
        ("blue alice", Ask("open", room="blue", participant="alice")),
        (
            "blue alice can't get in",
            Ask("open", room="blue", participant="alice", words="can't get in"),
        ),
        ('"R&amp;D west"', Ask("open", room="R&D west")),
        ("“R&amp;D west” alice", Ask("open", room="R&D west", participant="alice")),
        ('room:"R&amp;D west"', Ask("open", room="R&D west")),
        ("room:list", Ask("open", room="list")),
        ("ROOM:blue participant:al", Ask("open", room="blue", participant="al")),
        ("blue participant:", Ask("open", room="blue")),
        (r"a\b it's", Ask("open", room=r"a\b", participant="it's")),
        ("blue #1", Ask("open", room="blue", participant="#1")),
    ],
)
def test_what_a_line_asks_for(text, ask):
    assert parse(text) == ask


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("<@U2|sam>", "@sam"),
        ("<@U2>", "@U2"),
        ("<#C1|incidents>", "#incidents"),
        ("<https://a.example/x|a.example/x>", "a.example/x"),
        ("<https://a.example/x>", "https://a.example/x"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<!subteam^S1|@oncall>", "@oncall"),
        ("<!here>", "@here"),
        ("&lt;&amp;&gt;", "<&>"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_what_slack_escapes_is_what_was_typed(sent, typed):
    assert parse(sent).room == typed


@pytest.mark.parametrize("typed", ["staus", "lst", "sumary", "resolv", "runbok x"])
def test_a_slip_is_asked_about(typed):
    with pytest.raises(UsageError, match="Did you mean"):
        parse(typed)


@pytest.mark.parametrize("typed", ["status now", "list all", "help me", "Summary x"])
def test_words_after_a_verb_that_takes_none_open_nothing(typed):
    with pytest.raises(UsageError, match="There is no"):
        parse(typed)


def test_a_slip_is_told_as_text_that_mentions_nobody():
    with pytest.raises(UsageError) as told:
        parse('"&lt;status&gt;"')
    assert "<status>" not in str(told.value)


def test_a_quote_that_is_not_closed_is_told():
    with pytest.raises(UsageError, match="quote is not closed"):
        parse('"R&amp;D west')


def test_a_room_must_have_a_name():
    with pytest.raises(UsageError, match="Say which room"):
        parse("room: alice")


def test_a_line_that_is_too_long_is_told():
    with pytest.raises(UsageError, match="too long"):
        parse("x" * (MAX_LINE + 1))


def test_the_help_has_every_verb():
    known = {line.split()[1] for line in COMMANDS if " " in line}
    assert known == {*VERBS, "ROOM"}
