"""The delivery matrix: what may happen to a message between the bot and the world.

Each fault strikes the first time and then by the dice of a fixed seed, so that whoever
repeats is heard: Slack an event, a person a command or a press, the bot its own call.
What cannot hold anybody up strikes each time. `python -m tests.e2e.weather` (`make
delivery`) goes through all of it; the gate takes SAMPLE.
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
from rehearsal.cohrtz.recorder import ANSWER_LOST, BROKEN
from rehearsal.player import Temper
from rehearsal.slack.faults import (
    Delay,
    DropAfter,
    DropBefore,
    Duplicate,
    Effect,
    Fault,
    Hang,
    RateLimited,
    Reorder,
    SocketLoss,
    Status,
)
from rehearsal.slack.settings import Transport
from rehearsal.stagehands import House
from tests.e2e.crash import Stage, play
from tests.e2e.deaths import PROCESSES, clean, ready
from tests.e2e.life import ANSWER
from tests.e2e.matrix import table
from tests.e2e.mortal import TEMPER
from tests.e2e.played import Played
from tests.e2e.progress import Progress, add_options, commit_here, is_in
from tests.e2e.verdict import doubts, wrong

PATIENT = Temper(patience=TEMPER.patience, pause=0.1)
"""Somebody who waits a moment before they type or press again."""

SLACK_WAITS = 1.5
"""Seconds that Slack waits for the bot's answer; in life three."""

TOO_LATE = SLACK_WAITS + 0.2

INBOUND: Mapping[str, Effect] = {
    "twice": Duplicate(),
    "late": Delay(TOO_LATE),
    "out of order": Reorder(),
    "dropped": DropBefore(),
    "answer lost": DropAfter(),
}
OUTBOUND: Mapping[str, Effect] = {
    "answer lost": DropAfter(),
    "answer late": Hang(ANSWER + 0.2),
    "dropped": DropBefore(),
    "429": RateLimited(1),
    "500": Status(500),
    "502": Status(502),
}
SEED, ODDS = 12, 0.25
EACH_TIME = (Duplicate,)
REDELIVERIES = 3
"""So often Slack tries again to deliver an event; one that fails oftener is lost."""


DELIVERIES = ("/triage", "block_actions", "view_submission", "block_suggestion")
METHODS = (
    *("auth.test", "users.list", "views.open", "views.update"),
    *("chat.postMessage", "chat.update"),
    *("conversations.history", "conversations.replies"),
)
OF_FILES = ("files.info", "files")
COHRTZ = (
    *(FaultKind.LIVEKIT_LOST, FaultKind.LIVEKIT_RESET),
    *(FaultKind.LIVEKIT_STATUS_500, FaultKind.LIVEKIT_SLOW),
    *(FaultKind.ENDPOINT_LOST, FaultKind.ENDPOINT_RESET),
    *(FaultKind.ENDPOINT_STATUS_500, FaultKind.ENDPOINT_SLOW),
)


@dataclass(frozen=True)
class Trouble:
    """One fault at one kind of point, in one incident."""

    where: str
    how: str
    slug: str = "expired-token"
    transport: Transport = "http"

    @property
    def stage(self) -> Stage:
        told = {"answer_within": SLACK_WAITS}
        return Stage(self.slug, None, self.transport, PATIENT, told)

    @property
    def name(self) -> str:
        return f"{self.slug} {self.transport}: {self.where} {self.how}"


FILES, APPROVALS = "sync-divergence", "approvals"
SOCKETS = (
    Trouble("socket", "lost", transport="socket"),
    Trouble("socket", "lost", FILES, "socket"),
)
EVERY: Sequence[Trouble] = (
    *(Trouble(f"delivery.{one}", how) for one in DELIVERIES for how in INBOUND),
    *(Trouble("delivery.message", how, FILES) for how in INBOUND),
    *(Trouble("delivery", how, transport="socket") for how in INBOUND),
    *(Trouble(one, how) for one in METHODS for how in OUTBOUND),
    *(Trouble(one, how, FILES) for one in OF_FILES for how in OUTBOUND),
    *(Trouble("web_api", how, FILES) for how in OUTBOUND),
    *SOCKETS,
    *(Trouble(kind, "now and then") for kind in COHRTZ),
    *(Trouble("delivery", how, APPROVALS) for how in INBOUND),
    *(Trouble("web_api", how, APPROVALS) for how in OUTBOUND),
    *(Trouble(kind, "now and then", APPROVALS) for kind in COHRTZ[:2]),
)

SAMPLE: Sequence[Trouble] = (
    *(Trouble("delivery", how) for how in INBOUND),
    *(Trouble("web_api", how) for how in ("answer lost", "answer late", "502")),
    Trouble(COHRTZ[0], "now and then"),
    Trouble("delivery.message", "dropped", FILES),
    SOCKETS[0],
)
"""What the gate has time for: of each kind of trouble some, everywhere at once."""


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


def weather(trouble: Trouble, strikes: Strikes, house: House) -> None:
    """Let the fault begin."""
    if trouble.where in COHRTZ:
        kind = FaultKind(trouble.where)
        house.deployment.faults.set(kind, odds=ODDS, seconds=ANSWER + 0.2)
        return
    effects = {**INBOUND, "lost": SocketLoss()}
    inbound = trouble.where.startswith(("delivery", "socket"))
    effect = (effects if inbound else OUTBOUND)[trouble.how]
    strikes.each = isinstance(effect, EACH_TIME)
    house.workspace.faults.add(Fault(trouble.where, effect, None, strikes))


def endure(whole: Mapping[str, Played], trouble: Trouble) -> Weathered:
    """Play the incident in that trouble; compare it with the one without."""
    is_event = trouble.where == "delivery.message"
    strikes = Strikes(each=False, most=REDELIVERIES if is_event else None)
    with tempfile.TemporaryDirectory() as folder:
        begin = partial(weather, trouble, strikes)
        try:
            played = asyncio.run(play(Path(folder), trouble.stage, begin))
        except Exception as error:  # noqa: BLE001  what stopped it is the finding
            return Weathered(trouble, 1, (f"{type(error).__name__}: {error}",))
    said = doubts(played)
    return Weathered(
        trouble,
        _struck(trouble, strikes, played),
        tuple(wrong(played, whole[trouble.slug])),
        said.settled,
        said.asked,
        sum(count - 1 for count in played.whispers.values()),
    )


def _struck(trouble: Trouble, strikes: Strikes, played: Played) -> int:
    place, _, kind = trouble.where.partition(".")
    met = {"lost": ANSWER_LOST, "reset": BROKEN, "status-500": "500"}
    return strikes.struck or played.answers[place, met.get(kind, "200")]


def matrix(weathered: Iterable[Weathered]) -> list[str]:
    """Return the lines of the table: a row for each fault at each point."""
    rows: dict[tuple[str, ...], Counter[str]] = {}
    for one in weathered:
        trouble = one.trouble
        name = (trouble.slug, trouble.transport, trouble.where, trouble.how)
        counts = Counter(strikes=one.struck, wrong=bool(one.wrong), settled=one.settled)
        rows[name] = counts + Counter(
            {"asked": one.asked, "whispered again": one.again}
        )
    columns = ("strikes", "wrong", "settled", "asked", "whispered again")
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
        for number, one in enumerate(done, 1):
            progress.keep(one)
            sys.stderr.write(f"\r{number} of {len(new)} ")
            sys.stderr.write(f"\n{one.told}\n" if one.wrong else "")
            yield one
    sys.stderr.write("\n")


def _wanted(chosen: argparse.Namespace) -> list[Trouble]:
    """Draw the troubles that are asked for."""
    every = SAMPLE if chosen.sample else EVERY
    troubles = [t for t in every if not chosen.where or t.where in chosen.where]
    dice = random.Random(chosen.seed)  # noqa: S311  no secret
    count = round(chosen.share * len(troubles))
    taken = sorted(dice.sample(range(len(troubles)), count))
    return [one for at in taken if is_in((one := troubles[at]).name, chosen.shard)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Go through all trouble, print the matrix; return 1 if anything was wrong."""
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
    sys.stdout.write("\n".join([*matrix(weathered), *bad]) + "\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
