"""Puts up the whole rehearsal: simulated Slack, simulated Cohrtz, the real bot."""

import contextlib
import random
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from bot.clients.diagnostics import room_secret
from rehearsal import cohrtz, slack
from rehearsal.artefacts.leaving import Room, leave
from rehearsal.bot_process import BotProcess
from rehearsal.cohrtz.staging import stage
from rehearsal.options import RehearsalOptions
from rehearsal.scenario import Scenario
from rehearsal.slack.server import ExtraRoute

BEGIN = "begin"
"""The diagnostics that are reported when the incident begins."""
SPEED = 10.0
"""How many times faster than life the app's timers run."""


@dataclass(frozen=True)
class House:
    """Everything that is up."""

    workspace: slack.Workspace
    slack: slack.Server
    deployment: cohrtz.Deployment
    bot: BotProcess
    folder: Path
    scenario: Scenario
    channel: str
    reporter: cohrtz.Reporter

    @property
    def files(self) -> Path:
        """Where the files lie that people drop, if the scenario leaves any."""
        return self.folder / "files"


@asynccontextmanager
async def put_up(
    options: RehearsalOptions,
    scenario: Scenario,
    folder: Path,
    routes: Sequence[ExtraRoute] = (),
) -> AsyncIterator[House]:
    """Put all of it up on loopback; everything is taken down at the end.

    The page is served before the bot has started, so that a person can look at once.
    """
    master = secrets.token_urlsafe(48)
    workspace = slack.Workspace(
        slack.WorkspaceSettings(
            transport=options.transport, app=_app(), clock_factor=1 / SPEED
        )
    )
    deployment = cohrtz.Deployment(
        scenario.settings("APIrehearsal", secrets.token_hex(24), speed=SPEED)
    )
    async with AsyncExitStack() as stack:
        served = await stack.enter_async_context(
            slack.serve(workspace, port=options.port, extra_routes=routes)
        )
        world = await stack.enter_async_context(cohrtz.serve(deployment))
        port = free_port()
        bot = BotProcess(
            _environment(workspace, served, deployment, world)
            | _own(options, port, folder)
            | (_taking_diagnostics(master) if scenario.diagnostics else {}),
            port,
            folder / "bot.log",
        )
        workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")
        deployment.set_webhook_url(f"http://127.0.0.1:{port}/livekit/webhook")
        stack.push_async_callback(bot.stop)
        house = House(
            workspace=workspace,
            slack=served,
            deployment=deployment,
            bot=bot,
            folder=folder,
            scenario=scenario,
            channel=next(iter(workspace.channels)),
            reporter=_reporter(scenario, bot.url, master),
        )
        leave_files(house)
        yield house


async def begin(house: House) -> None:
    """Start the bot, then bring the world to where the scenario begins.

    In this order: a webhook that nobody takes is dropped after 30 s of the app's time.
    """
    await house.bot.start()
    await stage(house.deployment, house.scenario.faults)
    if BEGIN in house.scenario.diagnostics:
        await house.reporter.post(house.scenario.diagnostics[BEGIN])


def leave_files(house: House) -> None:
    """Leave what the scenario declares where people find it to drop."""
    scene = house.scenario
    people = {name: peer.identity for name, peer in scene.peers.items()}
    leave(house.files, scene.files, Room(scene.room, people), datetime.now(UTC))


def _app() -> slack.App:
    """Return an app with secrets of its own, as each installation has."""
    return slack.App(
        bot_token=f"xoxb-{secrets.token_hex(12)}",
        app_token=f"xapp-1-{secrets.token_hex(12)}",
        signing_secret=secrets.token_hex(16),
    )


PORTS = range(20_000, 32_000)
"""Ports that no system gives to those who leave the choice to it: such a one might be
given to another in the moment between its choice and its use."""


def free_port() -> int:
    """Return a port of loopback that nobody listens on; OSError if there is none."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise OSError(f"Of 100 ports from {PORTS.start} on none is free.")


def _own(options: RehearsalOptions, port: int, folder: Path) -> dict[str, str]:
    """Return what each rehearsal says to its own bot."""
    temporary = folder / "tmp"  # what it leaves when it is killed goes with the rest
    temporary.mkdir(exist_ok=True)
    return {
        "TMPDIR": str(temporary),
        "TRIAGE_TRANSPORT": options.transport,
        "TRIAGE_HTTP_PORT": str(port),
        "TRIAGE_DATABASE": str(folder / "triage.db"),
        "TRIAGE_POLICY": str(options.policy),
    }


def _taking_diagnostics(master: str) -> dict[str, str]:
    """Return what the bot needs to take what devices report."""
    return {"TRIAGE_DIAGNOSTICS_SECRET": master}


def _reporter(scenario: Scenario, bot: str, master: str) -> cohrtz.Reporter:
    room = quote(scenario.room, safe="")
    return cohrtz.Reporter(
        url=f"{bot}/diagnostics/v1/rooms/{room}",
        bearer=room_secret(master.encode(), scenario.room),
        peers=scenario.peers,
    )


def _environment(
    workspace: slack.Workspace,
    served: slack.Server,
    deployment: cohrtz.Deployment,
    world: cohrtz.Server,
) -> dict[str, str]:
    app = workspace.settings.app
    return {
        "TRIAGE_SLACK_BOT_TOKEN": app.bot_token,
        "TRIAGE_SLACK_APP_TOKEN": app.app_token,
        "TRIAGE_SLACK_SIGNING_SECRET": app.signing_secret,
        "TRIAGE_SLACK_API_URL": served.api_url,
        "TRIAGE_HTTP_HOST": "127.0.0.1",
        "TRIAGE_TOKEN_URL": world.token_url,
        "TRIAGE_LIVEKIT_URL": world.livekit_url,
        "TRIAGE_LIVEKIT_API_KEY": deployment.settings.api_key,
        "TRIAGE_LIVEKIT_API_SECRET": deployment.settings.api_secret,
        "TRIAGE_PACE": str(SPEED),
        "TRIAGE_LOG_FORMAT": "json",
    }
