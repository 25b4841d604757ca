"""The bot as a process that kills itself: `python -m tests.e2e.killable` forks them.

It is what `life.Life` is in one process with the tests, by the same points; only the
end is another: SIGKILL, in the middle of whatever the process does. What it came to and
what it committed is appended to files of its folder, which outlive it.
"""

import asyncio
import json
import logging
import os
import pickle
import signal
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from bot import logs
from bot.app import now
from bot.settings import Settings
from bot.store.rows import EventRow
from handlers.serve import Loops, serving
from tests.e2e.fork_server import serve
from tests.e2e.life import LIFE, Blow, Life
from tests.e2e.mortal import HURRIED
from tests.e2e.mortality import make_mortal

BLOW = "KILLABLE_BLOW"
"""The variable with the blow in JSON; empty: it lives."""
FOLDER = "KILLABLE_FOLDER"
"""The variable with the folder for what is told of this life."""
POINTS, LEDGER, CALM = "points", "ledger", "calm"
LOOKS = 0.05
"""Seconds between two looks whether all is calm."""


class KilledLife(Life):
    """Tells what it comes to, and dies for good."""

    def __init__(self, blow: Blow | None, folder: Path) -> None:
        super().__init__(blow, Ledger(folder / LEDGER))
        self._points = (folder / POINTS).open("a", buffering=1)

    def reach(self, kind: str) -> int:
        self._points.write(f"{kind}\n")
        return super().reach(kind)

    def end(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Ledger(dict[Any, Any]):
    """Appends to a file what is put in."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("ab", buffering=0)

    def update(self, rows: Mapping[tuple[str, int], EventRow]) -> None:
        self._file.write(pickle.dumps(rows))


def told_of(blow: Blow | None) -> str:
    return json.dumps(asdict(blow)) if blow else ""


def points(folder: Path) -> Counter[str]:
    """Count what the life in that folder came to."""
    path = folder / POINTS
    return Counter(path.read_text().splitlines() if path.exists() else ())


def committed(folder: Path) -> dict[tuple[str, int], EventRow]:
    """Return what it committed."""
    rows: dict[tuple[str, int], EventRow] = {}
    path = folder / LEDGER
    with path.open("rb") as file:
        while file.tell() < path.stat().st_size:
            rows.update(pickle.load(file))  # noqa: S301  our own process wrote it
    return rows


def calm_at(folder: Path) -> float:
    """Return the time of the last look that found all calm; 0 if the last did not."""
    path = folder / CALM
    return float(path.read_text()) if path.exists() else 0.0


def main(_: Sequence[str]) -> int:
    """Live by the environment's settings, until the blow."""
    told, folder = os.environ[BLOW], Path(os.environ[FOLDER])
    LIFE.set(KilledLife(Blow(**json.loads(told)) if told else None, folder))
    asyncio.run(_live(Settings(_env_file=None), folder))
    return 0


async def _live(settings: Settings, folder: Path) -> None:
    async with serving(settings, HURRIED) as (loops, _), asyncio.TaskGroup() as tasks:
        tasks.create_task(loops.run())
        tasks.create_task(_look(loops, folder))


async def _look(loops: Loops, folder: Path) -> None:
    """Write down, again and again, when all was told and drawn."""
    store, new = loops.bot.store, folder / f"{CALM}.new"
    while True:
        at = time.time()
        busy = await store.behind(10) or await store.notices(now(), 1)
        new.write_text(str(0 if busy else at))
        new.replace(folder / CALM)
        await asyncio.sleep(LOOKS)


if __name__ == "__main__":
    logs.set_up("text", logging.CRITICAL)
    make_mortal(pytest.MonkeyPatch())
    serve(main)
