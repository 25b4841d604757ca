"""How fast a runtime log is classified, beside `grep -c -F -f` with as many strings.

Both read the same file on the same core, in turns; seconds are those of CPU. Then a
log of 1 MB and one a thousand times as long come through a pipe, and the process's
memory is compared.
"""

import asyncio
import json
import os
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.log_content import KINDS, fixed_strings, mixed
from benchmarks.plan import Plan
from benchmarks.processes import ROOT
from benchmarks.spread import between
from benchmarks.table import Row

MEGABYTE = 1_000_000
FAST = 100.0
"""Megabytes a second that are always enough."""

OF_GREP = 0.5
FLAT = 1.25
"""How many times as much memory the long log may take."""

REPEATED = 8 * MEGABYTE
"""Bytes of content that are repeated to make a long log."""


@dataclass(frozen=True)
class _Read:
    """What one run of the worker said."""

    seconds: float
    kilobytes: int


async def measure(plan: Plan) -> Sequence[Row]:
    """Time each kind of log beside grep, then look at the memory."""
    strings = plan.folder / "strings"
    strings.write_bytes(fixed_strings())
    rows = [
        await _beside_grep(plan, name, content, strings)
        for name, content in KINDS.items()
    ]
    return [*rows, await _memory(plan)]


async def _beside_grep(
    plan: Plan,
    name: str,
    content: Callable[[int], Iterator[bytes]],
    strings: Path,
) -> Row:
    log = plan.folder / "log"
    wanted = plan.log_megabytes * MEGABYTE
    size = log.write_bytes(b"".join(_repeated(content, wanted)))
    ours, greps = [], []
    with plan.cores.server_side():
        for _ in range(plan.rounds):
            greps.append(size / await _grep(strings, log) / MEGABYTE)
            with log.open("rb") as stream:
                read = await _worker(stream.fileno())
            ours.append(size / read.seconds / MEGABYTE)
    log.unlink()
    ratio = median(mine / yard for mine, yard in zip(ours, greps, strict=True))
    enough = min(FAST, OF_GREP * median(greps))
    return Row(
        figure=f"a log is read: {name}",
        value=f"{median(ours):.0f} MB/s ({between(ours, digits=0)})",
        yardstick=f"grep {median(greps):.0f} MB/s",
        ratio=f"{ratio:.2f}x",
        must=f">= {enough:.0f} MB/s ({_lower(enough)})",
        reached=median(ours) >= enough,
    )


def _lower(enough: float) -> str:
    """Say which of the two yardsticks is the lower one, and so counts."""
    if enough < FAST:
        return f"{OF_GREP}x of grep, below {FAST:.0f}"
    return f"below {OF_GREP}x of grep"


async def _memory(plan: Plan) -> Row:
    short = await _piped(MEGABYTE)
    long = await _piped(plan.log_stream_megabytes * MEGABYTE)
    growth = long.kilobytes / short.kilobytes
    return Row(
        figure=f"  its memory at {plan.log_stream_megabytes} MB",
        value=f"{long.kilobytes / 1024:.0f} MB RSS",
        yardstick=f"at 1 MB {short.kilobytes / 1024:.0f} MB",
        ratio=f"{growth:.2f}x",
        must=f"<= {FLAT}x",
        reached=growth <= FLAT,
    )


def _repeated(content: Callable[[int], Iterator[bytes]], size: int) -> Iterator[bytes]:
    """Yield no less content than so many bytes; it is made once, then repeated."""
    block = b"".join(content(min(size, REPEATED)))
    for _ in range(-(-size // len(block))):
        yield block


async def _grep(strings: Path, log: Path) -> float:
    """Return the seconds of CPU that grep takes, its start and all."""
    began = _of_children()
    process = await asyncio.create_subprocess_exec(
        *("grep", "-c", "-F", "-f", str(strings), str(log)),
        env={**os.environ, "LC_ALL": "C"},
        stdout=asyncio.subprocess.PIPE,
    )
    await process.communicate()
    return _of_children() - began


def _of_children() -> float:
    """Return the seconds of CPU of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _worker(stdin: int) -> _Read:
    process = await _started(stdin)
    told, _ = await process.communicate()
    return _as_read(told)


async def _piped(size: int) -> _Read:
    process = await _started(asyncio.subprocess.PIPE)
    told = asyncio.create_task(_told(process))
    if process.stdin:
        for block in _repeated(mixed, size):
            process.stdin.write(block)
            await process.stdin.drain()
        process.stdin.close()
    return _as_read(await told)


async def _started(stdin: int) -> asyncio.subprocess.Process:
    from_here = {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.log_worker"),
        cwd=ROOT,
        env={**os.environ, **from_here},
        stdin=stdin,
        stdout=asyncio.subprocess.PIPE,
    )


async def _told(process: asyncio.subprocess.Process) -> bytes:
    return await process.stdout.read() if process.stdout else b""


def _as_read(told: bytes) -> _Read:
    read = json.loads(told)
    return _Read(read["seconds"], read["kilobytes"])
