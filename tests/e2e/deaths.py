"""The crash matrix: which incidents die where, and what came of each death.

`python -m tests.e2e.deaths` (`make crash`) dies at every point of every incident and
prints the matrix; the gate takes SAMPLE. Another incident is another line of INCIDENTS.
"""

import argparse
import asyncio
import contextlib
import logging
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from bot import logs
from tests.e2e.crash import Stage, play
from tests.e2e.life import Blow, Side, make_mortal
from tests.e2e.matrix import table
from tests.e2e.played import Played
from tests.e2e.progress import Progress, add_options, commit_here, is_in
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
    "missing-group-key": 1,
    "vault-key-unavailable": 1,
    "approvals": 1,
    "timers": 1,
    "signed-release": 1,
    "rollback": 1,
    "release": 10,
    "lost-group-key": 20,
    "lost-vault-key": 20,
}
"""Stories, and of how many points of one kind the bot dies at one.

The whole release has three points of every other; the last two listen to the room,
which takes a process and seconds each time.
"""

SEED = 4
SURE: Mapping[str, int] = {
    "write commit": 30,
    "write keep_drawing": 35,
    "slack chat.postMessage": 7,
    "slack chat.update": 20,
    "livekit ListParticipants": 4,
    "slack views.open": 1,
    "token": 2,
}
"""Kinds of points, and how often every story comes to each, however slow it is."""
REMOVE, SEND, FILE = "livekit RemoveParticipant", "livekit SendData", "slack file"


def some(slug: str, count: int) -> Iterator[Blow]:
    """Draw blows of different kinds that the story comes to; always the same ones."""
    dice = random.Random(f"{SEED}/{slug}")  # noqa: S311  no secret
    for kind in dice.sample(list(SURE), count):
        yield Blow(kind, dice.randint(1, SURE[kind]), dice.choice(SIDES))


SAMPLE: Mapping[str, Sequence[Blow]] = {
    "expired-token": (
        *some("expired-token", 2),
        *(Blow(REMOVE, 1, side) for side in SIDES),
    ),
    "approvals": (*some("approvals", 2), Blow(SEND, 1, "after")),
    "sync-divergence": (*some("sync-divergence", 1), Blow(FILE, 1, "after")),
    "missing-group-key": (*some("missing-group-key", 1), Blow(SEND, 1, "before")),
    "timers": tuple(some("timers", 2)),
    "vault-key-unavailable": tuple(some("vault-key-unavailable", 2)),
    "database-corruption": tuple(some("database-corruption", 1)),
}
"""What the gate has time for: a few of each story, and the acts."""


TIMED = ("timers", "approvals")
NOT_REACHED: Mapping[tuple[str, str], str] = dict.fromkeys(
    ((slug, "write woken") for slug in INCIDENTS if slug not in TIMED),
    "A timer is due after the incident is over, unless the machine is slow.",
)
"""Incidents, and kinds of points that they do not come to each time, and why."""


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
    def name(self) -> str:
        return named(self.slug, self.blow)

    @property
    def right(self) -> bool:
        """Nothing was wrong, and it died or cannot die there."""
        return not self.wrong and bool(self.died or self.why_not)

    @property
    def why_not(self) -> str:
        """Why it cannot die there; empty: it should have."""
        return NOT_REACHED.get((self.slug, self.blow.kind), "")

    @property
    def told(self) -> str:
        return f"{self.name}: {'; '.join(self.wrong)}"


def named(slug: str, blow: Blow) -> str:
    return f"{slug}: {blow.side} {blow.kind} {blow.number}"


def clean(slug: str) -> Played:
    """Play the incident without trouble."""
    return _play(slug, None)


def die(slug: str, whole: Played, blow: Blow) -> Death:
    """Play the incident with one death; compare it with the one without."""
    try:
        played = struck(slug, blow)
    except Exception as error:  # noqa: BLE001  what stopped it is the finding
        return Death(slug, blow, died=True, wrong=(f"{type(error).__name__}: {error}",))
    said = doubts(played)
    told = tuple(wrong(played, whole))
    return Death(slug, blow, played.died, told, said.settled, said.asked)


def struck(slug: str, blow: Blow) -> Played:
    """Play it with the death; once more, a little earlier, if it did not come to that.

    How often a life comes to a point differs by chance, so one that was counted in
    another life may not be reached.
    """
    played = _play(slug, blow)
    last = played.points[blow.kind]
    if played.died or not last:
        return played
    return _play(slug, replace(blow, number=max(1, last - 1)))


def _play(slug: str, blow: Blow | None) -> Played:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(play(Path(folder), Stage(slug, blow)))


def idle(deaths: Iterable[Death]) -> Iterator[str]:
    """Name the points that were not reached, with the reason where there is one."""
    for one in deaths:
        if not one.died:
            yield f"{one.name}: not reached: {one.why_not or 'it should be'}"


def points(whole: Played, every: int) -> Iterator[Blow]:
    """Give every point that a life comes to, or each so many of a kind."""
    for kind, count in sorted(whole.points.items()):
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


def _wanted(whole: Played, slug: str, chosen: argparse.Namespace) -> list[Blow]:
    """Draw the blows of an incident that are asked for."""
    every = points(whole, INCIDENTS[slug])
    drew = drawn(every, chosen.share, f"{chosen.seed}/{slug}")
    return [one for one in drew if is_in(named(slug, one), chosen.shard)]


def _all(chosen: argparse.Namespace, progress: Progress[Death]) -> Iterator[Death]:
    """Yield what is known of the incidents, then die where it is not known."""
    sys.stderr.write(f"{progress.told}\n")
    known = progress.right.values()
    yield from (one for one in known if one.slug in chosen.incidents)
    with ProcessPoolExecutor(chosen.jobs, initializer=ready) as pool:
        for slug in chosen.incidents:
            whole = pool.submit(clean, slug).result()
            wanted = _wanted(whole, slug, chosen)
            blows = [one for one in wanted if named(slug, one) not in progress.right]
            for done, one in enumerate(pool.map(partial(die, slug, whole), blows), 1):
                progress.keep(one)
                sys.stderr.write(f"\r{slug}: {done} of {len(blows)} ")
                sys.stderr.write(f"\n{one.told}\n" if one.wrong else "")
                yield one
            sys.stderr.write("\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Die everywhere, print the matrix; return 1 if not all was right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("incidents", nargs="*", default=list(INCIDENTS))
    parser.add_argument("--share", type=float, default=1, help="of each kind's points")
    parser.add_argument("--seed", type=int, default=0, help="which share")
    add_options(parser, PROCESSES)
    chosen = parser.parse_args(arguments)
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
