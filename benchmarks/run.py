"""Prints the speed table: `make bench`, or `python benchmarks/run.py [--quick]`.

Every figure is measured in the same run as what it is compared with, in rounds that
take turns, and told as the median of the rounds.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

# Run as a script, Python looks for modules beside it; ours are found from the root.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.cores import find_cores  # noqa: E402  needs the line above
from benchmarks.figures import FIGURES  # noqa: E402  as above
from benchmarks.plan import Plan, quick  # noqa: E402  as above
from benchmarks.table import Row, missed, table  # noqa: E402  as above


def main() -> int:
    """Measure what is asked for; return 1 if a figure missed what it must reach."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=asked.folder) as folder:
        cores = find_cores()
        plan = quick if asked.quick else Plan
        with cores.apart():
            rows = asyncio.run(_measure(plan(Path(folder), cores), asked.only))
    print(table(rows))
    return 1 if missed(rows) else 0


async def _measure(plan: Plan, names: list[str]) -> list[Row]:
    rows: list[Row] = []
    for name in names or FIGURES:
        print(f"measuring {name} …", file=sys.stderr)
        rows += await FIGURES[name](plan)
    return rows


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Print the speed table.")
    parser.add_argument("--quick", action="store_true", help="tiny counts, one round")
    parser.add_argument(
        "--folder", type=Path, help="where the databases go (its disk is measured)"
    )
    parser.add_argument(
        "only", nargs="*", choices=[[], *FIGURES], help="measure only these figures"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
