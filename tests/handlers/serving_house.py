"""`triage serve` in this process, beside a simulated Slack and Cohrtz."""

import asyncio
from contextlib import asynccontextmanager, suppress

from bot.settings import Settings
from handlers.pacing import Pace
from handlers.serve import Tempo, serving
from rehearsal import cohrtz, slack
from rehearsal.slack.settings import DEFAULT_PEOPLE

ROBIN, HERE = "U0RESP", "C0INC"
HASTE = Tempo(channel=Pace(rate=50.0), retry=0.05)
KEY, SECRET = "APIx", "s" * 40


@asynccontextmanager
async def world(folder, transport="http", people=DEFAULT_PEOPLE, **changes):
    """Give a workspace, and settings for the bot that joins it."""
    workspace = slack.Workspace(
        slack.WorkspaceSettings(
            transport=transport,
            people=people,
            clock_factor=0.0,
            limits=slack.Limits(enabled=False),
        )
    )
    deployment = cohrtz.Deployment(
        cohrtz.DeploymentSettings(api_key=KEY, api_secret=SECRET)
    )
    async with slack.serve(workspace) as served, cohrtz.serve(deployment) as rooms:
        app = workspace.settings.app
        settings = {
            "slack_bot_token": app.bot_token,
            "slack_app_token": app.app_token,
            "slack_signing_secret": app.signing_secret,
            "slack_api_url": served.api_url,
            "transport": transport,
            "http_port": 0,
            "database": folder / "triage.db",
            "token_url": rooms.token_url,
            "livekit_url": rooms.livekit_url,
            "livekit_api_key": KEY,
            "livekit_api_secret": SECRET,
        }
        yield workspace, Settings(_env_file=None, **(settings | changes))


@asynccontextmanager
async def running(loops):
    task = asyncio.create_task(loops.run())
    try:
        yield
    finally:
        await loops.stop()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def served(workspace, settings):
    """Let the bot run, reached by the workspace over HTTP; give its loops."""
    async with serving(settings, HASTE) as (loops, port):
        workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")
        async with running(loops):
            yield loops
