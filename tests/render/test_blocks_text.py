"""Text from outside and where it is cut: safe(), clean(), code(), one_line()."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.render import blocks

# A busy machine is no failure.
_PATIENT = settings(deadline=None)

_MARKUP = st.sampled_from(
    [
        "<!channel>",
        "<!here>",
        "<!everyone>",
        "<!subteam^S1>",
        "<@U1>",
        "<#C1>",
        "<https://e.org|safe>",
        "```",
        "````",
        "`",
        "&amp;",
        "&lt;!here&gt;",
        "\u202e",
        "\u200b",
        "\ud800",
        "\n",
        "é",
        "e\u0301",
        "👩\u200d🚒",
        "🇩🇪",
        "👍🏽",
    ]
)
_TEXTS = st.lists(_MARKUP | st.text(st.characters(), max_size=8), max_size=40).map(
    "".join
)
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069]"
)


@_PATIENT
@given(_TEXTS, st.integers(16, 300))
@example("<!channel>", 300)
@example("<" * 50, 16)
def test_nothing_from_outside_speaks_slacks_language(text, limit):
    for shown in (blocks.safe(text, limit), blocks.code(text, limit)):
        assert "<" not in shown
        assert ">" not in shown
        assert re.sub("&(amp|lt|gt);", "", shown).count("&") == 0
        assert len(shown) <= limit


@_PATIENT
@given(_TEXTS, st.integers(1, 60))
def test_what_is_cut_is_the_beginning_of_what_was_there(text, limit):
    whole, cut = blocks.clean(text, 100_000), blocks.clean(text, limit)
    assert len(cut) <= limit
    assert cut == whole or whole.startswith(cut.removesuffix("…"))


@_PATIENT
@given(_TEXTS)
def test_safe_text_can_be_read_back(text):
    shown = blocks.safe(text, 100_000)
    back = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert back == blocks.clean(text, 100_000)


@_PATIENT
@given(_TEXTS)
def test_nothing_hidden_is_left(text):
    assert not _HIDDEN.search(blocks.clean(text))
    blocks.clean(text).encode()


@_PATIENT
@given(_TEXTS, st.integers(16, 400))
@example("```", 100)
@example("a`", 100)
def test_a_fence_cannot_be_closed_from_inside(text, limit):
    fenced = blocks.code(text, limit)
    assert fenced.startswith("```\n")
    assert fenced.endswith("\n```")
    assert fenced.count("```") == 2


@_PATIENT
@given(_TEXTS, st.integers(1, 60))
def test_one_line_is_one_line(text, limit):
    line = blocks.one_line(text, limit)
    assert len(line.splitlines()) <= 1
    assert len(line) <= limit


def test_escape_touches_three_characters_and_the_ampersand_first():
    assert blocks.escape("""<a> & "b" 'c' &lt;""") == (
        """&lt;a&gt; &amp; "b" 'c' &amp;lt;"""
    )


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x1bc\x7f", "abc"),
        ("exe\u202etxt.gpj", "exetxt.gpj"),
        ("\u2066a\u2069", "a"),
        ("z\u200be\u200dr\ufeffo", "zero"),
        ("in\u00advis\U000e0041ible", "invisible"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("tab\tstays", "tab\tstays"),
        ("half\ud83d", "half"),
        ("Grüße 中文 עברית 👍🏽", "Grüße 中文 עברית 👍🏽"),
    ],
)
def test_clean_removes_what_nobody_can_see(text, cleaned):
    assert blocks.clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("ab cdef", 4, "ab…"),
        ("abc🇩🇪🇫🇷", 5, "abc…"),
        ("abc🇩🇪🇫🇷", 6, "abc🇩🇪…"),
        ("ab👍🏽cd", 4, "ab…"),
        ("abe\u0301\u0302d", 4, "ab…"),
        ("ab👩\u200d🚒cd", 5, "ab…"),
        ("ab❤\ufe0fcd", 4, "ab…"),
        ("abcd", 1, "…"),
    ],
)
def test_plain_text_is_cut_between_letters(text, limit, cut):
    assert blocks.plain(text, limit)["text"] == cut


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("ab&amp;cd", 5, "ab…"),
        ("ab&amp;cd", 8, "ab&amp;…"),
        ("ab&lt;cd", 3, "ab…"),
        ("ab <https://e.org|words> cd", 12, "ab…"),
        ("ab <@U1> cd ef", 10, "ab <@U1>…"),
        ("1 < 2 and so on", 6, "1 < 2…"),
        ("ab `cd` ef", 7, "ab `cd…"),
    ],
)
def test_mrkdwn_is_cut_outside_of_escapes_and_links(text, limit, cut):
    assert blocks.mrkdwn(text, limit)["text"] == cut


def test_a_fence_that_was_cut_is_closed():
    cut = blocks.mrkdwn("see\n```\n" + "x" * 50 + "\n```", 30)["text"]
    assert cut == "see\n```\n" + "x" * 17 + "…\n```"
    assert len(cut) == 30


@pytest.mark.parametrize("limit", range(1, 12))
def test_a_fence_is_never_cut_in_its_backticks(limit):
    cut = blocks.mrkdwn("ab```cdefghijklm```", limit)["text"]
    assert len(cut) <= limit
    assert cut.count("`") in {0, 6}


def _starts_a_letter(text, at):
    after, before = text[at], text[at - 1]
    joined = "\u200d" in {before, after} or after in "\ufe0f🏽"
    return not joined and not unicodedata.category(after).startswith("M")


@_PATIENT
@given(_TEXTS, st.integers(1, 80))
def test_no_letter_is_cut_in_two(text, limit):
    whole = text.encode("utf-8", "replace").decode()
    cut = blocks.plain(text, limit)["text"].removesuffix("…")
    end = len(cut)
    if cut and whole.startswith(cut) and end < len(whole) and not whole[end].isspace():
        assert _starts_a_letter(whole, end)


def test_code_keeps_single_backticks_and_indentation():
    assert blocks.code("  run `x`\n\tnow") == "```\n  run `x`\n\tnow\n```"


def test_code_shows_long_runs_of_backticks_as_look_alikes():
    assert blocks.code("a```b") == "```\na" + "\u02cb" * 3 + "b\n```"


def test_code_without_content_is_still_a_fence():
    assert blocks.code("\n") == "```\n \n```"


def test_a_date_is_shown_in_the_readers_zone_with_utc_for_old_clients():
    berlin = timezone(timedelta(hours=1))
    moment = datetime(2026, 11, 23, 23, 5, 7, tzinfo=berlin)
    assert blocks.date(moment) == (
        "<!date^1795471507^{date_short_pretty} {time_secs}|2026-11-23T22:05:07Z>"
    )
    assert blocks.date(moment) == blocks.date(moment.astimezone(UTC))


def test_a_date_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        blocks.date(datetime(2026, 11, 23))  # noqa: DTZ001  the mistake under test
