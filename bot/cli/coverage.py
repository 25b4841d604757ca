"""Show what carries each line of the source document."""

import argparse
from itertools import groupby

from bot.cli.shape import tell, tell_json
from bot.coverage import Carrier, Covered, covered
from bot.pages import load_library
from bot.settings import RUNBOOKS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take how to print."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    """Print each line with its carriers; 1 if a line is not carried."""
    found = covered(load_library(RUNBOOKS))
    if options.json:
        tell_json({"lines": [_shape(line) for line in found]})
    else:
        _print(found)
    return 0 if all(line.is_carried for line in found) else 1


def _shape(line: Covered) -> dict[str, object]:
    return {**line.model_dump(mode="json"), "carried": line.is_carried}


def _print(found: tuple[Covered, ...]) -> None:
    for section, lines in groupby(found, key=lambda line: line.section):
        tell(section)
        for line in lines:
            tell(f"  {'  ' if line.is_carried else '! '}{line.text}")
            for one in line.carriers:
                tell(f"        {_told(one)}")
    short = sum(not line.is_carried for line in found)
    tell(f"{len(found)} lines, {short} not carried")


def _told(one: Carrier) -> str:
    if one.exists is False:
        return f"{one.by}: MISSING"
    return f"{one.by} ({one.does})"
