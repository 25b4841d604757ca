"""What a command of `triage` is, and how it prints.

What was asked for goes to standard output, diagnostics to standard error. Exit code 0:
it did its job; 1: what it looked at is bad; 2: it was called wrongly or cannot start.
"""

import argparse
import gc
import importlib
import json
import sys
from dataclasses import dataclass
from typing import Any, Protocol, cast

from bot.cohrtz.secret_forms import redact


class Command(Protocol):
    """The shape of a command's module."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say what may follow the word."""
        ...

    def run(self, options: argparse.Namespace) -> int:
        """Do it; return the exit code, or raise BotError with what to do."""
        ...


@dataclass(frozen=True)
class Listed:
    """A command by its word, known before anything of it is loaded."""

    name: str
    """The word after `triage`."""
    module: str
    about: str
    """What it does, in one line."""

    def load(self) -> Command:
        """Import its module; the only import that is not at the top of a module.

        All commands together take seconds to import, and whoever calls one would pay
        for it each time. Nothing that is imported is garbage, so none is looked for.
        """
        if self.module in sys.modules:
            return cast("Command", sys.modules[self.module])
        gc.disable()
        try:
            return cast("Command", importlib.import_module(self.module))
        finally:
            gc.freeze()
            gc.enable()


def tell(line: str = "") -> None:
    """Print a line of what was asked for."""
    sys.stdout.write(f"{line}\n")


def tell_json(document: Any) -> None:  # noqa: ANN401  whatever JSON can say
    """Print one JSON document, and nothing else."""
    tell(json.dumps(document, ensure_ascii=False))


def warn(line: str) -> None:
    """Print a diagnostic, with what looks like a secret blanked: it may quote any."""
    sys.stderr.write(f"{redact(line)}\n")
