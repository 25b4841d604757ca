"""`make fuzz`: more cases than the gate has time for, or one of them again."""

import argparse
import os
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor

from tests.fuzz import plan
from tests.fuzz.harness import Outcome, arm, run, tell
from tests.fuzz.targets import TARGETS

SLICES = 8


def main():
    """Run, print the table, return 1 if something did not hold."""
    options = _options()
    targets = [options.target] if options.target else list(TARGETS)
    if options.case is not None:
        return _again(targets[0], options.seed, options.case)
    outcomes = defaultdict(Outcome)
    work = [one for one in plan.parts(options.count, SLICES) if one[0] in targets]
    with ProcessPoolExecutor(os.cpu_count(), initializer=arm) as pool:
        jobs = [(name, pool.submit(_part, name, options.seed, n)) for name, n in work]
        for name, job in jobs:
            outcomes[name].add(job.result())
    return _table(outcomes, options.seed)


def _options():
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=10 * plan.COUNT)
    parser.add_argument("--seed", type=int, default=plan.SEED)
    parser.add_argument("--target", choices=TARGETS)
    parser.add_argument("--case", type=int)
    return parser.parse_args()


def _part(name, seed, numbers):
    return run(TARGETS[name], seed, numbers)


def _again(name, seed, number):
    arm()
    outcome = run(TARGETS[name], seed, [number])
    tell(f"{name} {seed} {number}: {dict(outcome.ends) or outcome.failures[0].why}")
    return bool(outcome.failures)


def _table(outcomes, seed):
    tell(f"{'target':12} {'cases':>9} {'CPU s':>7} {'ms each':>8} {'slowest':>8}  ends")
    whole = Outcome()
    for name, one in outcomes.items():
        tell(_row(name, one))
        whole.add(one)
    tell(_row("all", Outcome(whole.count, whole.seconds, whole.slowest)))
    for failure in whole.failures:
        tell(str(failure))
    tell(f"seed {seed}: {len(whole.failures)} failures")
    return bool(whole.failures)


def _row(name, one):
    each = 1_000 * one.seconds / max(1, one.count)
    ends = ", ".join(f"{end} {count}" for end, count in one.ends.most_common(4))
    took = f"{one.seconds:7.1f} {each:8.3f} {1_000 * one.slowest:8.0f}"
    return f"{name:12} {one.count:9} {took}  {ends}"


if __name__ == "__main__":
    sys.exit(main())
