"""A real Bolt app behind our sockets, beside a simulated Slack."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.foreground import Foreground
from handlers.socket import Sockets
from handlers.socket_line import Tempo
from rehearsal.slack import Limits, Workspace, WorkspaceSettings, serve

BRISK = Tempo(ping=0.1, silence=2.0, quiet=60, linger=0.2, first_wait=0.02)
SLACK = WorkspaceSettings(
    transport="socket",
    clock_factor=0.0,
    answer_within=2.0,
    limits=Limits(enabled=False),
)


@dataclass
class Bench:
    """What a test needs to look at."""

    slack: Workspace
    sockets: Sockets
    app: AsyncApp
    running: asyncio.Task
    heard: list = field(default_factory=list)
    most: int = 0
    working: int = 0

    @property
    def count(self) -> int:
        return self.slack.courier.socket.count

    async def say(self, text="hello", **kind):
        return await self.slack.command("U0RESP", "C0INC", "/triage", text, **kind)


def bolt(web) -> AsyncApp:
    authorised = AuthorizeResult(
        enterprise_id=None,
        team_id="T0TEAM",
        bot_token=web.token,
        bot_id="B0BOT",
        bot_user_id="U0BOT",
    )

    async def authorize() -> AuthorizeResult:
        return authorised

    return AsyncApp(client=web, authorize=authorize, process_before_response=True)


def _listen(bench: Bench) -> None:
    @bench.app.command("/triage")
    async def command(ack, command) -> None:
        """Answer the text; a number is how many seconds that takes."""
        bench.working += 1
        bench.most = max(bench.most, bench.working)
        bench.heard.append(command["text"])
        try:
            with suppress(ValueError):
                await asyncio.sleep(float(command["text"]))
        finally:
            bench.working -= 1
        if command["text"] == "crash":
            raise LookupError
        if command["text"] == "hush":
            await ack()
        else:
            await ack(text=f"heard {command['text']}", response_type="ephemeral")

    @bench.app.event("message")
    async def event(event) -> None:
        bench.heard.append(event["text"])


@asynccontextmanager
async def talking(api_url, token=SLACK.app.app_token, tempo=BRISK):
    """Give a Bolt app and sockets that ask this address for tickets."""
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient(
            token=SLACK.app.bot_token,
            base_url=api_url,
            session=session,
            retry_handlers=[],
        )
        app = bolt(web)
        sockets = Sockets(app, token, web, Foreground(), tempo=tempo)
        running = asyncio.create_task(sockets.run())
        try:
            yield app, sockets, running
        finally:
            running.cancel()
            await asyncio.wait({running})


@asynccontextmanager
async def bench(settings=SLACK, tempo=BRISK) -> AsyncIterator[Bench]:
    """Give sockets that are connected to a simulated Slack."""
    slack = Workspace(settings)
    async with (
        serve(slack) as server,
        talking(server.api_url, tempo=tempo) as (app, sockets, running),
    ):
        made = Bench(slack, sockets, app, running)
        _listen(made)
        await until(lambda: len(sockets._lines) == 2)
        yield made


async def until(condition, patience=5.0) -> None:
    """Wait until the condition holds; TimeoutError when it does not."""
    async with asyncio.timeout(patience):
        while not condition():  # noqa: ASYNC110  what is looked at tells nobody
            await asyncio.sleep(0.01)
