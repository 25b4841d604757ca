import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_samples import CATALOGUE, problems, steps

from bot.core.runbook.read import read


@pytest.mark.parametrize("page", ["", "\n\n", "---\ntitle: x\n---\n", "# A\n"])
def test_a_page_that_says_nothing_is_a_problem(page):
    assert problems(page)[0].startswith("1: the page ")


@pytest.mark.parametrize("page", ["x" * 2_000_001, "x\n" * 20_001])
def test_a_page_that_is_too_long_is_refused(page):
    (said,) = problems(page)
    assert "at most 2000000 characters in 20000 rows" in said


def test_a_runbook_without_end_is_refused():
    (said,) = problems("- Look.\n" * 2001)
    assert said.startswith("1: «page» has more than 2000 steps")


pieces = st.sampled_from(
    [
        "---\n", "for: [x.y]\n", "title: a\n", "# A\n", "## Steps\n", "## Meaning\n",
        "## Runbook: R\n", "1. Check it.\n", "- a\n", "  - b\n", "   ```check\n",
        "```\n", "```action\n", "room-converged: {room: x}\n", "when: a\n", "\n",
        "See [x](y).\n", "Actions:\n", "> q\n", "<details>\n", "</details>\n", "\t",
        "    code\n", "a|b\n-|-\n", "***\n", "\x00", "&", "`", "[", "](", "\u2028",
        "\x0b",
    ]
)  # fmt: skip
pages = st.one_of(
    st.text(), st.lists(st.one_of(pieces, st.text(max_size=5))).map("".join)
)


@settings(deadline=None, max_examples=50)
@given(text=pages)
def test_any_text_gives_steps_or_a_problem(text):
    found = read(text, file="x.md", catalogue=CATALOGUE)
    assert bool(found.runbooks) != bool(found.problems)
    rows = text.count("\n") + text.count("\r") + 1
    assert all(1 <= problem.line <= rows for problem in found.problems)
    for runbook in found.runbooks:
        assert runbook.steps
        assert all(step.title and 1 <= step.line <= rows for step in runbook.steps)


@settings(deadline=None, max_examples=50)
@given(words=st.lists(st.from_regex(r"[a-z]{3,9}", fullmatch=True), min_size=1))
def test_no_word_under_an_acting_heading_is_lost(words):
    page = "## Steps\n\n" + "\n\n".join(f"Check the {word}z." for word in words)
    told = " ".join(f"{step.title} {step.body}" for step in steps(page))
    assert all(f"{word}z" in told for word in words)
