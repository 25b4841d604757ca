"""Socket Mode: two sockets to Slack, watched and replaced.

Each envelope goes to one socket at random, so with two the bot is reachable while one
is replaced. The SDK's own client closes a socket before it opens the next, queues
without bound and can be deaf without noticing (facts on Slack, 1.6); here the next one
is open before the old one goes, and what was received is finished and acked.
"""

import asyncio

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.foreground import Foreground
from handlers.outline import has_outline
from handlers.socket_line import Ack, Line, Tempo, acknowledgement
from handlers.socket_opening import SocketTrouble, open_socket

log = structlog.get_logger(__name__)

SOCKETS = 2
AT_ONCE = 64
"""Envelopes in work at a time; those beyond wait on the wire, unread."""

TEMPO = Tempo()


class Sockets:
    """Keeps sockets to Slack open, and has Bolt answer what they bring."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        web: AsyncWebClient,
        foreground: Foreground,
        *,
        tempo: Tempo = TEMPO,
    ) -> None:
        """Take the Bolt app; `web` asks for tickets with the app-level token."""
        self._app = app
        self._app_token = app_token
        self._web = web
        self._foreground = foreground
        self._tempo = tempo
        self._room = asyncio.Semaphore(AT_ONCE)
        self._lines: set[Line] = set()
        self._leaving: set[asyncio.Task[None]] = set()
        self._keepers: set[asyncio.Task[None]] = set()
        self._closed = asyncio.Event()
        self._why = "it is still connecting"

    async def run(self) -> None:
        """Keep the sockets open until cancelled, or until `close`."""
        # A socket lives for hours: only its opening has a time limit.
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            try:
                async with asyncio.TaskGroup() as group:
                    for number in range(SOCKETS):
                        keeping = self._keep(session)
                        name = f"socket/{number}"
                        self._keepers.add(group.create_task(keeping, name=name))
            finally:
                await self._end()

    def trouble(self) -> str:
        """Say why nothing comes from Slack; empty while a socket is live."""
        if any(line.live for line in self._lines):
            return ""
        return f"Slack is not connected over Socket Mode: {self._why}."

    async def close(self) -> None:
        """Take nothing more, ack what is in work, close the sockets; `run` returns."""
        for keeper in self._keepers:
            keeper.cancel()
        if self._keepers:
            await self._closed.wait()

    async def _end(self) -> None:
        for task in self._leaving:
            task.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)
        await asyncio.gather(*(line.retire(0) for line in self._lines))
        self._lines.clear()
        self._why = "the bot is stopping"
        self._closed.set()

    async def _keep(self, session: aiohttp.ClientSession) -> None:
        """Keep one socket open: the next one before the old one goes."""
        old: Line | None = None
        wait = 0.0
        while True:
            await asyncio.sleep(wait)
            try:
                line = await self._open(session)
            except SocketTrouble as trouble:
                self._note("socket.not_opened", str(trouble))
                wait = max(self._longer(wait), trouble.seconds)
                continue
            self._replace(old)
            old = line
            await line.spent.wait()
            self._note("socket.spent", line.why)
            wait = 0.0 if line.steady else self._longer(wait)

    def _note(self, event: str, why: str) -> None:
        self._why = why
        log.info(event, why=why)

    def _longer(self, wait: float) -> float:
        return min(max(2 * wait, self._tempo.first_wait), self._tempo.longest_wait)

    async def _open(self, session: aiohttp.ClientSession) -> Line:
        socket = await open_socket(session, self._web, self._app_token)
        line = Line(socket, self._take, self._room, self._tempo)
        self._lines.add(line)
        log.info("socket.opened")
        return line

    def _replace(self, old: Line | None) -> None:
        if old is None:
            return
        task = asyncio.create_task(self._retire(old), name="socket/retire")
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _retire(self, line: Line) -> None:
        await line.retire(self._tempo.linger)
        self._lines.discard(line)

    async def _take(self, request: SocketModeRequest) -> Ack | None:
        if not has_outline(request.payload):
            log.warning("envelope.unreadable", kind=request.type)
            return None
        with self._foreground.serving():
            told = await run_async_bolt_app(self._app, request)
        ack = acknowledgement(request.envelope_id, told)
        if ack is None:
            log.warning("envelope.unanswered", kind=request.type, status=told.status)
        return ack
