"""Servers as processes of their own: started on the server's core, ended at the end."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks.cores import Cores

ROOT = Path(__file__).parents[1]
START = 60.0
"""Seconds that a server may take until it listens, or says that it is ready."""

STOP = 8.0
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


class DidNotStart(Exception):  # noqa: N818  named for what is the case
    """A server ended, or did not get ready; the text says where its log is."""


@dataclass(frozen=True)
class Program:
    """What to run: `python -m` and these words; ready when `ready` answers so."""

    words: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    ready: str
    """The address that is asked."""
    status: int
    """What it answers when the server is ready."""


@asynccontextmanager
async def running(program: Program, cores: Cores) -> AsyncIterator[int]:
    """Run the program while the context lasts; yield its process id."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    with program.log.open("ab") as log, cores.server_side():
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *program.words,
            cwd=ROOT,
            env={**kept, **program.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        await _until_ready(program, process)
        yield process.pid
    finally:
        await _end(process)


async def _until_ready(program: Program, process: asyncio.subprocess.Process) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(START):
        while not await _answers(session, program):
            if process.returncode is not None:
                raise DidNotStart(f"The server ended; see {program.log}.")
            await asyncio.sleep(0.05)


async def _answers(session: aiohttp.ClientSession, program: Program) -> bool:
    try:
        async with session.get(program.ready) as answer:
            return answer.status == program.status
    except aiohttp.ClientError:
        return False


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
