"""How fast `/triage ROOM` is answered, one at a time, its commit on the disk before.

Each command is sent when the one before was answered, on one keep-alive connection, so
what the earlier incidents cause (looks, drawings) goes on meanwhile, as in life.
"""

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.plan import Plan
from benchmarks.spread import Spread, between, middle, spread
from benchmarks.stage import Scene, Stage, put_up
from benchmarks.table import Row, ms
from benchmarks.wire import one_by_one

WARM = 20
OF_BOLT, OF_AIOHTTP = 0.2, 6.0
KINDS = ("bolt", "bolt-waits", "aiohttp")


async def measure(plan: Plan) -> Sequence[Row]:
    """Measure the bot beside each yardstick, round by round."""
    rounds: dict[str, list[Spread]] = {kind: [] for kind in ("bot", *KINDS)}
    async with put_up(Scene(), plan.folder, plan.cores) as stage:
        for _ in range(plan.rounds):
            async with stage.bot() as bot:
                rounds["bot"].append(await _round(bot.port, stage.commands(), plan))
            for kind in KINDS:
                rounds[kind].append(await _beside(stage, kind, plan))
    return _rows(rounds)


async def _beside(stage: Stage, kind: str, plan: Plan) -> Spread:
    async with stage.yardstick(kind) as port:
        return await _round(port, stage.commands(), plan)


async def _round(port: int, commands: Iterator[bytes], plan: Plan) -> Spread:
    await one_by_one(port, commands, WARM)
    return spread(await one_by_one(port, commands, plan.acks))


def _rows(rounds: dict[str, list[Spread]]) -> Sequence[Row]:
    bot = middle(rounds["bot"])
    shown = f"p50 {ms(bot.p50)}, p99 {ms(bot.p99)}"
    spans = between([one.p50 for one in rounds["bot"]], 1000)
    rows = [Row("ack of /triage ROOM, committed", shown, "", f"p50 {spans}", "", None)]
    limits = {"bolt": OF_BOLT, "bolt-waits": None, "aiohttp": OF_AIOHTTP}
    rows += [_beside_row(kind, rounds, limit) for kind, limit in limits.items()]
    return rows


def _beside_row(kind: str, rounds: dict[str, list[Spread]], limit: float | None) -> Row:
    yard = middle(rounds[kind])
    pairs = zip(rounds["bot"], rounds[kind], strict=True)
    ratio = median(ours.p50 / theirs.p50 for ours, theirs in pairs)
    return Row(
        figure=f"  beside {NAMES[kind]}",
        value="",
        yardstick=f"p50 {ms(yard.p50)}, p99 {ms(yard.p99)}",
        ratio=f"{ratio:.2f}x",
        must=f"<= {limit:g}x" if limit else "",
        reached=ratio <= limit if limit else None,
    )


NAMES = {
    "bolt": "bare Bolt",
    "bolt-waits": "bare Bolt, process_before_response",
    "aiohttp": "bare aiohttp, signature checked",
}
