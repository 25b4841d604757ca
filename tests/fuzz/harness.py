"""Runs cases of a target: each told by its number, each within its time."""

import random
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field

HANG = 5.0
"""Seconds of the processor's time that a case may take; most take a thousandth."""

MOST_TOLD = 5
"""Failures after which a target is given up: they are likely one and the same."""


class Hang(BaseException):
    """A case takes too long; no handler of errors may swallow it."""


@dataclass(frozen=True)
class Target:
    """Something that reads what nobody trusts."""

    name: str
    reads: str
    """What it reads, and what must hold, in a line."""
    share: int
    """Its cases of the gate's hundred thousand: what is slow gets fewer."""
    setup: Callable[[], object]
    """Makes what all cases need, once a process."""
    case: Callable[[object, random.Random], str]
    """Makes one case and runs it; raises if something does not hold.

    Returns in a word what became of it: it is counted, so that a target of which
    every case is refused at the door can be seen.
    """


@dataclass(frozen=True)
class Failure:
    """A case in which something did not hold."""

    target: str
    seed: int
    number: int
    why: str

    def __str__(self):
        again = f"make fuzz TARGET={self.target} SEED={self.seed} CASE={self.number}"
        return (
            f"({self.target}, {self.seed}, {self.number}): {self.why}\n  again: {again}"
        )


@dataclass
class Outcome:
    """What came of the cases of a target."""

    count: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    ends: Counter = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    def add(self, other):
        self.count += other.count
        self.seconds += other.seconds
        self.slowest = max(self.slowest, other.slowest)
        self.ends += other.ends
        self.failures += other.failures
        return self


def run(target, seed, numbers):
    """Run the cases of these numbers."""
    outcome, kept = Outcome(), target.setup()
    for number in numbers:
        began = time.process_time()
        why = _one(target, kept, (seed, number), outcome.ends)
        took = time.process_time() - began
        outcome.count += 1
        outcome.seconds += took
        outcome.slowest = max(outcome.slowest, took)
        if why:
            outcome.failures.append(Failure(target.name, seed, number, why))
        if len(outcome.failures) >= MOST_TOLD:
            break
    return outcome


def _one(target, kept, told, ends):
    seed, number = told
    rng = random.Random(f"{target.name}/{seed}/{number}")  # noqa: S311  no secret
    try:
        with _within(HANG):
            ends[target.case(kept, rng)] += 1
    except (Exception, Hang) as error:  # noqa: BLE001  it is what is looked for
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.filename.rpartition('/')[2]}:{place.lineno}"
        return f"{type(error).__name__} at {where}: {error!s:.400}"
    return ""


@contextmanager
def _within(seconds):
    """Interrupt what takes longer, by the time of this process and not by the clock."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _interrupt(_, __):
    raise Hang(f"more than {HANG} s")


def arm():
    """Let what hangs be interrupted; once a process, in its main thread."""
    signal.signal(signal.SIGPROF, _interrupt)


def tell(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
