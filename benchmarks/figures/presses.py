"""From the press of Run until the action reaches LiveKit, its intent on the disk.

Each press is of an incident of its own, about a person in a room of their own, with
the page that ships. In between lie: the press kept, the plan made anew, the intent
kept, the session looked up, and only then the call that ends it.
"""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.figures.people import NotTaken, step_button, type_command
from benchmarks.plan import Plan
from benchmarks.spread import Spread, spread
from benchmarks.stage import CHANNELS, RESPONDER, Scene, Stage, put_up
from benchmarks.table import Row, ms
from rehearsal.cohrtz import PeerSettings
from rehearsal.cohrtz.journal import Entry
from rehearsal.seen import Button

LIMIT = 0.05
PAGE, STEP = "token-invalid-or-expired", 2
REMOVE = "/twirp/livekit.RoomService/RemoveParticipant"
FSYNCS = 200
BLOCK = b"\0" * 4096
ABREAST = 10
"""Incidents that are brought to the press side by side."""

ARRIVES = 10.0


async def measure(plan: Plan) -> Sequence[Row]:
    """Press one after another, and measure the disk before and after."""
    scene = Scene(peers=_peers(plan.presses))
    disk = _fsyncs(plan.folder)
    async with put_up(scene, plan.folder, plan.cores) as stage, stage.bot():
        taken = [
            seconds
            for first in range(0, plan.presses, ABREAST)
            for seconds in await _some(stage, range(first, plan.presses)[:ABREAST])
        ]
    disk += _fsyncs(plan.folder)
    return [_row(spread(taken), spread(disk))]


async def _some(stage: Stage, numbers: Sequence[int]) -> list[float]:
    ready = await asyncio.gather(*(_prepared(stage, number) for number in numbers))
    await stage.drawn(ARRIVES)
    return [
        await _pressed(stage, number, button)
        for number, button in zip(numbers, ready, strict=True)
    ]


async def _prepared(stage: Stage, number: int) -> Button:
    channel = CHANNELS[number]
    await type_command(stage, channel, f"{_room(number)} {_identity(number)}")
    await type_command(stage, channel, f"runbook {PAGE}")
    return await step_button(stage, channel, STEP, "Run")


async def _pressed(stage: Stage, number: int, button: Button) -> float:
    journal = stage.deployment.journal
    before, began = len(journal.entries), time.time()
    told = await stage.workspace.press(
        RESPONDER, button.ts, button.action_id, block_id=button.block_id, confirm=True
    )
    if not told.ok:
        raise NotTaken(f"Run was not taken: {told.notice}")

    def removals() -> Sequence[Entry]:
        # Among the newest alone: LiveKit is simulated in this same process.
        return journal.find(before, path=REMOVE, room=_room(number))

    await stage.deployment.wait_for(lambda: bool(removals()), ARRIVES)
    return removals()[0].at - began


def _peers(count: int) -> Mapping[str, PeerSettings]:
    return {
        f"person-{number}": PeerSettings(
            identity=_identity(number), rooms=(_room(number),)
        )
        for number in range(count)
    }


def _room(number: int) -> str:
    return f"bench-{number}"


def _identity(number: int) -> str:
    return f"user:0198b7d0-41c2-7e3a-8f64-{number:012d}"


def _fsyncs(folder: Path) -> list[float]:
    """Return the seconds of many appends of a block, each forced to the disk."""
    taken = []
    with (folder / "fsync").open("ab", buffering=0) as file:
        for _ in range(FSYNCS):
            file.write(BLOCK)
            began = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return taken


def _row(taken: Spread, disk: Spread) -> Row:
    return Row(
        figure="press to action started, intent kept first",
        value=f"p50 {ms(taken.p50)}, p99 {ms(taken.p99)} ({taken.count} presses)",
        yardstick=f"one fsync: p50 {ms(disk.p50)}, p99 {ms(disk.p99)}",
        ratio=f"{taken.p50 / disk.p50:.1f}x",
        must=f"p99 <= {ms(LIMIT)}",
        reached=taken.p99 <= LIMIT,
    )
