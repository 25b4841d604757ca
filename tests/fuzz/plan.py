"""Which cases of which target are run: shares of a count, cut into parts."""

from tests.fuzz.targets import TARGETS

COUNT = sum(one.share for one in TARGETS.values())
"""Cases of the gate: a hundred thousand."""
SEED = 20_260_301
PARTS = 2
"""So many workers can share a target."""


def counts(total):
    """Return how many cases of a total each target gets: at least one."""
    return {
        name: max(1, -(-total * one.share // COUNT)) for name, one in TARGETS.items()
    }


def parts(total, of=PARTS):
    """Return each target's name with the numbers of some of its cases."""
    return [
        (name, range(part, count, of))
        for name, count in counts(total).items()
        for part in range(min(of, count))
    ]
