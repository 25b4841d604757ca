"""The whole bot in this process, dying at a chosen point and started again.

Every write goes through one queue and every call through one method, so a death before
or right after the n-th of them, for every n, is a death in every state that the disk
and the world can be in. When it strikes, all the bot's tasks are cancelled at once, the
store takes no further write, and nothing is sent any more. A player goes on as a person
would; another bot is started on the same database, and may die in its turn of what it
finds there.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.settings import Settings
from rehearsal import cohrtz, slack
from rehearsal.cohrtz.staging import stage as set_scene
from rehearsal.narrator import Narrator
from rehearsal.player import Player, Temper
from rehearsal.scenario import Scenario
from rehearsal.script import Listen
from rehearsal.slack.settings import Limits, Transport
from rehearsal.stagehands import House, leave_files
from tests.e2e.life import Blow, inheriting
from tests.e2e.mortal import SPEED, TEMPER, MortalBot
from tests.e2e.played import Played, played
from tests.e2e.stories import bring_people, policy_of, scenario_of


@dataclass(frozen=True)
class Stage:
    """What is played, and with what."""

    slug: str = "expired-token"
    blow: Blow | None = None
    """How the first life dies."""
    transport: Transport = "http"
    temper: Temper = TEMPER
    workspace: Mapping[str, Any] = field(default_factory=dict)
    """What else is set of the simulated Slack."""
    early: bool = False
    """Whether the weather begins before the bot starts."""
    again: Blow | None = None
    """How the second life dies, which begins with what the first left."""

    @property
    def blows(self) -> Iterable[Blow]:
        return (one for one in (self.blow, self.again) if one is not None)


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
    if not any(isinstance(act, Listen) for act in scenario.good_responder):
        # Nobody hears what the apps say to each other all the time.
        deployment.apps._people.clear()
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
            policy=policy_of(stage.slug),
        )
        bot = MortalBot(settings, stage.blows)

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
        bring_people(house)
        try:
            yield house
        finally:
            await bot.stop()


async def play(
    folder: Path, stage: Stage, weather: Callable[[House], None] = lambda _: None
) -> Played:
    """Play an incident, with the bot dying if it gets to the blow.

    `weather` makes faults, once everything is up and before anybody does anything;
    where it is `early`, before the bot is up.
    """
    asyncio.get_running_loop().set_task_factory(inheriting)
    async with mortal_house(folder, scenario_of(stage.slug), stage) as house:
        if stage.early:
            weather(house)
        await house.bot.start()
        await set_scene(house.deployment, house.scenario.faults)
        if not stage.early:
            weather(house)
        player = Player(house, Narrator(lambda _: None), stage.temper)
        await player.play()
        house.workspace.faults.clear()
        house.deployment.faults.clear()
        await house.bot.quiet()
        return await played(house, resolved=player.resolved())
