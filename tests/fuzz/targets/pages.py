"""Runbook pages: steps whose words are shown as they are, or problems with lines."""

from pathlib import Path

from bot.core.runbook.lint import lint
from bot.core.runbook.read import read, read_plain
from bot.pages import catalogue
from handlers.render.markdown import pieces
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import mrkdwn, must, seen

ROOT = Path(__file__).parents[3]
FOLDERS = (ROOT / "runbooks", ROOT / "tests" / "core" / "runbook" / "corpus")
FILE = "runbooks/page.md"
SHORT = 2_500


def setup():
    paths = [path for folder in FOLDERS for path in sorted(folder.glob("*.md"))]
    return catalogue(), [path.read_text("utf-8")[:SHORT] for path in paths]


def case(kept, rng):
    known, seeds = kept
    text = mutations.text(rng, seeds)
    plain = rng.random() < 0.3
    found = (
        read_plain(text, file=FILE) if plain else read(text, file=FILE, catalogue=known)
    )
    for problem in found.problems:
        must(problem.message.strip(), "a problem without words")
        seen(str(problem), "a problem")
    must(found.runbooks or found.problems, "neither a runbook nor a reason")
    must(not (found.runbooks and found.problems), "a runbook with problems")
    if rng.random() < 0.1:
        lint({FILE: text}, known)
    for book in found.runbooks:
        _sound(book)
    return "runbook" if found.runbooks else "refused"


def _sound(book):
    for step in book.steps[:4]:
        for piece in pieces(step.body):
            mrkdwn(piece)


TARGET = Target("pages", "runbook pages", 200, setup, case)
