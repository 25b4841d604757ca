"""The crash matrix: which incidents die where, and what came of each death.

`python -m tests.e2e.deaths` (`make crash`) dies at every point of every incident and
prints the matrix; the gate takes SAMPLE. Another incident is another line of INCIDENTS.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from bot import logs
from tests.e2e.crash import Played, Stage, play
from tests.e2e.life import Blow, Side, make_mortal
from tests.e2e.matrix import table
from tests.e2e.verdict import doubts, wrong

SIDES: tuple[Side, Side] = ("before", "after")
PROCESSES = 2

INCIDENTS: Mapping[str, int] = {
    "expired-token": 1,
    "endpoint-html": 1,
    "rotated-secret": 1,
    "same-identity-two-devices": 1,
    "sync-divergence": 1,
    "database-corruption": 1,
    "lost-group-key": 20,
    "lost-vault-key": 20,
}
"""Scenarios, and of how many points of one kind the bot dies at one.

The last two listen to the room, which takes a process and seconds each time.
"""

COMMIT, DRAWN = "write commit", "write keep_drawing"
POST, UPDATE = "slack chat.postMessage", "slack chat.update"
REMOVE = "livekit RemoveParticipant"

SAMPLE: Mapping[str, Sequence[Blow]] = {
    "expired-token": (
        *(Blow(COMMIT, n, SIDES[n // 9 % 2]) for n in range(1, 38, 9)),
        *(Blow(DRAWN, n, SIDES[n // 7 % 2]) for n in (2, 9)),
        *(Blow(POST, n, "after") for n in (1, 5)),
        Blow(POST, 4, "before"),
        Blow(UPDATE, 2, "before"),
        *(Blow(REMOVE, 1, side) for side in SIDES),
        Blow("livekit GetParticipant", 2, "after"),
        Blow("slack views.open", 1, "after"),
    ),
    "sync-divergence": (
        Blow("slack file", 1, "after"),
        Blow(COMMIT, 59, "after"),
    ),
}
"""What the gate has time for: each kind of point, spread over the incident."""


@dataclass(frozen=True)
class Death:
    """One played incident and what was not as it should be."""

    slug: str
    blow: Blow
    died: bool
    wrong: tuple[str, ...]
    settled: int = 0
    asked: int = 0

    @property
    def told(self) -> str:
        at = f"{self.slug}: {self.blow.side} {self.blow.kind} {self.blow.number}"
        return f"{at}: {'; '.join(self.wrong)}"


def clean(slug: str) -> Played:
    """Play the incident without trouble."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(play(Path(folder), Stage(slug)))


def die(slug: str, whole: Played, blow: Blow) -> Death:
    """Play the incident with one death; compare it with the one without."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            played = asyncio.run(play(Path(folder), Stage(slug, blow)))
        except Exception as error:  # noqa: BLE001  what stopped it is the finding
            return Death(
                slug, blow, died=True, wrong=(f"{type(error).__name__}: {error}",)
            )
    said = doubts(played)
    told = tuple(wrong(played, whole))
    return Death(slug, blow, played.died, told, said.settled, said.asked)


def points(whole: Played, every: int) -> Iterator[Blow]:
    """Give every point that a life comes to, or each so many of a kind."""
    for kind, count in sorted(whole.points.items()):
        for number in range(1, count + 1, every):
            yield from (Blow(kind, number, side) for side in SIDES)


def matrix(deaths: Iterable[Death]) -> list[str]:
    """Return the lines of the table: a row for each incident, kind and side."""
    rows: dict[tuple[str, ...], Counter[str]] = {}
    for one in deaths:
        row = rows.setdefault((one.slug, one.blow.kind, one.blow.side), Counter())
        row["deaths"] += one.died
        row["not reached"] += not one.died
        row["wrong"] += bool(one.wrong)
        row["settled"] += one.settled
        row["asked"] += one.asked
    columns = ("deaths", "not reached", "wrong", "settled", "asked")
    return table(("incident", "point", "side"), columns, rows)


def ready() -> None:
    """Let bots in this process die, and say nothing."""
    logs.set_up("text", logging.CRITICAL)
    make_mortal(pytest.MonkeyPatch())


def _all(slugs: Iterable[str], every: int) -> Iterator[Death]:
    with ProcessPoolExecutor(PROCESSES, initializer=ready) as pool:
        for slug in slugs:
            whole = pool.submit(clean, slug).result()
            blows = list(points(whole, max(every, INCIDENTS[slug])))
            for done, one in enumerate(pool.map(partial(die, slug, whole), blows), 1):
                sys.stderr.write(f"\r{slug}: {done} of {len(blows)} ")
                yield one
            sys.stderr.write("\n")


def main() -> int:
    """Die everywhere, print the matrix; return 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("incidents", nargs="*", default=list(INCIDENTS))
    parser.add_argument("--every", type=int, default=1, help="of a kind's points")
    chosen = parser.parse_args()
    deaths = list(_all(chosen.incidents, chosen.every))
    bad = [one.told for one in deaths if one.wrong]
    sys.stdout.write("\n".join([*matrix(deaths), *bad]) + "\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
