"""What the bot costs while nothing happens and many incidents are open."""

import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.plan import Plan
from benchmarks.stage import Bot, Scene, Stage, put_up
from benchmarks.table import Row
from benchmarks.wire import one_by_one

CPU, MEMORY = 0.01, 150.0
DRAWN = 400.0
"""Seconds that the bot may take until Slack shows all of them: it takes about two
hundred updates, of which Slack allows fifty a minute."""

SHOWN = """SELECT count(DISTINCT incident) FROM heads JOIN events USING (incident)
    WHERE kind = 'runbooks.ranked' AND drawn_seq = heads.seq"""


async def measure(plan: Plan) -> Sequence[Row]:
    """Open the incidents, let the bot come to rest, then only look."""
    # As in life: how often rooms are polled goes by the pace.
    async with (
        put_up(Scene(speed=1.0), plan.folder, plan.cores) as stage,
        stage.bot() as bot,
    ):
        count = plan.idle_incidents
        await _open(stage, bot, count)
        share = await _share(bot.process, plan.idle_seconds)
        memory = _megabytes(bot.process)
    figure = f"idle with {count} open incidents, {plan.idle_seconds:g} s"
    return [
        Row(
            figure=f"{figure}: CPU",
            value=f"{share * 100:.2f} % of a core",
            yardstick="-",
            ratio="",
            must="< 1 %",
            reached=share < CPU,
        ),
        Row(
            figure="  its memory (RSS)",
            value=f"{memory:.0f} MB",
            yardstick="-",
            ratio="",
            must="< 150 MB",
            reached=memory < MEMORY,
        ),
    ]


async def _open(stage: Stage, bot: Bot, count: int) -> None:
    """Open them, and wait until each is ranked and Slack shows it as it is."""
    await one_by_one(bot.port, stage.commands(), count)
    async with asyncio.timeout(DRAWN):
        while bot.ask(SHOWN) != [(count,)]:  # noqa: ASYNC110  another process
            await asyncio.sleep(1.0)
    await stage.drawn(DRAWN)


async def _share(process: int, seconds: float) -> float:
    """Return the share of one core that the process takes."""
    before, began = _cpu(process), time.monotonic()
    await asyncio.sleep(seconds)
    return (_cpu(process) - before) / (time.monotonic() - began)


def _cpu(process: int) -> float:
    """Return the seconds of CPU that the process has had (Linux's /proc)."""
    told = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    fields = told.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _megabytes(process: int) -> float:
    told = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    line = next(one for one in told.splitlines() if one.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
