"""Everything that is wrong with the runbook pages of a folder."""

from collections.abc import Iterator, Mapping

from bot.core.runbook.catalogue import Catalogue
from bot.core.runbook.pages import Runbook
from bot.core.runbook.problems import Problem
from bot.core.runbook.read import Reading, is_page, read


def lint(files: Mapping[str, str], catalogue: Catalogue) -> tuple[Problem, ...]:
    """Return the problems of `read_all`."""
    return read_all(files, catalogue).problems


def read_all(files: Mapping[str, str], catalogue: Catalogue) -> Reading:
    """Read each page by its path; the problems are file by file, line by line.

    Files that are no pages, such as a README, are passed over. Beyond what `read`
    finds, two runbooks must not have the same title or slug: people choose by the
    title, and an incident names the slug.
    """
    problems: list[Problem] = []
    runbooks: list[Runbook] = []
    seen: dict[str, str] = {}
    for file, text in sorted(files.items()):
        if not is_page(file):
            continue
        reading = read(text, file=file, catalogue=catalogue)
        problems += reading.problems
        runbooks += reading.runbooks
        for runbook in reading.runbooks:
            problems += _twice(runbook, file, seen)
    return Reading(runbooks=tuple(runbooks), problems=tuple(problems))


def _twice(runbook: Runbook, file: str, seen: dict[str, str]) -> Iterator[Problem]:
    """Compare with the runbooks before it, and remember it."""
    names = {f"title «{runbook.title}»", f"slug '{runbook.slug}'"}
    for name in sorted(names):
        first = seen.setdefault(name.casefold(), file)
        if first != file:
            words = f"the {name} is taken by {first}."
            yield Problem(file=file, line=1, message=words, hint="Choose another.")
