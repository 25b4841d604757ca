"""What a figure is measured on: simulated Slack and Cohrtz here, servers over there.

The load and the simulations are this process; the bot and the yardsticks are processes
of their own, on the other core if there is one.
"""

import asyncio
import itertools
import secrets
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.collector import collected
from benchmarks.cores import Cores
from benchmarks.processes import Program, running
from benchmarks.wire import PATH, Sender
from bot.store.keys import key_file_of
from bot.store.seal import Place
from bot.store.seals import row_of
from rehearsal import cohrtz, slack
from rehearsal.cohrtz.staging import stage as let_people_in
from rehearsal.options import POLICY
from rehearsal.stagehands import free_port

RESPONDER, APP = "U0RESP", "U0BOT"
CHANNELS = tuple(f"C0BENCH{number:03d}" for number in range(250))
"""Many, for the bot writes to each at its own pace, as Slack asks."""

SPEED = 10.0
"""How many times faster than life the app's timers run."""

NOT_FOUND = 404
QUIET = 1.0
"""Seconds without a call of Slack's API, after which the bot has drawn everything."""


@dataclass(frozen=True)
class Scene:
    """The world of a figure: how slow Slack's API is, who is in which rooms."""

    latency: float = 0.0
    speed: float = SPEED
    peers: Mapping[str, cohrtz.PeerSettings] = field(default_factory=dict)
    faults: Sequence[cohrtz.Fault] = ()
    one_core: bool = False
    """Whether servers keep to one core, for what they get through is told per core."""


@dataclass(frozen=True)
class Bot:
    """A running bot: where it listens, what it keeps, which process it is."""

    port: int
    database: Path
    process: int

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Read the bot's database, as anybody may while it runs."""
        address = f"file:{self.database}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=30)) as database:
            return list(database.execute(query))

    def incidents(self) -> int:
        """Count the incidents that are stored, each with its first event."""
        query = "SELECT count(*) FROM events WHERE kind = 'incident.opened'"
        return int(self.ask(query)[0][0])

    def looks(self, channel: str) -> list[bytes]:
        """Return what the checks of a channel's incidents reported, unsealed."""
        query = f"""SELECT incident, events.seq, events.sealed
            FROM events JOIN heads USING (incident)
            WHERE channel = '{channel}' AND kind = 'check.reported'"""  # noqa: S608  the channel is ours
        keys = key_file_of(self.database).read()
        assert keys is not None  # noqa: S101  the bot has made it
        return [
            keys.open(sealed, Place("events", "sealed", row_of(incident, seq)))
            for incident, seq, sealed in self.ask(query)
        ]


@dataclass(frozen=True)
class Stage:
    """Simulated Slack and Cohrtz, up, and what servers must know of them."""

    workspace: slack.Workspace
    deployment: cohrtz.Deployment
    environment: Mapping[str, str]
    folder: Path
    cores: Cores
    numbers: Iterator[int]

    def commands(self) -> Iterator[bytes]:
        """Yield signed commands of a known person, without end."""
        settings = self.workspace.settings
        secret, team = settings.app.signing_secret, settings.team_id
        return Sender(secret, team, RESPONDER, CHANNELS).requests()

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[Bot]:
        """Run a bot on a new database; the simulated Slack and LiveKit reach it."""
        port, number = free_port(), next(self.numbers)
        database = self.folder / f"triage-{number}.db"
        environment = {
            **self.environment,
            "TRIAGE_HTTP_PORT": str(port),
            "TRIAGE_DATABASE": str(database),
        }
        program = Program(
            words=("bot", "serve"),
            environment=environment,
            log=self.folder / f"bot-{number}.log",
            ready=f"http://127.0.0.1:{port}/readyz",
            status=200,
        )
        async with running(program, self.cores) as process:
            self.workspace.connect_http(f"http://127.0.0.1:{port}{PATH}")
            self.deployment.set_webhook_url(f"http://127.0.0.1:{port}/livekit/webhook")
            await self._knows_people()
            try:
                yield Bot(port, database, process)
            finally:
                self.deployment.set_webhook_url(None)

    @asynccontextmanager
    async def yardstick(self, kind: str) -> AsyncIterator[int]:
        """Run a yardstick; yield its port."""
        port, secret = free_port(), self.workspace.settings.app.signing_secret
        words = ("benchmarks.yardstick", kind, str(port), secret)
        program = Program(
            words=(*words, self.workspace.api_url),
            environment={},
            log=self.folder / f"{kind}.log",
            ready=f"http://127.0.0.1:{port}/",
            status=NOT_FOUND,
        )
        async with running(program, self.cores):
            yield port

    async def drawn(self, patience: float) -> None:
        """Wait until the bot calls Slack no more, or until patience is at its end."""
        loop, journal = asyncio.get_running_loop(), self.workspace.journal
        until, seen = loop.time() + patience, -1
        while loop.time() < until and seen != len(journal):
            seen = len(journal)
            await asyncio.sleep(QUIET)

    async def _knows_people(self) -> None:
        """Wait until the bot has asked who is there, as it does at start."""
        latency = self.workspace.settings.latency
        await self.workspace.wait_for(
            lambda: self.workspace.journal.calls("users.list")
        )
        await asyncio.sleep(0.1 + latency)


@asynccontextmanager
async def put_up(scene: Scene, folder: Path, cores: Cores) -> AsyncIterator[Stage]:
    """Put the simulations up; people of the scene are in their rooms."""
    servers = cores if scene.one_core else cores.all_for_servers()
    workspace = slack.Workspace(_workspace(scene.latency))
    deployment = cohrtz.Deployment(
        cohrtz.DeploymentSettings(
            api_key="APIbench",
            api_secret=secrets.token_hex(24),
            speed=scene.speed,
            peers=scene.peers,
        )
    )
    async with AsyncExitStack() as stack:
        served = await stack.enter_async_context(slack.serve(workspace))
        world = await stack.enter_async_context(cohrtz.serve(deployment))
        await let_people_in(deployment, scene.faults)
        environment = _environment(workspace, served, deployment, world)
        environment["TRIAGE_PACE"] = str(scene.speed)
        own = Path(tempfile.mkdtemp(dir=folder))
        count = itertools.count(1)
        with collected():
            yield Stage(workspace, deployment, environment, own, servers, count)


def _workspace(latency: float) -> slack.WorkspaceSettings:
    members = (RESPONDER, APP)
    rooms = tuple(slack.Channel(id_, id_.lower(), members=members) for id_ in CHANNELS)
    return slack.WorkspaceSettings(
        channels=rooms, latency=latency, limits=slack.Limits(enabled=False)
    )


def _environment(
    workspace: slack.Workspace,
    served: slack.Server,
    deployment: cohrtz.Deployment,
    world: cohrtz.Server,
) -> dict[str, str]:
    app, settings = workspace.settings.app, deployment.settings
    return {
        "TRIAGE_TRANSPORT": "http",
        "TRIAGE_SLACK_BOT_TOKEN": app.bot_token,
        "TRIAGE_SLACK_SIGNING_SECRET": app.signing_secret,
        "TRIAGE_SLACK_API_URL": served.api_url,
        "TRIAGE_HTTP_HOST": "127.0.0.1",
        "TRIAGE_TOKEN_URL": world.token_url,
        "TRIAGE_LIVEKIT_URL": world.livekit_url,
        "TRIAGE_LIVEKIT_API_KEY": settings.api_key,
        "TRIAGE_LIVEKIT_API_SECRET": settings.api_secret,
        "TRIAGE_LOG_FORMAT": "json",
        "TRIAGE_POLICY": str(POLICY),
        # One person types it all here.
        "TRIAGE_LIMIT_PERSON": "1000000",
        "TRIAGE_LIMIT_WORKSPACE": "1000000",
    }
