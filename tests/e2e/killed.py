"""Lives of the bot as processes of their own, each with its blow: as `mortal` does it.

Where `mortal` cancels the tasks of a bot in this process, here a process kills itself
with SIGKILL at the same point. Both are judged alike, so that the cheaper one can be
trusted.
"""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings
from bot.store.rows import EventRow
from rehearsal.bot_process import PASSED_ON
from rehearsal.stagehands import free_port
from tests.e2e import crash, killable
from tests.e2e.forked import Forked, ForkServer, Run
from tests.e2e.life import Blow
from tests.e2e.mortal import TEMPER

SERVER = "tests.e2e.killable"
"""The module of the server that forks them."""


@dataclass(frozen=True)
class ProcessLife:
    """A process that was started, and the folder of what is told of it."""

    process: Forked
    folder: Path

    @property
    def points(self) -> Counter[str]:
        return killable.points(self.folder)


class KilledBot:
    """Starts processes on one database, the next when one has killed itself."""

    def __init__(
        self, settings: Settings, blows: Iterable[Blow], server: ForkServer
    ) -> None:
        self._settings = settings.model_copy(update={"http_port": free_port()})
        self._blows = chain(blows, repeat(None))
        self._server = server
        self.reached: Callable[[int], None] = lambda _: None
        self.lives: list[ProcessLife] = []
        self._minder: asyncio.Task[None] | None = None

    @property
    def deaths(self) -> int:
        return sum(one.process.returncode == -signal.SIGKILL for one in self.lives)

    @property
    def ledger(self) -> Mapping[tuple[str, int], EventRow]:
        return {
            at: row
            for one in self.lives
            for at, row in killable.committed(one.folder).items()
        }

    async def start(self) -> None:
        self.reached(self._settings.http_port)
        self._minder = asyncio.create_task(self._mind())
        await self.quiet()

    async def stop(self) -> None:
        """End the last one as a supervisor does."""
        if self._minder is not None:
            self._minder.cancel()
            await asyncio.gather(self._minder, return_exceptions=True)
            self.lives[-1].process.send_signal(signal.SIGTERM)
            await self.lives[-1].process.wait()

    async def quiet(self) -> None:
        """Wait until Slack shows all that the store says, and everybody is told."""
        asked = time.time()
        async with asyncio.timeout(TEMPER.patience):
            while not self.lives or killable.calm_at(self.lives[-1].folder) < asked:
                await asyncio.sleep(killable.LOOKS)
                self._must_be_minded()

    def _must_be_minded(self) -> None:
        if self._minder is not None and self._minder.done():
            self._minder.result()

    async def _mind(self) -> None:
        for number, blow in enumerate(self._blows):
            life = self._launched(number, blow)
            self.lives.append(life)
            code = await life.process.wait()
            if code != -signal.SIGKILL:
                log = (life.folder / "log").read_text()[-1500:]
                raise RuntimeError(
                    f"The bot ended with {code}, not by its blow:\n{log}"
                )

    def _launched(self, number: int, blow: Blow | None) -> ProcessLife:
        folder = self._settings.database.parent / f"life-{number}"
        folder.mkdir()
        own = {killable.BLOW: killable.told_of(blow), killable.FOLDER: str(folder)}
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        log = str(folder / "log")
        run = Run((), kept | _environment(self._settings) | own, str(folder), log, log)
        return ProcessLife(Forked(self._server, run), folder)


def make_killable(patch: pytest.MonkeyPatch, server: ForkServer) -> None:
    """Let every bot that is played with be processes of its own."""
    patch.setattr(crash, "MortalBot", partial(KilledBot, server=server))


def _environment(settings: Settings) -> dict[str, str]:
    """Say the settings as the environment says them."""
    said = {name: getattr(settings, name) for name in settings.model_fields_set}
    return {
        f"TRIAGE_{name.upper()}": one.get_secret_value()
        if isinstance(one, SecretStr)
        else str(one)
        for name, one in said.items()
    }
