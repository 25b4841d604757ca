"""The real bot as a process of its own, told by its environment where to find things.

It can be killed in the middle and started again, as a person would.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from bot.errors import BotError

START = 30.0
"""Seconds that the bot may take until it says that it is ready."""

STOP = 8.0
"""Seconds that the bot may take to end after SIGTERM; it promises five."""

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "SYSTEMROOT")


class BotDied(BotError):  # noqa: N818  named for what is the case
    """The bot ended although nobody asked it to."""


class BotProcess:
    """Starts, kills and ends the bot; one at a time."""

    def __init__(self, environment: Mapping[str, str], port: int, log: Path) -> None:
        """Take the bot's settings, the port that it will listen on, and its log."""
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self.environment: Mapping[str, str] = {**kept, **environment}
        self._port = port
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._ready_one: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Say where it listens, or will listen."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def running(self) -> bool:
        """Say whether the process is there."""
        return self._process is not None and self._process.returncode is None

    @property
    def stands(self) -> str:
        """Say how it stands, to go on from «the bot …»."""
        if not self.running:
            return "is down"
        return "runs" if self._ready_one is self._process else "is starting"

    async def start(self) -> None:
        """Start it and wait until it is ready; raise BotDied if it ends instead."""
        if self.running:
            return
        self._process = await self._launched()
        await self._until_ready(self._process)
        self._ready_one = self._process

    async def kill(self) -> None:
        """End it as a crash would: SIGKILL, nothing is cleaned up."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Ask it to end and return its exit code; kill it if it takes too long."""
        try:
            async with asyncio.timeout(STOP):
                await self._end(signal.SIGTERM)
        except TimeoutError:
            await self.kill()
        return self._process.returncode or 0 if self._process else 0

    async def ended(self) -> int:
        """Wait until it ends, and return its exit code."""
        return await self._process.wait() if self._process else 0

    async def _launched(self) -> asyncio.subprocess.Process:
        with self._log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "serve",
                env=self.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(how)
            await self._process.wait()

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        async with aiohttp.ClientSession() as session:
            try:
                async with asyncio.timeout(START):
                    while not await self._ready(session):
                        await asyncio.sleep(0.05)
                        self._must_live(process)
            except TimeoutError:
                await self.kill()
                raise BotDied(f"The bot did not get ready; see {self._log}.") from None

    async def _ready(self, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(f"{self.url}/readyz") as answer:
                return answer.status == 200  # noqa: PLR2004  HTTP
        except aiohttp.ClientError:
            return False

    def _must_live(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is not None:
            last = self._log.read_text(encoding="utf-8", errors="replace")[-1500:]
            raise BotDied(f"The bot ended with {process.returncode}:\n{last}")
