"""`triage import`: what a folder of Markdown pages would be as runbooks."""

import argparse
import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.cli.shape import tell, tell_json, warn
from bot.cohrtz.secret_forms import IN_A_PAGE, blank_tokens
from bot.core.runbook.pages import Runbook, StepKind
from bot.core.runbook.problems import Problem
from bot.core.runbook.read import LONGEST, is_page, read, read_plain
from bot.errors import PageError
from bot.pages import catalogue

_ENDINGS = (".md", ".markdown", ".mdown", ".mkd")
_MOST_BYTES = 4 * LONGEST
"""UTF-8 needs at most four bytes for a character."""


@dataclass(frozen=True)
class _Page:
    """A page of the folder, what it holds, and what is to be said of it."""

    file: str
    runbooks: tuple[Runbook, ...]
    problems: tuple[Problem, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a folder; pages in folders below it count, hidden ones and READMEs not."""
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    """Print the runbooks page by page; what is no runbook goes to standard error.

    Raise PageError if the folder cannot be read.
    """
    pages = [_read(options.folder, path) for path in _paths(options.folder)]
    for page in pages:
        for problem in page.problems:
            warn(str(problem))
    if options.json:
        tell_json([entry for page in pages for entry in _entries(page)])
    else:
        _list(pages)
    return 0


def _paths(folder: Path) -> list[Path]:
    try:
        next(folder.iterdir(), None)
        found = [path for path in folder.rglob("*") if _is_wanted(path, folder)]
    except OSError as error:
        raise PageError(f"{folder}: it cannot be read ({error.strerror}).") from error
    return sorted(found)


def _is_wanted(path: Path, folder: Path) -> bool:
    within = path.relative_to(folder).parts
    hidden = any(part.startswith(".") or part == "node_modules" for part in within)
    page = path.suffix.lower() in _ENDINGS and is_page(path.stem + ".md")
    return page and not hidden and path.is_file()


def _read(folder: Path, path: Path) -> _Page:
    """Read a page as it is meant; one that is wrong for the bot is for people alone."""
    file = path.relative_to(folder).as_posix()
    try:
        with path.open("rb") as stream:
            text = _text(stream.read(_MOST_BYTES + 1))
    except OSError as error:
        words = f"it cannot be read ({error.strerror})."
        return _Page(file, (), (Problem(file=file, line=1, message=words),))
    meant = read(text, file=file, catalogue=catalogue())
    if not meant.problems:
        return _Page(file, meant.runbooks, ())
    plain = read_plain(text, file=file)
    return _Page(file, plain.runbooks, plain.problems or meant.problems)


def _text(raw: bytes) -> str:
    """Decode a page: UTF-8, or UTF-16 if it begins with its mark. Blank its tokens."""
    utf16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = raw.decode("utf-16" if utf16 else "utf-8", errors="replace")
    return blank_tokens(text, IN_A_PAGE)


def _entries(page: _Page) -> Iterator[dict[str, object]]:
    for book in page.runbooks:
        steps = [{"title": step.title, "body": step.body} for step in book.steps]
        yield {"file": page.file, "title": book.title, "steps": steps}


def _list(pages: list[_Page]) -> None:
    for page in pages:
        tell(page.file)
        for book in page.runbooks:
            tell(f"  {book.title}: {_counted(len(book.steps), 'step')}")
        if not page.runbooks:
            tell("  no runbook")
    books = [book for page in pages for book in page.runbooks]
    steps = [step for book in books for step in book.steps]
    told = (_counted(len(books), "runbook"), _counted(len(pages), "page"))
    by_bot = sum(step.kind is not StepKind.CONFIRM for step in steps)
    said = "" if by_bot else "; people confirm every step"
    tell(f"{told[0]} on {told[1]}, {_counted(len(steps), 'step')}{said}.")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
