"""The whole bot in this process, dying at a chosen write and started again.

Every write goes through one queue, so a death before or right after the n-th write,
for every n, is a death in every state that the disk can be in. When it strikes, all
the bot's tasks are cancelled at once and the store takes no further write. A player
goes on as a person would; another bot is started on the same database.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.core.incident.events import Event
from bot.engine.rows import events_from
from bot.settings import Settings
from bot.store.rows import Drawing
from bot.store.store import open_store
from handlers.pacing import Pace
from handlers.reconcile import Pauses
from handlers.serve import Tempo, serving
from rehearsal import cohrtz, slack
from rehearsal.cohrtz.staging import stage
from rehearsal.narrator import Narrator
from rehearsal.options import POLICY
from rehearsal.player import Player, Temper
from rehearsal.scenario import SCENARIOS, Scenario, read
from rehearsal.slack.settings import Limits
from rehearsal.stagehands import House
from tests.e2e.houses import parts, removed
from tests.e2e.life import LIFE, Blow, Life, inheriting

SPEED = 300.0
"""So many times faster than life run the app's timers and the bot's own."""

HURRIED = Tempo(
    channel=Pace(rate=40, burst=3),
    workspace=Pace(rate=10_000, burst=1_000),
    pauses=Pauses(rest=0.2, first=0.01, longest=0.05, blocked=0.05),
    retry=0.02,
)
TEMPER = Temper(patience=20.0, pause=0.02)


class MortalBot:
    """Starts lives on one database, the next when one has ended."""

    def __init__(self, settings: Settings, blow: Blow | None) -> None:
        self._settings = settings
        self._blow = blow
        self.reached: Callable[[int], None] = lambda _: None
        self.lives: list[Life] = []
        self._minder: asyncio.Task[None] | None = None

    @property
    def died(self) -> bool:
        return any(life.over for life in self.lives)

    async def start(self) -> None:
        self._minder = asyncio.create_task(self._mind())
        await asyncio.sleep(0)
        await self._until_up()

    async def stop(self) -> None:
        if self._minder is not None:
            self._minder.cancel()
            await asyncio.gather(self._minder, return_exceptions=True)

    async def quiet(self) -> None:
        """Wait until Slack shows all that the store says."""
        async with asyncio.timeout(TEMPER.patience):
            while await self._behind():  # noqa: ASYNC110  the store rings no bell here
                await asyncio.sleep(0.01)

    async def _behind(self) -> bool:
        life = self.lives[-1]
        if life.over or life.loops is None:
            return True
        return bool(await life.loops.bot.store.behind(10))

    async def _until_up(self) -> None:
        async with asyncio.timeout(TEMPER.patience):
            await self.lives[-1].up.wait()

    async def _mind(self) -> None:
        blow = self._blow
        while True:
            life = Life(blow)
            self.lives.append(life)
            await self._lived(life)
            blow = None

    async def _lived(self, life: Life) -> None:
        token = LIFE.set(life)
        living = asyncio.create_task(self._live(life))
        LIFE.reset(token)
        ended = asyncio.create_task(life.ended.wait())
        try:
            await asyncio.wait({living, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not life.over:
                living.result()  # it failed, which no blow explains
        finally:
            living.cancel()
            ended.cancel()
            await life.bury(living, ended)

    async def _live(self, life: Life) -> None:
        async with serving(self._settings, HURRIED) as (loops, port):
            life.loops, life.port = loops, port
            self.reached(port)
            life.up.set()
            await loops.run()


@dataclass(frozen=True)
class Played:
    """What is there when the incident is over."""

    parts: tuple[str, ...]
    """Of all messages of the bot, in Slack's order."""
    removed: int
    """How often RemoveParticipant was done."""
    resolved: bool
    events: tuple[Event, ...]
    drawings: tuple[Drawing, ...]
    incidents: int
    writes: int
    """Of the first life."""
    died: bool


@asynccontextmanager
async def mortal_house(
    folder: Path, scenario: Scenario, blow: Blow | None
) -> AsyncIterator[House]:
    """Put everything up in this process."""
    workspace = slack.Workspace(slack.WorkspaceSettings(limits=Limits(enabled=False)))
    secret = secrets.token_hex(24)
    deployment = cohrtz.Deployment(scenario.settings("APIcrash", secret, speed=SPEED))
    async with slack.serve(workspace) as served, cohrtz.serve(deployment) as world:
        app = workspace.settings.app
        settings = Settings(
            _env_file=None,
            slack_bot_token=app.bot_token,
            slack_signing_secret=app.signing_secret,
            slack_api_url=served.api_url,
            transport="http",
            http_port=0,
            token_url=world.token_url,
            livekit_url=world.livekit_url,
            livekit_api_key=deployment.settings.api_key,
            livekit_api_secret=secret,
            database=folder / "triage.db",
            pace=SPEED,
            policy=POLICY,
        )
        bot = MortalBot(settings, blow)

        def reached(port: int) -> None:
            workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")
            deployment.set_webhook_url(f"http://127.0.0.1:{port}/livekit/webhook")

        bot.reached = reached
        channel = next(iter(workspace.channels))
        try:
            yield House(
                workspace=workspace,
                slack=served,
                deployment=deployment,
                bot=bot,
                folder=folder,
                scenario=scenario,
                channel=channel,
                reporter=None,  # no device of this scenario reports anything
            )
        finally:
            await bot.stop()


@cache
def expired_token() -> Scenario:
    """Read the page once; reading YAML takes a tenth of an incident."""
    return read(SCENARIOS / "expired-token.md")


async def play(folder: Path, blow: Blow | None) -> Played:
    """Play the expired-token incident, with the bot dying if it gets to the blow."""
    scenario = expired_token()
    asyncio.get_running_loop().set_task_factory(inheriting)
    async with mortal_house(folder, scenario, blow) as house:
        await house.bot.start()
        await stage(house.deployment, scenario.faults)
        player = Player(house, Narrator(lambda _: None), TEMPER)
        await player.play()
        await house.bot.quiet()
        shown, acts = parts(house), removed(house)
        resolved, lives = player.resolved(), house.bot.lives
    async with open_store(folder / "triage.db") as store:
        heads = await store.heads()
        incident = heads[0].incident
        return Played(
            parts=shown,
            removed=acts,
            resolved=resolved,
            events=events_from(await store.events(incident)),
            drawings=tuple(await store.drawings(incident)),
            incidents=len(heads),
            writes=lives[0].writes,
            died=house.bot.died,
        )
