from pathlib import Path

from page_samples import CATALOGUE

from bot.core.runbook.lint import lint
from bot.core.runbook.problems import Problem

GOOD = "# One\n\n1. Look.\n"


def said(files):
    return [str(problem) for problem in lint(files, CATALOGUE)]


def test_problems_are_printed_as_a_compiler_does():
    page = GOOD + '   ```check\n   room-convergd: {room: "{room}"}\n   ```\n'
    assert said({"runbooks/x.md": page}) == [
        (
            "runbooks/x.md:5: there is no check 'room-convergd'. "
            "Did you mean 'room-converged'?"
        )
    ]


def test_good_pages_have_no_problems():
    assert said({"a/one.md": GOOD, "a/two.md": GOOD.replace("One", "Two")}) == []


def test_two_pages_cannot_have_the_same_title():
    assert said({"b.md": "# ONE\n\n1. Ask.\n", "a.md": GOOD}) == [
        "b.md:1: the title «ONE» is taken by a.md. Choose another."
    ]


def test_two_pages_cannot_have_the_same_slug():
    files = {"x/a.md": GOOD, "y/a.md": "# Two\n\n1. Ask.\n"}
    assert said(files) == ["y/a.md:1: the slug 'a' is taken by x/a.md. Choose another."]


def test_files_that_are_no_pages_are_passed_over():
    assert said({"runbooks/README.md": "", "runbooks\\notes.txt": ""}) == []
    assert said({"runbooks/empty.md": ""}) != []


def test_the_manual_shows_a_page_that_is_right():
    manual = Path("docs/writing-a-runbook.md").read_text(encoding="utf-8")
    page = manual.partition("~~~markdown\n")[2].partition("~~~")[0]
    assert said({"runbooks/peers-diverge.md": page}) == []
    assert "room-converged" in page


def test_a_problem_shows_nothing_that_hides_or_turns_text_round():
    problem = Problem(file="a.md", line=1, message="in \u202e«\x1b[31mx»\xad.")
    assert str(problem) == "a.md:1: in «[31mx»."
