"""Files that people drop into incidents' threads, whatever goes wrong meanwhile."""

import asyncio
import hashlib
import io
import zipfile
from dataclasses import dataclass
from random import Random
from typing import Any

from rehearsal.slack import Workspace
from tests.simulation.people import CHANNEL, MEMBERS

SPACING = 5.0
"""Seconds between two files, on average."""

LOG = (
    "[JwtUtils] Token rejected\n"
    "[ConnectionManager] Token for room is invalid/malformed (missing iss?).\n"
    "[Janitor] Janitor: Cached token is invalid/malformed (missing iss?). "
    "Fetching new one...\n"
)


@dataclass(frozen=True)
class Dropped:
    """One file, as it lies in Slack."""

    id: str
    sha256: str
    user: str
    thread: str
    at: float


class Dropping:
    """Drops files now and then, as long as there is an incident to drop them in."""

    def __init__(self, workspace: Workspace, chance: Random) -> None:
        self._workspace = workspace
        self._chance = chance
        self.all: list[Dropped] = []

    async def make(self, number: int) -> None:
        """Drop so many files; whoever finds no incident goes away with theirs."""
        for _ in range(number):
            await asyncio.sleep(self._chance.expovariate(1 / SPACING))
            cards = [one for one in self._workspace.messages(CHANNEL) if _ours(one)]
            if cards:
                await self._drop(self._chance.choice(cards)["ts"])

    async def _drop(self, thread: str) -> None:
        user, now = self._chance.choice(MEMBERS), self._workspace.state.clock.now()
        name, content = self._chance.choice((_log, _noise, _zip))(self._chance)
        drop = self._workspace.drop_file
        message = await drop(user, CHANNEL, name, content, thread)
        sha256 = hashlib.sha256(content).hexdigest()
        self.all.append(Dropped(message["files"][0]["id"], sha256, user, thread, now))


def _ours(message: dict[str, Any]) -> bool:
    return bool(message.get("bot_id"))


def _log(chance: Random) -> tuple[str, bytes]:
    return "app.log", (LOG * chance.randint(1, 3)).encode()


def _noise(chance: Random) -> tuple[str, bytes]:
    return "core.bin", chance.randbytes(200)


def _zip(chance: Random) -> tuple[str, bytes]:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in (_log(chance), _noise(chance)):
            archive.writestr(zipfile.ZipInfo(name), content)
    return "logs.zip", made.getvalue()
