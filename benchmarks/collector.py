"""Keeps the load's own garbage collector out of what is measured.

The simulated Slack and LiveKit live in the load's process, whose collector takes up to
90 ms at a time: it would count as time that the bot took.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collected() -> Iterator[None]:
    """Collect before, and not again while the context lasts."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
