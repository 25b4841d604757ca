"""Processes that a fork server starts: as asyncio's, as far as is asked of them."""

import asyncio
import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class ForkServer:
    """The process that starts them; used by one loop at a time."""

    def __init__(self, module: str = "tests.e2e.fork_server") -> None:
        self._process = subprocess.Popen(  # noqa: S603  a module of ours
            [sys.executable, "-m", module],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, **what: Any) -> int:
        """Ask one thing; it is answered at once."""
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> None:
        """End it, with whatever is left of its bots."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@dataclass(frozen=True)
class Run:
    """What to run, and where what it writes goes."""

    words: tuple[str, ...]
    environment: Mapping[str, str]
    cwd: str
    out: str
    err: str


class Forked:
    """A `triage …` that was forked."""

    def __init__(self, server: ForkServer, run: Run) -> None:
        self._server = server
        self._code: int | None = None
        self.pid = server.ask(**asdict(run))
        self._alive = os.pidfd_open(self.pid)
        """Readable once it has ended."""

    @property
    def returncode(self) -> int | None:
        if self._code is None and select.select([self._alive], [], [], 0)[0]:
            os.close(self._alive)
            self._code = self._server.ask(ended=self.pid)
        return self._code

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    async def wait(self) -> int:
        if self.returncode is None:
            loop, ended = asyncio.get_running_loop(), asyncio.Event()
            loop.add_reader(self._alive, ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(self._alive)
        return self.returncode
