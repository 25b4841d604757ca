"""Puts a whole world up in memory, lets a story happen in it, and brings it to rest."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.store.migrate import migrate, migrations
from rehearsal import cohrtz, slack
from rehearsal.cohrtz.staging import mend, stage
from rehearsal.options import POLICY
from rehearsal.scenario import SCENARIOS, Scenario, read
from tests.simulation.chance import stream
from tests.simulation.deeds import Deeds
from tests.simulation.dropping import Dropping
from tests.simulation.exporting import Exporting
from tests.simulation.keeper import Keeper
from tests.simulation.loop import SimulatedLoop
from tests.simulation.mischief import Mischief
from tests.simulation.people import CHANNEL, MEMBERS, Somebody, Stage
from tests.simulation.probing import Prober
from tests.simulation.story import Story
from tests.simulation.turning import Turning

PORT = 8080
SECRET = "simulated-livekit-secret-" + "0" * 16
QUIET = 80.0
"""Seconds without a word from the bot to Slack after which it has said all: it rests
for 60 s at most before it tries again."""
CALM = 20.0
"""Seconds that the clock jumps at least while everybody waits for quiet."""
NO_ROLLBACK = "\n[rollback]\nevery = 3600\n"
"""No story has one: nobody need ask every ten seconds whether it goes on."""
PATIENCE = 4 * 3600.0
"""Seconds after which there must be quiet."""
RESOLVES = 8
"""How many unresolved incidents are resolved in the end, one after the other."""


@dataclass(frozen=True)
class World:
    """Everything that is up."""

    story: Story
    loop: SimulatedLoop
    workspace: slack.Workspace
    deployment: cohrtz.Deployment
    keeper: Keeper
    deeds: Deeds
    mischief: Mischief
    turning: Turning
    dropping: Dropping
    exporting: Exporting
    folder: Path
    prober: Prober | None

    @property
    def database(self) -> Path:
        return self.folder / "triage.db"


@cache
def scenario(slug: str) -> Scenario:
    """Read a page once; reading YAML takes a tenth of a simulation."""
    return read(SCENARIOS / f"{slug}.md")


@asynccontextmanager
async def put_up(
    story: Story, folder: Path, prober: Prober | None = None
) -> AsyncIterator[World]:
    """Put everything up but the bot; take it down at the end."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SimulatedLoop)
    workspace = slack.Workspace(_workspace(story))
    scene = scenario(story.scene)
    deployment = cohrtz.Deployment(scene.settings("APIsim", SECRET, speed=story.speed))
    async with slack.serve(workspace) as served, cohrtz.serve(deployment) as server:
        workspace.connect_http(f"http://127.0.0.1:{PORT}/slack/events")
        deployment.set_webhook_url(f"http://127.0.0.1:{PORT}/livekit/webhook")
        settings = _settings(story, folder, (workspace, served), server)
        if not story.new:
            settings.database.write_bytes(_empty_database())
        keeper = Keeper(settings, story.fates)
        deeds = Deeds(workspace, workspace.state.clock.now)
        yield World(
            story=story,
            loop=loop,
            workspace=workspace,
            deployment=deployment,
            keeper=keeper,
            deeds=deeds,
            mischief=Mischief(workspace, deployment, loop.network),
            dropping=Dropping(workspace, stream(story.seed, "files")),
            exporting=Exporting(workspace, deeds, stream(story.seed, "exports")),
            turning=Turning(loop.clock, keeper, f"http://127.0.0.1:{PORT}/readyz"),
            folder=folder,
            prober=prober,
        )


def _workspace(story: Story) -> slack.WorkspaceSettings:
    app = slack.App() if story.hears else slack.App(events=frozenset())
    return slack.WorkspaceSettings(transport=story.transport, app=app)


class _Given(Settings):
    """Settings that are given here and nowhere else: nothing is asked, no file read."""

    @classmethod
    def settings_customise_sources(
        cls, _: Any, init_settings: Any, **__: Any
    ) -> tuple[Any, ...]:
        return (init_settings,)


@cache
def _empty_database() -> bytes:
    """Make the file that a bot leaves which dies as soon as it has made its tables."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(migrations(), connection)
        return connection.serialize()


def _settings(
    story: Story,
    folder: Path,
    talk: tuple[slack.Workspace, slack.Server],
    server: cohrtz.Server,
) -> Settings:
    workspace, served = talk
    app = workspace.settings.app
    return _Given(
        slack_bot_token=app.bot_token,
        slack_app_token=app.app_token,
        slack_signing_secret=app.signing_secret,
        slack_api_url=served.api_url,
        transport=story.transport,
        http_port=PORT,
        token_url=server.token_url,
        livekit_url=server.livekit_url,
        livekit_api_key="APIsim",
        livekit_api_secret=SECRET,
        database=folder / "triage.db",
        pace=story.speed,
        policy=_policy(story, folder),
    )


def _policy(story: Story, folder: Path) -> Path:
    """Write who may do what: the rehearsal's policy, with the seed's approvals."""
    text = POLICY.read_text(encoding="utf-8")
    wanted = f"one-participant = {story.approvals}"
    file = folder / "policy.toml"
    text = text.replace("one-participant = 0", wanted) + NO_ROLLBACK
    file.write_text(text, encoding="utf-8")
    return file


async def happen(world: World) -> None:
    """Let the story happen, then let everything be well and come to rest."""
    story, scene = world.story, scenario(world.story.scene)
    world.keeper.start()
    await world.keeper.until_up()
    await stage(world.deployment, scene.faults)
    for fault in story.sure:
        world.workspace.faults.add(fault)
    world.mischief.lose_answers(story.loses, stream(story.seed, "losing"))
    chance = stream(story.seed, "mischief")
    troubles = (
        asyncio.create_task(world.mischief.make(story.mischief, chance)),
        asyncio.create_task(world.turning.make(story.turned)),
        asyncio.create_task(world.dropping.make(story.files if story.hears else 0)),
        asyncio.create_task(world.exporting.make(story.exports)),
    )
    half = [number // 2 for number in story.people]
    people = _people(world)
    await _all_act(people, half)
    await _wait(world, story.wait)
    await _all_act(people, [n - h for n, h in zip(story.people, half, strict=True)])
    await _all_is_well(world, troubles)
    world.keeper.let_be()
    await world.keeper.until_up()
    await quiet(world)
    if story.resolves:
        await _resolve_all(world)
    await world.keeper.stop()


async def _all_is_well(world: World, troubles: Sequence[asyncio.Task[None]]) -> None:
    """Let there be no more trouble, and mend what is broken at Cohrtz."""
    for trouble in troubles:
        trouble.cancel()
    await asyncio.gather(*troubles, return_exceptions=True)
    world.mischief.stop()
    world.turning.stop()
    for remedy in scenario(world.story.scene).mend:
        await mend(world.deployment, remedy)


def _people(world: World) -> list[Somebody]:
    scene = scenario(world.story.scene)
    where = Stage(
        workspace=world.workspace,
        scene=scene,
        deployment=world.deployment,
        deeds=world.deeds,
        releases=world.story.releases,
    )
    return [
        Somebody(where, stream(world.story.seed, f"person {at}"), world.story.rest)
        for at in range(len(world.story.people))
    ]


async def _all_act(people: list[Somebody], numbers: list[int]) -> None:
    async with asyncio.TaskGroup() as group:
        for person, number in zip(people, numbers, strict=True):
            group.create_task(person.act(number))


async def _wait(world: World, seconds: float) -> None:
    """Let time pass in a few jumps: hours and days cost what they bring, no more."""
    if seconds:
        world.loop.stride = seconds / world.story.jumps
        await asyncio.sleep(seconds)
        world.loop.stride = 0.0


async def quiet(world: World) -> None:
    """Wait until the bot has said all to Slack that it had to say."""
    began, world.loop.stride = world.loop.time(), CALM
    calls, since = len(world.workspace.journal), began
    while world.loop.time() - since < QUIET:
        await asyncio.sleep(CALM)
        if calls != len(world.workspace.journal):
            calls, since = len(world.workspace.journal), world.loop.time()
        assert world.loop.time() - began < PATIENCE, "it never comes to rest"
    world.loop.stride = 0.0


async def _resolve_all(world: World) -> None:
    """Resolve one incident after the other, as somebody would who tidies up."""
    for _ in range(RESOLVES):
        with world.deeds.noted(MEMBERS[0], "resolve in the end") as deed:
            told = await world.workspace.command(
                MEMBERS[0], CHANNEL, "/triage", "resolve All is well again. anyway"
            )
            deed.came_to(told)
        await quiet(world)
        if deed.told:
            return
