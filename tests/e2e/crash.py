"""The whole bot in this process, dying at a chosen point and started again.

Every write goes through one queue and every call through one method, so a death before
or right after the n-th of them, for every n, is a death in every state that the disk
and the world can be in. When it strikes, all the bot's tasks are cancelled at once, the
store takes no further write, and nothing is sent any more. A player goes on as a person
would; another bot is started on the same database.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from bot.core.incident.events import Event
from bot.engine.rows import events_from
from bot.settings import Settings
from bot.store.rows import Drawing, EventRow
from bot.store.store import open_store
from handlers.pacing import Pace
from handlers.reconcile import Pauses
from handlers.serve import Tempo, serving
from rehearsal import cohrtz, slack
from rehearsal.cohrtz.recorder import ANSWER_LOST
from rehearsal.cohrtz.staging import stage as set_scene
from rehearsal.narrator import Narrator
from rehearsal.options import POLICY
from rehearsal.player import Player, Temper
from rehearsal.scenario import SCENARIOS, Scenario, read
from rehearsal.script import Resolve
from rehearsal.slack.settings import Limits, Transport
from rehearsal.stagehands import House, leave_files
from tests.e2e.houses import parts
from tests.e2e.life import LIFE, Blow, Life, inheriting

SPEED = 300.0
"""So many times faster than life run the app's timers and the bot's own."""

HURRIED = Tempo(
    channel=Pace(rate=40, burst=3),
    workspace=Pace(rate=10_000, burst=1_000),
    pauses=Pauses(rest=0.2, first=0.01, longest=0.05, blocked=0.05, late=0.3),
    retry=0.02,
)
TEMPER = Temper(patience=20.0, pause=0.02)


class MortalBot:
    """Starts lives on one database, the next when one has ended."""

    def __init__(self, settings: Settings, blow: Blow | None) -> None:
        self._settings = settings
        self._blow = blow
        self.ledger: dict[tuple[str, int], EventRow] = {}
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
        """Wait until a life is up; the first may have died before."""
        async with asyncio.timeout(TEMPER.patience):
            while not self.lives[-1].up.is_set():
                up, over = (
                    asyncio.create_task(one.wait())
                    for one in (self.lives[-1].up, self.lives[-1].ended)
                )
                await asyncio.wait({up, over}, return_when=asyncio.FIRST_COMPLETED)
                up.cancel()
                over.cancel()
                await asyncio.sleep(0)

    async def _mind(self) -> None:
        blow = self._blow
        while True:
            life = Life(blow, self.ledger)
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
    acts: Counter[str]
    """How often the world was changed, by the method of the server."""
    answers: Counter[tuple[str, str]]
    """How the token endpoint and LiveKit answered: by place and outcome."""
    whispers: Counter[str]
    """What was said to one person alone, and how often."""
    resolved: bool
    events: tuple[Event, ...]
    drawings: tuple[Drawing, ...]
    incidents: int
    lost: tuple[str, ...]
    """Events that were committed once and are not there, or are not the same."""
    points: Counter[str]
    """Of the first life: how often it came to each kind of point."""
    died: bool


@dataclass(frozen=True)
class Stage:
    """What is played, and with what."""

    slug: str = "expired-token"
    blow: Blow | None = None
    transport: Transport = "http"
    temper: Temper = TEMPER
    workspace: Mapping[str, Any] = field(default_factory=dict)
    """What else is set of the simulated Slack."""


@asynccontextmanager
async def mortal_house(
    folder: Path, scenario: Scenario, stage: Stage
) -> AsyncIterator[House]:
    """Put everything up in this process."""
    workspace = slack.Workspace(
        slack.WorkspaceSettings(
            limits=Limits(enabled=False),
            transport=stage.transport,
            clock_factor=1 / SPEED,
            **stage.workspace,
        )
    )
    secret = secrets.token_hex(24)
    deployment = cohrtz.Deployment(scenario.settings("APIcrash", secret, speed=SPEED))
    async with slack.serve(workspace) as served, cohrtz.serve(deployment) as world:
        app = workspace.settings.app
        settings = Settings(
            _env_file=None,
            slack_bot_token=app.bot_token,
            slack_app_token=app.app_token,
            slack_signing_secret=app.signing_secret,
            slack_api_url=served.api_url,
            transport=stage.transport,
            http_port=0,
            token_url=world.token_url,
            livekit_url=world.livekit_url,
            livekit_api_key=deployment.settings.api_key,
            livekit_api_secret=secret,
            database=folder / "triage.db",
            pace=SPEED,
            policy=POLICY,
        )
        bot = MortalBot(settings, stage.blow)

        def reached(port: int) -> None:
            workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")
            deployment.set_webhook_url(f"http://127.0.0.1:{port}/livekit/webhook")

        bot.reached = reached
        house = House(
            workspace=workspace,
            slack=served,
            deployment=deployment,
            bot=bot,
            folder=folder,
            scenario=scenario,
            channel=next(iter(workspace.channels)),
            reporter=None,  # no device of these scenarios reports anything
        )
        leave_files(house)
        try:
            yield house
        finally:
            await bot.stop()


@cache
def scenario_of(slug: str) -> Scenario:
    """Read the page once; reading YAML takes a tenth of an incident.

    Whoever resolves is sure: what webhooks would have told meanwhile is lost while the
    bot is down, so a check may not be able to tell any more.
    """
    page = read(SCENARIOS / f"{slug}.md")
    acts = tuple(
        act.model_copy(update={"anyway": True}) if isinstance(act, Resolve) else act
        for act in page.good_responder
    )
    return page.model_copy(update={"good_responder": acts})


async def play(
    folder: Path, stage: Stage, weather: Callable[[House], None] = lambda _: None
) -> Played:
    """Play an incident, with the bot dying if it gets to the blow.

    `weather` makes faults, once everything is up and before anybody does anything.
    """
    asyncio.get_running_loop().set_task_factory(inheriting)
    async with mortal_house(folder, scenario_of(stage.slug), stage) as house:
        await house.bot.start()
        await set_scene(house.deployment, house.scenario.faults)
        weather(house)
        player = Player(house, Narrator(lambda _: None), stage.temper)
        await player.play()
        house.workspace.faults.clear()
        house.deployment.faults.clear()
        await house.bot.quiet()
        seen = (parts(house), acts(house), answers(house), whispers(house))
        resolved = player.resolved()
    left = await _left(folder, house.bot, seen)
    return replace(left, resolved=resolved)


async def _left(
    folder: Path, bot: MortalBot, seen: tuple[Any, Any, Any, Any]
) -> Played:
    async with open_store(folder / "triage.db") as store:
        heads = await store.heads()
        rows = [row for head in heads for row in await store.events(head.incident)]
        drawings = [d for head in heads for d in await store.drawings(head.incident)]
    shown, done, answered, said = seen
    return Played(
        parts=shown,
        acts=done,
        answers=answered,
        whispers=said,
        resolved=False,
        events=events_from(rows),
        drawings=tuple(drawings),
        incidents=len(heads),
        lost=lost(bot.ledger, rows),
        points=bot.lives[0].points,
        died=bot.died,
    )


def lost(ledger: Mapping[tuple[str, int], EventRow], rows: list[EventRow]) -> Any:
    there = {(row.incident, row.seq): row for row in rows}
    return tuple(
        f"{one.kind} as {one.seq}" for at, one in ledger.items() if there.get(at) != one
    )


CHANGES = ("RemoveParticipant", "SendData")
"""The methods that change the world."""


def acts(house: House) -> Counter[str]:
    entries = house.deployment.journal.find(place="livekit")
    done = (one for one in entries if one.outcome in ("200", ANSWER_LOST))
    methods = (entry.path.rpartition("/")[2] for entry in done)
    return Counter(one for one in methods if one in CHANGES)


def answers(house: House) -> Counter[tuple[str, str]]:
    entries = house.deployment.journal.entries
    return Counter((one.place, one.outcome) for one in entries)


def whispers(house: House) -> Counter[str]:
    people = house.workspace.state.directory.people
    return Counter(
        str(one.get("text"))
        for who in people
        for one in house.workspace.ephemerals(who)
    )
