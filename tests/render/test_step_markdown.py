"""Markdown of runbook pages to mrkdwn."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.render.markdown import CHUNK, pieces


def one(markdown):
    return "\n".join(pieces(markdown))


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("plain", "plain"),
        ("**bold** and *italic*", "*bold* and _italic_"),
        ("~~gone~~", "~gone~"),
        ("**a *b* c**", "*a _b_ c*"),
        ("***both***", "_*both*_"),
        ("**a\nb**", "*a b*"),
        ("one\ntwo", "one two"),
        ("# Title **x**", "*Title x*"),
        ("[docs](https://e.org/?a=1&b=2)", "docs (https://e.org/?a=1&amp;b=2)"),
        ("<https://e.org>", "https://e.org"),
        ("![a graph](g.png)", "a graph (g.png)"),
        ("use `rm  -rf *`", "use `rm  -rf *`"),
        ("use ``a`b``", "use ``` a`b ```"),
        ("- a\n- b", "• a\n• b"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("- a\n  - b", "• a\n    • b"),
        ("> said\n> so", "> said so"),
        ("---", "———"),
        ("```sh\nls *\n```", "```\nls *\n```"),
        ("    indented", "```\nindented\n```"),
        ("<b>x</b>", "`&lt;b&gt;`x`&lt;/b&gt;`"),
        ("``a`b``<b>", "``` a`b ``` `&lt;b&gt;`"),
        ("`a`**`b`** `c`", "`a`*`b`* `c`"),
        ("a & b < c", "a &amp; b &lt; c"),
        ("", ""),
    ],
)
def test_markup_becomes_slacks(markdown, expected):
    assert one(markdown) == expected


@pytest.mark.parametrize("word", ["*.log", "_name_", "~/.config", "a*", "__init__.py"])
def test_a_word_that_slack_would_read_as_markup_is_shown_as_code(word):
    escaped = re.sub(r"([*_~])", r"\\\1", word)
    assert one(f"Look at {escaped} now.") == f"Look at `{word}` now."


def test_marks_within_a_word_or_alone_stay():
    assert one(r"snake_case 2 \* 3") == "snake_case 2 * 3"


def test_a_fence_in_a_list_stays_a_fence():
    shown = one("1. Run\n   ```sh\n   a\n   b\n   ```\n   then wait.")
    assert shown == "1. Run\n```\na\nb\n```\n    then wait."


def test_a_fence_in_a_quote_is_not_quoted_into():
    assert one("> ```\n> a\n> ```") == "```\na\n```"


def test_a_long_fence_is_split_at_its_lines_and_loses_none():
    lines = [f"command --number {n}" for n in range(400)]
    parts = pieces("```\n" + "\n".join(lines) + "\n```")
    assert len(parts) > 1
    inside = [line for part in parts for line in part.split("\n") if line != "```"]
    assert inside == lines


_MARKS = "<!channel> <@U1> <#C1> <https://e.org|x> ``` ` ** * _ [a](b) &lt; & ~~"
_HOSTILE = st.sampled_from([*_MARKS.split(), "\n", "\n\n", "> ", "- ", "1. ", "    "])


@settings(deadline=None)
@given(st.lists(_HOSTILE | st.text(max_size=6), max_size=30).map("".join))
def test_no_text_calls_anybody_or_hides_a_link(markdown):
    for part in pieces(markdown):
        assert "<" not in part
        assert len(part) <= CHUNK + 100


@settings(deadline=None)
@given(st.lists(st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True), min_size=1))
def test_plain_words_are_all_kept_in_order(words):
    assert one(" ".join(words)).split() == words
