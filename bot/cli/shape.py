"""What a command of `triage` is, and how it prints.

What was asked for goes to standard output, diagnostics to standard error. Exit code 0:
it did its job; 1: what it looked at is bad; 2: it was called wrongly or cannot start.
"""

import argparse
import json
import sys
from typing import Any, Protocol


class Command(Protocol):
    """The shape of a module in bot/cli."""

    @property
    def NAME(self) -> str:  # noqa: N802  a module constant
        """The word after `triage`."""
        ...

    @property
    def ABOUT(self) -> str:  # noqa: N802  a module constant
        """What it does, in one line."""
        ...

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say what may follow the word."""
        ...

    def run(self, options: argparse.Namespace) -> int:
        """Do it; return the exit code, or raise BotError with what to do."""
        ...


def tell(line: str = "") -> None:
    """Print a line of what was asked for."""
    sys.stdout.write(f"{line}\n")


def tell_json(document: Any) -> None:  # noqa: ANN401  whatever JSON can say
    """Print one JSON document, and nothing else."""
    tell(json.dumps(document, ensure_ascii=False))


def warn(line: str) -> None:
    """Print a diagnostic."""
    sys.stderr.write(f"{line}\n")
