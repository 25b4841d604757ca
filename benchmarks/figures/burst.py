"""A thousand commands in the same moment, while Slack's API is slow."""

from collections.abc import Sequence
from statistics import median

from benchmarks.plan import Plan
from benchmarks.spread import between
from benchmarks.stage import Scene, Stage, put_up
from benchmarks.table import Row, ms
from benchmarks.wire import all_at_once

LATENCY = 0.4
SLACK_WAITS, SLOWEST = 3.0, 1.0


async def measure(plan: Plan) -> Sequence[Row]:
    """Send the burst to a new bot in each round."""
    scene = Scene(latency=LATENCY)
    async with put_up(scene, plan.folder, plan.cores) as stage:
        rounds = [await _round(stage, plan.burst) for _ in range(plan.rounds)]
    slowest = [max(seconds) for seconds, _ in rounds]
    late = sum(one > SLACK_WAITS for seconds, _ in rounds for one in seconds)
    stored = [count for _, count in rounds]
    return [
        Row(
            figure=f"{plan.burst} commands at once, Slack's API at 400 ms",
            value=f"slowest {ms(median(slowest))}, {late} later than 3 s",
            yardstick="-",
            ratio=f"{between(slowest, 1000, 0)} ms",
            must="slowest <= 1 s, 0 late",
            reached=median(slowest) <= SLOWEST and not late,
        ),
        Row(
            figure="  incidents stored after it",
            value=f"{min(stored)}",
            yardstick="-",
            ratio="",
            must=f"{plan.burst}",
            reached=all(count == plan.burst for count in stored),
        ),
    ]


async def _round(stage: Stage, count: int) -> tuple[list[float], int]:
    async with stage.bot() as bot:
        seconds = await all_at_once(bot.port, stage.commands(), count)
        return seconds, bot.incidents()
