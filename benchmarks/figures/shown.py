"""From the command until Slack shows the whole incident, as it then stays.

Card, checks, ranking and first step must be there, and the last update of them drawn:
what counts is the end of the last call after which nothing more comes. Looking takes
its time in the world; the longest look is told apart and taken off.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.figures.people import PATIENCE, parts, type_command
from benchmarks.plan import Plan
from benchmarks.spread import between
from benchmarks.stage import CHANNELS, Bot, Scene, Stage, put_up
from benchmarks.table import Row, ms
from rehearsal.scenario import Scenario, read_all

LATENCY = 0.15
TRIPS = 3.0
SCENARIO = "endpoint-html"
"""A world in which a runbook is proposed, so that its first step is shown."""

PARTS = 4
"""Card, checks, ranking, first step."""

FIRST = 100
"""Of the channels, the first that is used here."""


@dataclass(frozen=True)
class Shown:
    """Seconds of one incident: all of it, and the longest look."""

    whole: float
    looks: float

    @property
    def trips(self) -> float:
        """Return the rest in round trips to Slack's API."""
        return (self.whole - self.looks) / LATENCY


async def measure(plan: Plan) -> Sequence[Row]:
    """Open one incident after another, each in a channel of its own."""
    play = read_all()[SCENARIO]
    scene = Scene(latency=LATENCY, peers=play.peers, faults=play.faults)
    async with put_up(scene, plan.folder, plan.cores) as stage, stage.bot() as bot:
        channels = CHANNELS[FIRST : FIRST + plan.rounds]
        rounds = [await _round(stage, bot, play, channel) for channel in channels]
    return [_row(rounds)]


async def _round(stage: Stage, bot: Bot, play: Scenario, channel: str) -> Shown:
    before, began = len(stage.workspace.journal), time.time()
    await type_command(stage, channel, f'"{play.room}" {play.identity}')
    await stage.workspace.wait_for(
        lambda: len(parts(stage, channel)) >= PARTS, PATIENCE
    )
    await stage.drawn(PATIENCE)
    ended = max(
        entry.began + entry.took
        for entry in stage.workspace.journal
        if entry.number > before and entry.name.startswith("chat.")
    )
    return Shown(ended - began, _longest_look(bot, channel))


def _longest_look(bot: Bot, channel: str) -> float:
    return max(float(json.loads(body)["took"]) for body in bot.looks(channel))


def _row(rounds: Sequence[Shown]) -> Row:
    whole, trips = median(one.whole for one in rounds), [one.trips for one in rounds]
    looks = median(one.looks for one in rounds)
    return Row(
        figure="command to whole incident shown, API 150 ms",
        value=f"{ms(whole)}, of it the longest check {ms(looks)}",
        yardstick=f"one round trip: {ms(LATENCY)}",
        ratio=f"{median(trips):.2f} trips ({between(trips)})",
        must=f"<= {TRIPS:g} trips",
        reached=median(trips) <= TRIPS,
    )
