"""The runbook pages of a folder, read once at start; a broken page stops the start."""

from pathlib import Path

from bot.actions import ACTIONS
from bot.artefacts.comparing import COMPARERS
from bot.artefacts.readers import READERS
from bot.checks import CHECKS
from bot.cohrtz.secret_forms import IN_A_PAGE, blank_tokens
from bot.core.runbook.catalogue import ActionEntry, Catalogue, CheckEntry
from bot.core.runbook.lint import lint, read_all
from bot.core.runbook.pages import Library
from bot.core.runbook.problems import Problem
from bot.core.runbook.read import is_page
from bot.errors import PageError


def catalogue() -> Catalogue:
    """Return what a page may name: the checks, the actions and their facts."""
    return Catalogue(
        checks={
            name: CheckEntry(params=check.Params, facts=frozenset(check.FACTS))
            for name, check in CHECKS.items()
        },
        actions={
            name: ActionEntry(params=action.Params) for name, action in ACTIONS.items()
        },
        signals=signals(),
    )


def signals() -> frozenset[str]:
    """Return the facts that files tell, by themselves or compared."""
    read = (reader.FACTS for reader in READERS)
    compared = (comparer.facts for comparer in COMPARERS.values())
    return frozenset(name for facts in (*read, *compared) for name in facts)


def page_files(folder: Path) -> dict[str, str]:
    """Return the pages' texts by file name, with the tokens in them blanked.

    A page is shown, linted and exported: what is pasted into one goes no further.
    Raise PageError if there are none, or if one cannot be read.
    """
    paths = sorted(path for path in folder.glob("*") if is_page(path.name))
    if not paths:
        raise PageError(f"{folder}: there are no runbook pages (*.md) here.")
    return {f"{folder.name}/{path.name}": _text(path) for path in paths}


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise PageError(f"{path}:1: it cannot be read ({error.strerror}).") from error
    return blank_tokens(text, IN_A_PAGE)


def load_library(folder: Path) -> Library:
    """Read every page; raise PageError with every problem, as file:line: message."""
    reading = read_all(page_files(folder), catalogue())
    if reading.problems:
        raise PageError("\n".join(str(problem) for problem in reading.problems))
    return {book.slug: book for book in reading.runbooks}


def lint_folder(folder: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the folder's pages."""
    return lint(page_files(folder), catalogue())
