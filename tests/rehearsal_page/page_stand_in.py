"""A tiny server that keeps the page's side of the contract, with canned state.

It answers what a test tells it to answer and notes what the page asked.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from aiohttp import WSMsgType, web

import rehearsal.slack

PAGE = Path(rehearsal.slack.__file__).parent / "page"
PATIENCE_S = 10.0

Json = dict[str, Any]
Answer = Callable[[Json], object]


class StandIn:
    """The server, in a thread of its own: selenium blocks the test's."""

    def __init__(self, state: Json, port: int = 0) -> None:
        self.state = state
        self.port = port
        self.answers: dict[str, Answer] = {}
        self.extras: Json | None = None
        self.asked: list[tuple[str, Json]] = []
        self.url = ""
        self._news = threading.Condition()
        self._released = threading.Event()
        self._sockets: dict[web.WebSocketResponse, str] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def push(self, delta: Json, user: str | None = None) -> None:
        """Send a message to the pages of a user (of everybody)."""
        self._call(self._send(delta, user))

    def cut(self) -> None:
        """Break every socket, as a restart of the server does."""
        self._call(self._cut())

    def wait_for_users(self, *users: str) -> None:
        """Wait until the page follows as just these users."""
        wanted = sorted(users)
        self._wait(lambda: sorted(self._sockets.values()) == wanted, f"sockets {users}")

    def bodies(self, path: str, count: int = 1) -> list[Json]:
        """Wait until a path was asked so often; what the page said each time."""
        self._wait(lambda: len(self._bodies(path)) >= count, f"{count} x {path}")
        return self._bodies(path)

    def _bodies(self, path: str) -> list[Json]:
        return [body for asked, body in self.asked if asked == path]

    def _wait(self, true: Callable[[], bool], what: str) -> None:
        with self._news:
            if not self._news.wait_for(true, PATIENCE_S):
                followed = list(self._sockets.values())
                raise AssertionError(
                    f"never saw {what}; asked: {self.asked}; followed by {followed}"
                )

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def _call(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _open(self) -> None:
        app = web.Application()
        app.on_response_prepare.append(_keep_scripts)
        app.router.add_get("/", self._index)
        app.router.add_static("/page/", PAGE)
        app.router.add_get("/page-api/socket", self._socket)
        app.router.add_get("/page-api/extras", self._get_extras)
        app.router.add_post("/page-api/file", self._file)
        app.router.add_post("/page-api/view/file", self._file)
        app.router.add_post("/{path:.+}", self._post)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"

    async def _index(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._note(socket, request.query.get("user", ""))
        await socket.send_json({"type": "state", **self.state})
        async for message in socket:
            if message.type is WSMsgType.ERROR:
                break
        self._note(socket, None)
        return socket

    def _note(self, socket: web.WebSocketResponse, user: str | None) -> None:
        with self._news:
            if user is None:
                self._sockets.pop(socket, None)
            else:
                self._sockets[socket] = user
            self._news.notify_all()

    async def _send(self, delta: Json, user: str | None) -> None:
        for socket, owner in list(self._sockets.items()):
            if user in (None, owner):
                with suppress(ConnectionError):
                    await socket.send_json(delta)

    async def _cut(self) -> None:
        for socket in list(self._sockets):
            await socket.close()

    async def _get_extras(self, _: web.Request) -> web.Response:
        if self.extras is None:
            return web.json_response({"error": "no extras"}, status=404)
        return web.json_response(self.extras)

    async def _post(self, request: web.Request) -> web.Response:
        return await self._answer(request.path, await request.json())

    async def _file(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        body = {key: value for key, value in form.items() if key != "file"}
        body |= {"name": file.filename, "content": file.file.read()}
        return await self._answer(request.path, body)

    async def _answer(self, path: str, body: Json) -> web.Response:
        with self._news:
            self.asked.append((path, body))
            self._news.notify_all()
        answer = self.answers.get(path, lambda _: {})(body)
        if asyncio.iscoroutine(answer):
            answer = await answer
        if isinstance(answer, Refused):
            return web.json_response({"error": answer.error}, status=400)
        return web.json_response(answer)

    async def wait_until_released(self) -> Json:
        """Be slow to answer, until the test says release()."""
        await asyncio.to_thread(self._released.wait, PATIENCE_S)
        return {}

    def release(self) -> None:
        """Let the slow answers go."""
        self._released.set()

    async def tell(self, delta: Json) -> None:
        """Send a message from within an answer (which runs in the server's loop)."""
        await self._send(delta, None)


async def _keep_scripts(request: web.Request, response: web.StreamResponse) -> None:
    """Let the browser keep them: fetched for each test, they take a third of it."""
    if request.path.startswith("/page/"):
        response.headers["Cache-Control"] = "max-age=3600"


class Refused:
    """An answer with status 400 and this text."""

    def __init__(self, error: str) -> None:
        self.error = error
