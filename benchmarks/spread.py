"""What many measured seconds come to: the middle, the tail, the medians of rounds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

TAIL = 0.99


@dataclass(frozen=True)
class Spread:
    """Seconds of one round: the middle, the tail, the worst, how many there were."""

    p50: float
    p99: float
    worst: float
    count: int


def spread(seconds: Sequence[float]) -> Spread:
    """Sum up one round; raise ValueError for an empty one."""
    ordered = sorted(seconds)
    if not ordered:
        raise ValueError("A round without a single measurement says nothing.")
    return Spread(
        p50=median(ordered),
        p99=ordered[_rank(TAIL, len(ordered))],
        worst=ordered[-1],
        count=len(ordered),
    )


def middle(rounds: Sequence[Spread]) -> Spread:
    """Return the median round, figure by figure; counts are added up."""
    return Spread(
        p50=median(one.p50 for one in rounds),
        p99=median(one.p99 for one in rounds),
        worst=median(one.worst for one in rounds),
        count=sum(one.count for one in rounds),
    )


def between(values: Sequence[float], scale: float = 1.0, digits: int = 2) -> str:
    """Return the lowest and the highest, as text."""
    low, high = min(values) * scale, max(values) * scale
    return f"{low:.{digits}f}-{high:.{digits}f}"


def _rank(share: float, count: int) -> int:
    """Return the index of the nearest rank: never below the share asked for."""
    return max(0, math.ceil(share * count) - 1)
