"""`triage logs`: say what a log of the app tells."""

import argparse
import sys
from pathlib import Path

from bot.artefacts.log_counting import count_log
from bot.artefacts.log_tables import log_signals, log_templates
from bot.cli.shape import tell, tell_json
from bot.cohrtz.logs.document import as_text, document
from bot.cohrtz.logs.tally import Tally
from bot.core.evidence import Verdict
from bot.errors import UsageError

STANDARD_INPUT = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take one file, or standard input."""
    parser.add_argument("file", help="a log, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    """Print what the log tells; 1 if a fault is in it."""
    read = document(_count(options.file), log_templates(), log_signals())
    if options.json:
        tell_json(read.model_dump(mode="json"))
    else:
        for line in as_text(read):
            tell(line)
    return 1 if read.verdict is Verdict.BAD else 0


def _count(file: str) -> Tally:
    if file == STANDARD_INPUT:
        return count_log(sys.stdin.buffer)
    try:
        with Path(file).open("rb") as stream:
            return count_log(stream)
    except OSError as error:
        raise UsageError(f"{file}: it cannot be read ({error.strerror}).") from error
