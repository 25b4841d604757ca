"""A real Bolt app beside a workspace, joined by the settings' transport."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from rehearsal.slack import Server, Workspace, WorkspaceSettings, serve


@dataclass(frozen=True)
class Connected:
    workspace: Workspace
    server: Server
    app: AsyncApp
    client: AsyncWebClient


@asynccontextmanager
async def bolt(settings: WorkspaceSettings) -> AsyncIterator[Connected]:
    workspace = Workspace(settings)
    async with serve(workspace) as server, aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token=settings.app.bot_token,
            base_url=server.api_url,
            session=session,
            retry_handlers=[],
        )
        app = AsyncApp(
            client=client,
            signing_secret=settings.app.signing_secret,
            process_before_response=True,
        )
        line = over_socket if settings.transport == "socket" else over_http
        async with line(workspace, app):
            yield Connected(workspace, server, app, client)


@asynccontextmanager
async def over_http(workspace: Workspace, app: AsyncApp) -> AsyncIterator[None]:
    async def receive(request: web.Request) -> web.Response:
        bolt_request = await to_bolt_request(request)
        return await to_aiohttp_response(await app.async_dispatch(bolt_request))

    async with listening(receive) as url:
        workspace.connect_http(url)
        yield


@asynccontextmanager
async def listening(receive) -> AsyncIterator[str]:
    """Serve one handler as an app's events URL."""
    edge = web.Application()
    edge.router.add_post("/slack/events", receive)
    runner = web.AppRunner(edge, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def over_socket(workspace: Workspace, app: AsyncApp) -> AsyncIterator[None]:
    token = workspace.settings.app.app_token
    handler = AsyncSocketModeHandler(app, token, ping_interval=1.0)
    before = workspace.courier.socket.count
    await handler.connect_async()
    try:
        await workspace.wait_for(lambda: workspace.courier.socket.count > before)
        yield
    finally:
        await handler.close_async()


@asynccontextmanager
async def calls(workspace: Workspace, **options) -> AsyncIterator[AsyncWebClient]:
    """Serve a workspace for Web API calls alone."""
    token = workspace.settings.app.bot_token
    async with serve(workspace) as server, aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            **{
                "token": token,
                "base_url": server.api_url,
                "session": session,
                "retry_handlers": [],
                **options,
            }
        )
