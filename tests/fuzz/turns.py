"""An event loop that counts its turns, so that what never ends is found by no clock."""

import asyncio
import logging
from contextlib import contextmanager

from tests.fuzz.harness import Hang

MOST_TURNS = 30_000
"""Turns of the loop that a case may take; most take a thirtieth of that."""


class Counted(asyncio.SelectorEventLoop):
    """Gives up what takes too many turns; by how many, no busy machine changes much."""

    def __init__(self):
        super().__init__()
        self.turns = 0

    def _run_once(self):
        self.turns += 1
        if self.turns > MOST_TURNS:
            self.turns = 0  # what is cleaned up afterwards has its turns as well
            raise Hang(f"more than {MOST_TURNS} turns")
        super()._run_once()


def run(doing):
    """Run a coroutine to its end on such a loop of its own."""
    with asyncio.Runner(loop_factory=Counted) as runner:
        return runner.run(doing)


class _Kept(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        if record.exc_info or record.levelno >= logging.ERROR:
            self.lines.append(record.getMessage())


@contextmanager
def errors_logged():
    """Yield the lines of Python's own logs that tell of an error, as they come."""
    kept, root = _Kept(), logging.getLogger()
    root.addHandler(kept)
    try:
        yield kept.lines
    finally:
        root.removeHandler(kept)
