"""Keeps the measured server and the load apart, each on a core of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Cores:
    """The server's core and the load's; None where nothing can be pinned."""

    server: int | None
    load: int | None

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Keep this process, the load, on its core while the context lasts."""
        with _pinned(self.load):
            yield

    @contextmanager
    def server_side(self) -> Iterator[None]:
        """Start processes here: they inherit the server's core, threads and all."""
        with _pinned(self.server):
            yield


def find_cores() -> Cores:
    """Return two cores to use, or none if this machine has not two to pin."""
    if not hasattr(os, "sched_setaffinity"):
        return Cores(None, None)
    free = sorted(os.sched_getaffinity(0))
    return Cores(free[0], free[-1]) if len(free) > 1 else Cores(None, None)


@contextmanager
def _pinned(core: int | None) -> Iterator[None]:
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
