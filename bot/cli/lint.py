"""`triage lint`: read all runbook pages and say what is wrong."""

import argparse
from pathlib import Path

from bot.cli.shape import tell, tell_json
from bot.cli.shapes import LintReport
from bot.errors import PageError
from bot.pages import lint_folder
from bot.settings import RUNBOOKS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a folder of pages; ours without one."""
    parser.add_argument("folder", nargs="?", type=Path, default=RUNBOOKS)
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    """Print each problem with its file and line; 1 if there are any."""
    try:
        problems = lint_folder(options.folder)
    except OSError as error:
        raise PageError(f"{options.folder}: {error.strerror}") from error
    if options.json:
        tell_json(LintReport.of(problems).model_dump(mode="json"))
    else:
        for problem in problems:
            tell(str(problem))
    return 1 if problems else 0
