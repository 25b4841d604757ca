"""Chance from a seed: every random number of a simulation comes out of one of these.

The draws of each part are a stream of their own, so that one more draw in one part
does not change what another draws.
"""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


def stream(seed: int, name: str) -> random.Random:
    """Return the stream of that name; equal in every process."""
    return random.Random(f"{seed}/{name}")  # noqa: S311  a simulation, no secret


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let `random`, `secrets`, `uuid` and `os.urandom` draw from the seed."""
    entropy = stream(seed, "entropy")
    before = random.getstate()
    random.seed(f"{seed}/random")
    with (
        patch.object(os, "urandom", entropy.randbytes),
        patch.object(random, "_urandom", entropy.randbytes),
    ):
        try:
            yield
        finally:
            random.setstate(before)
