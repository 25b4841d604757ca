"""How many signed commands a second, for seconds on end, each kept in its own row."""

from collections.abc import Sequence
from statistics import median

from benchmarks.plan import Plan
from benchmarks.spread import between
from benchmarks.stage import Scene, Stage, put_up
from benchmarks.table import Row
from benchmarks.wire import closed_loop, one_by_one

WARM = 20
OF_BOLT = 0.5


async def measure(plan: Plan) -> Sequence[Row]:
    """Measure the bot and bare Bolt in turn."""
    rates: list[tuple[float, float]] = []
    stored = True
    async with put_up(Scene(one_core=True), plan.folder, plan.cores) as stage:
        for _ in range(plan.rounds):
            ours, whole = await _bot(stage, plan)
            rates.append((ours, await _bolt(stage, plan)))
            stored = stored and whole
    bot, bolt = median(ours for ours, _ in rates), median(yard for _, yard in rates)
    ratio = median(ours / theirs for ours, theirs in rates)
    spans = between([ours for ours, _ in rates], digits=0)
    return [
        Row(
            figure=f"commands a second for {plan.seconds:g} s, each stored",
            value=f"{bot:.0f}/s ({spans}){'' if stored else ', NOT ALL STORED'}",
            yardstick=f"bare Bolt, process_before_response: {bolt:.0f}/s",
            ratio=f"{ratio:.2f}x",
            must=f">= {OF_BOLT:g}x",
            reached=stored and ratio >= OF_BOLT,
        )
    ]


async def _bot(stage: Stage, plan: Plan) -> tuple[float, bool]:
    async with stage.bot() as bot:
        commands = stage.commands()
        await one_by_one(bot.port, commands, WARM)
        count, seconds = await closed_loop(
            bot.port, commands, plan.connections, plan.seconds
        )
        return count / seconds, bot.incidents() == count + WARM


async def _bolt(stage: Stage, plan: Plan) -> float:
    async with stage.yardstick("bolt-waits") as port:
        commands = stage.commands()
        await one_by_one(port, commands, WARM)
        count, seconds = await closed_loop(
            port, commands, plan.connections, plan.seconds
        )
        return count / seconds
