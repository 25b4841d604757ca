"""`triage templates`: compare what a checkout of the app logs with what we know."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from bot.artefacts.checkouts import drift_of
from bot.cli.shape import tell, tell_json
from bot.cohrtz.logs.drift import Drift, Line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the root of a checkout."""
    parser.add_argument("checkout", type=Path, help="the root of a checkout of the app")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    """Print what is new, gone and changed; 1 if anything is."""
    found = drift_of(options.checkout)
    if options.json:
        tell_json({"drift": found.any, **found.model_dump()})
    else:
        for line in _as_text(found):
            tell(line)
    return 1 if found.any else 0


def _as_text(found: Drift) -> Iterator[str]:
    for new in found.new:
        yield f"new      {_said(new)}"
    for gone in found.gone:
        yield f"gone     {_said(gone.line)}  ({gone.id})"
    for one in found.changed:
        yield f"changed  {_said(one.now)}  ({one.id})"
        yield f"    was  {_said(one.was)}"
    for where in found.unreadable:
        yield f"unknown  {where}: its text is put together and cannot be told"
    counts = (len(found.new), len(found.gone), len(found.changed))
    told = ", ".join(
        f"{count} {what}"
        for count, what in zip(counts, ("new", "gone", "changed"), strict=True)
    )
    yield f"{found.lines} places log in {found.files} files: {told}."


def _said(line: Line) -> str:
    return f"{line.where}  {line.level:<5}  [{line.tag}] {line.text}"
