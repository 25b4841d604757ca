"""The delivery matrix: what may happen to a message between the bot and the world.

Each fault strikes the first time and then by the dice of a fixed seed, so that whoever
repeats is heard: Slack an event, a person a command or a press, the bot its own call.
What cannot hold anybody up, and what LiveKit tells, strikes each time. A trouble that
did not strike tells nothing, so it is no success. `python -m tests.e2e.weather` (`make
delivery`) goes through all of EVERY; the gate takes SAMPLE.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rehearsal.cohrtz import FaultKind
from rehearsal.slack.faults import DropAfter, Duplicate, Fault, Status
from rehearsal.stagehands import House
from tests.e2e.crash import play
from tests.e2e.deaths import PROCESSES, clean, ready
from tests.e2e.matrix import table
from tests.e2e.mortality import ANSWER
from tests.e2e.played import Played
from tests.e2e.progress import Progress, add_options, commit_here, is_in
from tests.e2e.troubles import (
    EVERY,
    LEARNT,
    NOT_REACHED,
    SAMPLE,
    SECONDS,
    SOUGHT,
    WEBHOOKS,
    Trouble,
)
from tests.e2e.verdict import doubts, wrong

SEED, ODDS = 12, 0.25
EACH_TIME = (Duplicate,)
REDELIVERIES = 3
"""So often Slack tries again to deliver an event; one that fails oftener is lost."""
LOST_POSTS = 3
"""So many posts are done and not answered where it is sought what came of them."""


@dataclass
class Strikes:
    """Lets a fault strike the first time and then now and then, and counts."""

    each: bool
    most: int | None = None
    struck: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311  no secret

    def __call__(self) -> bool:
        if self.struck == self.most:
            return False
        strikes = self.each or not self.struck or self.dice.random() < ODDS
        self.struck += strikes
        return strikes


@dataclass(frozen=True)
class Weathered:
    """One incident played in trouble, and what was not as it should be."""

    trouble: Trouble
    struck: int
    wrong: tuple[str, ...]
    settled: int = 0
    asked: int = 0
    again: int = 0
    """Words to one person that came more than once."""

    @property
    def name(self) -> str:
        return self.trouble.name

    @property
    def told(self) -> str:
        return f"{self.name}: {'; '.join(self.wrong)}"

    @property
    def right(self) -> bool:
        """Nothing was wrong, and it was in trouble or cannot be."""
        return not self.wrong and bool(self.struck or self.why_not)

    @property
    def why_not(self) -> str:
        """Why it cannot strike; empty: it should have."""
        return NOT_REACHED.get(self.trouble.row, "")


def weather(trouble: Trouble, strikes: Strikes, house: House) -> None:
    """Let the fault begin, and what the bot must suffer before it comes to it."""
    if trouble.where in set(FaultKind):
        kind = FaultKind(trouble.where)
        seconds = SECONDS.get(kind, ANSWER + 0.2)
        odds = 1.0 if kind in WEBHOOKS else ODDS
        house.deployment.faults.set(kind, odds=odds, seconds=seconds)
        return
    faults, effect = house.workspace.faults, trouble.effect
    if trouble.where in LEARNT:
        faults.add(Fault(LEARNT[trouble.where], Status(500), None))
    if trouble.where in SOUGHT:
        faults.add(Fault("chat.postMessage", DropAfter(), LOST_POSTS))
    strikes.each = isinstance(effect, EACH_TIME)
    faults.add(Fault(trouble.where, effect, None, strikes))


def endure(whole: Mapping[str, Played], trouble: Trouble) -> Weathered:
    """Play the incident in that trouble; compare it with the one without."""
    is_event = trouble.where == "delivery.message"
    strikes = Strikes(each=False, most=REDELIVERIES if is_event else None)
    with tempfile.TemporaryDirectory() as folder:
        begin = partial(weather, trouble, strikes)
        try:
            played = asyncio.run(play(Path(folder), trouble.stage, begin))
        except Exception as error:  # noqa: BLE001  what stopped it is the finding
            told = f"{type(error).__name__}: {error}"
            return Weathered(trouble, strikes.struck, (told,))
    said = doubts(played)
    return Weathered(
        trouble,
        strikes.struck + sum(played.met.values()),
        tuple(wrong(played, whole[trouble.slug])),
        said.settled,
        said.asked,
        sum(count - 1 for count in played.whispers.values()),
    )


def idle(weathered: Iterable[Weathered]) -> Iterator[str]:
    """Name the troubles that did not strike, with the reason where there is one."""
    for one in weathered:
        if not one.struck:
            yield f"{one.name}: did not strike: {one.why_not or 'it should have'}"


def matrix(weathered: Iterable[Weathered]) -> list[str]:
    """Return the lines of the table: a row for each fault at each point."""
    rows: dict[tuple[str, ...], Counter[str]] = {}
    for one in weathered:
        trouble = one.trouble
        name = (trouble.slug, trouble.transport, trouble.where, trouble.how)
        counts = Counter(strikes=one.struck, wrong=bool(one.wrong), settled=one.settled)
        rows[name] = counts + Counter(
            {
                "did not strike": not one.struck,
                "asked": one.asked,
                "whispered again": one.again,
            }
        )
    columns = (
        *("strikes", "did not strike", "wrong", "settled", "asked"),
        "whispered again",
    )
    return table(("incident", "transport", "where", "trouble"), columns, rows)


def _all(
    troubles: Sequence[Trouble], progress: Progress[Weathered], jobs: int
) -> Iterator[Weathered]:
    """Yield what is known of the troubles, then play those of which it is not."""
    sys.stderr.write(f"{progress.told}\n")
    new = [one for one in troubles if one.name not in progress.right]
    yield from (progress.right[one.name] for one in troubles if one not in new)
    slugs = sorted({one.slug for one in new})
    with ProcessPoolExecutor(jobs, initializer=ready) as pool:
        whole = dict(zip(slugs, pool.map(clean, slugs), strict=True))
        done = pool.map(partial(endure, whole), new)
        yield from progress.follow(done, "", len(new))


def _wanted(chosen: argparse.Namespace) -> list[Trouble]:
    """Draw the troubles that are asked for."""
    every = SAMPLE if chosen.sample else EVERY
    troubles = [t for t in every if not chosen.where or t.where in chosen.where]
    dice = random.Random(chosen.seed)  # noqa: S311  no secret
    count = round(chosen.share * len(troubles))
    taken = sorted(dice.sample(range(len(troubles)), count))
    return [one for at in taken if is_in((one := troubles[at]).name, chosen.shard)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Go through all trouble, print the matrix; return 1 if not all was right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("where", nargs="*", help="only these, as chat.postMessage")
    parser.add_argument("--sample", action="store_true", help="only what the gate does")
    parser.add_argument("--share", type=float, default=1, help="of all that is asked")
    parser.add_argument("--seed", type=int, default=0, help="which share")
    add_options(parser, PROCESSES)
    chosen = parser.parse_args(arguments)
    progress = Progress(Weathered, chosen.progress, commit_here())
    weathered = list(_all(_wanted(chosen), progress, chosen.jobs))
    bad = [one.told for one in weathered if one.wrong]
    sys.stdout.write("\n".join([*matrix(weathered), *idle(weathered), *bad]) + "\n")
    return 0 if all(one.right for one in weathered) else 1


if __name__ == "__main__":
    sys.exit(main())
