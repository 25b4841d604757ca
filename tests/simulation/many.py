"""Many seeds, one after the other, in a process that others run beside it."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.simulation.run import run, spare_the_collector

CHUNK = 10
"""Seeds that a process runs before it tells what came of them."""


@dataclass(frozen=True)
class Chunk:
    """What came of some seeds in a row."""

    first: int
    count: int
    wrong: tuple[tuple[int, tuple[str, ...]], ...]
    """The seeds that failed, and which invariants did not hold."""
    passed: float
    killed: int


def run_chunk(first: int, count: int) -> Chunk:
    """Run so many seeds, one after the other."""
    spare_the_collector()
    ran = [_guarded(seed) for seed in range(first, first + count)]
    return Chunk(
        first=first,
        count=count,
        wrong=tuple((seed, told) for seed, told, _, _ in ran if told),
        passed=sum(passed for _, _, passed, _ in ran),
        killed=sum(killed for _, _, _, killed in ran),
    )


def _guarded(seed: int) -> tuple[int, tuple[str, ...], float, int]:
    try:
        ran = run(seed, whole=False)
    except Exception as error:  # noqa: BLE001  what stopped it is the finding
        return seed, (f"{type(error).__name__}: {error}",), 0.0, 0
    return seed, ran.wrong, ran.passed, ran.killed


def how_to_replay(seed: int, wrong: Iterable[str]) -> str:
    """Say what failed, and how to see it again."""
    told = "\n".join(f"  - {one}" for one in wrong)
    return f"seed {seed} fails; make simulate SEED={seed} replays it:\n{told}"
