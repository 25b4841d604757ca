"""Which cases of which target are run: shares of a count, cut into parts."""

from tests.fuzz.targets import TARGETS

COUNT = 100_000
"""Cases of the gate."""
SEED = 20_260_301
PARTS = 2
"""So many workers can share a target."""


def counts(total):
    """Return how many cases of a total each target gets: at least one."""
    whole = sum(one.share for one in TARGETS.values())
    return {
        name: max(1, -(-int(total * 1_000 * one.share / whole) // 1_000))
        for name, one in TARGETS.items()
    }


def parts(total, of=PARTS):
    """Return each target's name with the numbers of some of its cases."""
    return [
        (name, range(part, count, of))
        for name, count in counts(total).items()
        for part in range(min(of, count))
    ]
