"""The crash matrix: what came of each death.

`python -m tests.e2e.deaths` (`make crash`) dies at every point of every incident and
prints the matrix; with `--again` it dies once more in the life after a death of AGAIN,
at every point that this life comes to. The gate takes samples of both.
"""

import argparse
import asyncio
import contextlib
import logging
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from bot import logs
from tests.e2e.blows import AGAIN, BY_CHANCE, INCIDENTS, NOT_REACHED, SIDES
from tests.e2e.crash import Stage, play
from tests.e2e.forked import ForkServer
from tests.e2e.killed import SERVER, make_killable
from tests.e2e.life import Blow, Side
from tests.e2e.matrix import table
from tests.e2e.mortality import make_mortal
from tests.e2e.played import Played
from tests.e2e.progress import Progress, add_options, commit_here, is_in
from tests.e2e.verdict import doubts, wrong

PROCESSES = 2


@dataclass(frozen=True)
class Death:
    """One played incident and what was not as it should be."""

    slug: str
    blow: Blow
    died: bool
    wrong: tuple[str, ...]
    settled: int = 0
    asked: int = 0
    first: Blow | None = None
    """How the life before had died."""

    @property
    def name(self) -> str:
        return named(self.story, self.blow)

    @property
    def story(self) -> str:
        return story(self.slug, self.first)

    @property
    def right(self) -> bool:
        """Nothing was wrong, and it died or cannot die there."""
        return not self.wrong and bool(self.died or self.why_not)

    @property
    def why_not(self) -> str:
        """Why it cannot die there; empty: it should have."""
        chance = BY_CHANCE.get(self.blow.kind, "") if self.first else ""
        return chance or NOT_REACHED.get((self.slug, self.blow.kind), "")

    @property
    def told(self) -> str:
        return f"{self.name}: {'; '.join(self.wrong)}"


def story(slug: str, first: Blow | None) -> str:
    """Name an incident, and what its first life died of."""
    return slug if first is None else f"{slug}, dead {first.name}"


def named(told: str, blow: Blow) -> str:
    return f"{told}: {blow.name}"


def clean(slug: str) -> Played:
    """Play the incident without trouble."""
    return _play(slug)


def die(slug: str, whole: Played, blow: Blow, first: Blow | None = None) -> Death:
    """Play the incident with its deaths; compare it with the one without."""
    blows = (blow,) if first is None else (first, blow)
    try:
        played = struck(slug, *blows)
    except Exception as error:  # noqa: BLE001  what stopped it is the finding
        told = (f"{type(error).__name__}: {error}",)
        return Death(slug, blow, died=True, wrong=told, first=first)
    said, died = doubts(played), played.deaths == len(blows)
    told = tuple(wrong(played, whole))
    return Death(slug, blow, died, told, said.settled, said.asked, first)


def struck(slug: str, *blows: Blow) -> Played:
    """Play it with the deaths; once more, one a little earlier, if it did not come.

    How often a life comes to a point differs by chance, so one that was counted in
    another life may not be reached.
    """
    played = _play(slug, *blows)
    if played.deaths == len(blows):
        return played
    missed = blows[played.deaths]
    last = played.lives[played.deaths][missed.kind]
    if not last:
        return played
    earlier = replace(missed, number=max(1, last - 1))
    return _play(slug, *(earlier if one is missed else one for one in blows))


def _play(slug: str, *blows: Blow) -> Played:
    first, again, *_ = (*blows, None, None)
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(play(Path(folder), Stage(slug, first, again=again)))


def idle(deaths: Iterable[Death]) -> Iterator[str]:
    """Name the points that were not reached, with the reason where there is one."""
    for one in deaths:
        if not one.died:
            yield f"{one.name}: not reached: {one.why_not or 'it should be'}"


def points(life: Counter[str], every: int) -> Iterator[Blow]:
    """Give every point that a life comes to, or each so many of a kind."""
    for kind, count in sorted(life.items()):
        for number in range(1, count + 1, every):
            yield from (Blow(kind, number, side) for side in SIDES)


def drawn(blows: Iterable[Blow], share: float, seed: str) -> list[Blow]:
    """Draw that share of the blows, but at least one of each kind and side."""
    dice = random.Random(seed)  # noqa: S311  no secret
    groups: dict[tuple[str, Side], list[Blow]] = {}
    for one in blows:
        groups.setdefault((one.kind, one.side), []).append(one)
    return [
        one
        for group in groups.values()
        for one in dice.sample(group, max(1, round(share * len(group))))
    ]


def matrix(deaths: Iterable[Death]) -> list[str]:
    """Return the lines of the table: a row for each incident, kind and side."""
    rows: dict[tuple[str, ...], Counter[str]] = {}
    for one in deaths:
        row = rows.setdefault((one.story, one.blow.kind, one.blow.side), Counter())
        row["deaths"] += one.died
        row["not reached"] += not one.died
        row["wrong"] += bool(one.wrong)
        row["settled"] += one.settled
        row["asked"] += one.asked
    columns = ("deaths", "not reached", "wrong", "settled", "asked")
    return table(("incident", "point", "side"), columns, rows)


def ready(*, processes: bool = False) -> None:
    """Let bots in this process die, or be processes that do, and say nothing."""
    logs.set_up("text", logging.CRITICAL)
    make_mortal(pytest.MonkeyPatch())
    if processes:
        make_killable(pytest.MonkeyPatch(), ForkServer(SERVER))


def lived(slug: str, whole: Played, first: Blow | None) -> Counter[str]:
    """Count the points of the life that is to die; RuntimeError if there is none."""
    if first is None:
        return whole.points
    played = struck(slug, first)
    if not played.died:
        raise RuntimeError(f"{story(slug, first)}: it does not die")
    return played.lives[1]


def _wanted(life: Counter[str], told: str, chosen: argparse.Namespace) -> list[Blow]:
    """Draw the blows of a story that are asked for."""
    every = 1 if chosen.every_point else INCIDENTS[told.partition(",")[0]]
    drew = drawn(points(life, every), chosen.share, f"{chosen.seed}/{told}")
    return [one for one in drew if is_in(named(told, one), chosen.shard)]


def _all(chosen: argparse.Namespace, progress: Progress[Death]) -> Iterator[Death]:
    """Yield what is known of the incidents, then die where it is not known."""
    sys.stderr.write(f"{progress.told}\n")
    of = {
        story(slug, one) for slug in chosen.incidents for one in _firsts(slug, chosen)
    }
    yield from (one for one in progress.right.values() if one.story in of)
    prepared = partial(ready, processes=chosen.processes)
    with ProcessPoolExecutor(chosen.jobs, initializer=prepared) as pool:
        for slug in chosen.incidents:
            whole = pool.submit(clean, slug).result()
            for first in _firsts(slug, chosen):
                life = pool.submit(lived, slug, whole, first).result()
                told = story(slug, first)
                wanted = _wanted(life, told, chosen)
                blows = [b for b in wanted if named(told, b) not in progress.right]
                died = pool.map(partial(die, slug, whole, first=first), blows)
                yield from progress.follow(died, f"{told}: ", len(blows))


def _firsts(slug: str, chosen: argparse.Namespace) -> Sequence[Blow | None]:
    return AGAIN[slug] if chosen.again else (None,)


def _chosen(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read what is asked for; SystemExit if there is no such story."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("incidents", nargs="*")
    again = "die in the second life, of what a first death left"
    parser.add_argument("--again", action="store_true", help=again)
    processes = "let each life be a process that kills itself; with --share"
    parser.add_argument("--processes", action="store_true", help=processes)
    every = "die at every point of the long stories too, which takes long"
    parser.add_argument("--every-point", action="store_true", help=every)
    parser.add_argument("--share", type=float, default=1, help="of each kind's points")
    parser.add_argument("--seed", type=int, default=0, help="which share")
    add_options(parser, PROCESSES)
    chosen = parser.parse_args(arguments)
    known = list(AGAIN if chosen.again else INCIDENTS)
    if missing := set(chosen.incidents) - set(known):
        parser.error(f"no story is {', '.join(missing)}; there are {', '.join(known)}")
    chosen.incidents = chosen.incidents or known
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Die everywhere, print the matrix; return 1 if not all was right."""
    chosen = _chosen(arguments)
    progress = Progress(Death, chosen.progress, commit_here())
    deaths: list[Death] = []
    with contextlib.suppress(KeyboardInterrupt):  # then with what there is so far
        for one in _all(chosen, progress):
            deaths.append(one)  # noqa: PERF402  each counts, even if the next fails
    bad = [one.told for one in deaths if one.wrong]
    sys.stdout.write("\n".join([*matrix(deaths), *idle(deaths), *bad]) + "\n")
    return 0 if all(one.right for one in deaths) else 1


if __name__ == "__main__":
    sys.exit(main())
