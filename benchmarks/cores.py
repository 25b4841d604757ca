"""Keeps the load on a core of its own, and the measured server where it shall be.

How much a server gets through is measured on one core, for the load takes the other.
How long it takes for one thing is measured with all cores, as it is deployed: the bot
writes in a thread of its own, and pinned to the loop's core that thread would wait for
the kernel's next turn (3 to 6 ms of one commit in ten) while the other core is idle.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Cores:
    """The server's cores and the load's; none where nothing can be pinned."""

    server: frozenset[int] = frozenset()
    load: frozenset[int] = frozenset()

    def all_for_servers(self) -> "Cores":
        """Return the same, with servers free to run anywhere."""
        return replace(self, server=self.server | self.load)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Keep this process, the load, on its core while the context lasts."""
        with _pinned(self.load):
            yield

    @contextmanager
    def server_side(self) -> Iterator[None]:
        """Start processes here: they inherit the server's cores, threads and all."""
        with _pinned(self.server):
            yield


def find_cores() -> Cores:
    """Return two cores to use, or none if this machine has not two to pin."""
    if not hasattr(os, "sched_setaffinity"):
        return Cores()
    free = sorted(os.sched_getaffinity(0))
    if len(free) == 1:
        return Cores()
    return Cores(frozenset(free[:1]), frozenset(free[-1:]))


@contextmanager
def _pinned(cores: frozenset[int]) -> Iterator[None]:
    if not cores:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
