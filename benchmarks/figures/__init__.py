"""One module for each figure of the speed table; each has `measure(plan)`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from benchmarks.figures import (
    acks,
    burst,
    idle,
    logs,
    packets,
    presses,
    shown,
    sustained,
)
from benchmarks.plan import Plan
from benchmarks.table import Row

FIGURES: Mapping[str, Callable[[Plan], Awaitable[Sequence[Row]]]] = {
    "acks": acks.measure,
    "burst": burst.measure,
    "sustained": sustained.measure,
    "shown": shown.measure,
    "presses": presses.measure,
    "logs": logs.measure,
    "idle": idle.measure,
    "packets": packets.measure,
}
"""In the order of the table."""
