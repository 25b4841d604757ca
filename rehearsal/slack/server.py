"""Puts a workspace on a port: Web API, sockets, response URLs, files, the page."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web

from rehearsal.slack import page_api
from rehearsal.slack.errors import SlackError
from rehearsal.slack.faults import (
    DropAfter,
    DropBefore,
    Hang,
    has,
    seconds_of_delay,
)
from rehearsal.slack.page_state import page_socket
from rehearsal.slack.replies import Replies
from rehearsal.slack.state import State
from rehearsal.slack.web_api.router import broken, refused
from rehearsal.slack.workspace import Workspace

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ExtraRoute = tuple[str, str, Handler]

PAGE = Path(__file__).parent / "page"
MOST_BYTES = 64 * 1024 * 1024  # of one request: files are dropped here


@dataclass(frozen=True)
class Server:
    """Where a workspace is served."""

    url: str

    @property
    def api_url(self) -> str:
        """Give the base URL of the Web API, as slack_sdk wants it."""
        return f"{self.url}/api/"

    @property
    def page_url(self) -> str:
        """Give the browser page's URL."""
        return f"{self.url}/"


@asynccontextmanager
async def serve(
    workspace: Workspace,
    host: str = "127.0.0.1",
    port: int = 0,
    extra_routes: Iterable[ExtraRoute] = (),
) -> AsyncIterator[Server]:
    """Serve a workspace while the context lasts; port 0 takes a free one."""
    runner = web.AppRunner(
        application(workspace, extra_routes), access_log=None, shutdown_timeout=0.2
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        server = Server(f"http://{host}:{runner.addresses[0][1]}")
        workspace.state.base_url = server.url
        await workspace.courier.http.start()
        yield server
    finally:
        await workspace.courier.socket.stop()
        try:
            await workspace.courier.background.stop()
        finally:
            await workspace.courier.http.stop()
            await runner.cleanup()


def application(
    workspace: Workspace, extra_routes: Iterable[ExtraRoute]
) -> web.Application:
    """Give the aiohttp application of a workspace."""
    app = web.Application(client_max_size=MOST_BYTES, middlewares=[_own_page_only])
    state = workspace.state
    app.router.add_route("*", "/api/{method}", workspace.api.handle)
    app.router.add_get("/link/", workspace.courier.socket.accept)
    app.router.add_post("/response/{secret}", Replies(state).handle)
    app.router.add_post("/upload/{secret}", partial(_upload, state))
    app.router.add_get("/files-pri/{id}/{name}", partial(_download, state))
    _add_page(app, workspace)
    for method, path, handler in extra_routes:
        app.router.add_route(method, path, handler)
    return app


@web.middleware
async def _own_page_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let only this machine, and no other site's script, act as a person."""
    if request.path.startswith("/page-api/") and not _is_own(request):
        said = {"error": "the page's requests are for this machine's own page"}
        return web.json_response(said, status=403)
    return await handler(request)


def _is_own(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    same = origin is None or origin.partition("://")[2] == request.host
    # A foreign name that resolves to this machine would make its script "same".
    named = request.url.host in ("127.0.0.1", "::1", "localhost")
    return same and named and ip_address(request.remote or "0.0.0.0").is_loopback  # noqa: S104 -- stands for a caller without an address


def _add_page(app: web.Application, workspace: Workspace) -> None:
    app.router.add_get("/", _index)
    app.router.add_get("/page-api/socket", partial(page_socket, workspace))
    for name, act in page_api.ACTS.items():
        app.router.add_post(f"/page-api/{name}", page_api.route(workspace, act))
    app.router.add_post("/page-api/file", partial(page_api.file, workspace))
    app.router.add_post("/page-api/view/file", partial(page_api.view_file, workspace))
    app.router.add_static("/page", PAGE)


async def _index(_request: web.Request) -> web.StreamResponse:
    return web.FileResponse(PAGE / "index.html")


async def _upload(state: State, request: web.Request) -> web.StreamResponse:
    content = await _content(request)
    secret = request.match_info["secret"]
    return await _troubled(
        state, "uploads", request, lambda: _taken(state, secret, content)
    )


def _taken(state: State, secret: str, content: bytes) -> web.Response:
    try:
        count = state.files.receive(secret, content)
    except SlackError as error:
        return web.json_response(error.body(), status=400)
    return web.Response(text=f"OK - {count}")


async def _content(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    for value in (await request.post()).values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""


async def _download(state: State, request: web.Request) -> web.StreamResponse:
    return await _troubled(state, "files", request, lambda: _handed(state, request))


async def _troubled(
    state: State, point: str, request: web.Request, do: Callable[[], web.Response]
) -> web.StreamResponse:
    """Do it under the faults that strike at a point where bytes of files pass."""
    effects = state.faults.take(point)
    await asyncio.sleep(seconds_of_delay(effects))
    if has(effects, DropBefore):
        return broken(request)
    answer = refused(effects) or do()
    await asyncio.sleep(seconds_of_delay(effects, Hang))
    return await _cut(request, answer) if has(effects, DropAfter) else answer


async def _cut(request: web.Request, answer: web.Response) -> web.StreamResponse:
    """Break the connection in the middle of the bytes, as a lost answer of many is."""
    body = answer.body if isinstance(answer.body, bytes) else b""
    begun = web.StreamResponse(status=answer.status)
    begun.content_length = len(body) + 1
    await begun.prepare(request)
    await begun.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.abort()
    return begun


def _handed(state: State, request: web.Request) -> web.Response:
    bearer = f"Bearer {state.settings.app.bot_token}"
    granted = "files:read" in state.settings.app.scopes
    if request.headers.get("Authorization") != bearer or not granted:
        # Slack shows its sign-in page, with 200, to whoever it does not know.
        page = "<!DOCTYPE html><html><title>Sign in to Slack</title></html>"
        return web.Response(text=page, content_type="text/html")
    return _bytes(state, request.match_info["id"])


def _bytes(state: State, file_id: str) -> web.Response:
    try:
        found = state.files.get(file_id)
    except SlackError:
        return web.Response(status=404)
    shown = state.files.shown(found, state.base_url)
    headers = {"Content-Disposition": "attachment"}
    kind = str(shown["mimetype"])
    return web.Response(body=found.content, content_type=kind, headers=headers)
