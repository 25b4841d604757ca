"""One WebSocket to Slack: takes envelopes, acks them, notices when it is no good.

A connection can be open and useless: the wire is cut and nobody says so, or it answers
pings and delivers nothing (facts on Slack, 1.6). So what counts is what comes in. A
line on which nothing at all comes is dead; one that brings no envelope for long is
renewed, because from here a quiet workspace and a deaf line look alike.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import aiohttp
import structlog
from aiohttp import ClientWebSocketResponse, WSMsgType
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest

from handlers.socket_opening import frame

log = structlog.get_logger(__name__)

FINISH = 2.0
"""Seconds that envelopes in work have at the end, of the three that Slack waits."""

ENDS = (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR)

Ack = Mapping[str, object]
Take = Callable[[SocketModeRequest], Awaitable[Ack | None]]


@dataclass(frozen=True)
class Tempo:
    """The waits of Socket Mode, in seconds."""

    ping: float = 10.0
    """Between two pings of ours."""
    silence: float = 25.0
    """Without anything coming in, not even a pong: the line is dead."""
    quiet: float = 1800.0
    """Without an envelope: the line is renewed."""
    linger: float = 5.0
    """How long a line is still read after another has taken its place."""
    steady: float = 30.0
    """A line that lasted so long is replaced at once when it ends."""
    first_wait: float = 0.5
    longest_wait: float = 30.0
    """Between two tries to open; doubled each time."""


class Line:
    """One open socket, from Slack's hello to its end."""

    def __init__(
        self,
        socket: ClientWebSocketResponse,
        take: Take,
        room: asyncio.Semaphore,
        tempo: Tempo,
    ) -> None:
        """Begin to read; `room` bounds how many envelopes are in work at a time."""
        self._socket = socket
        self._take = take
        self._room = room
        self._tempo = tempo
        self._working: set[asyncio.Task[None]] = set()
        self._began = self._heard = self._brought = time.monotonic()
        self.spent = asyncio.Event()
        """Set when the line ended or should be replaced; `why` says why."""
        self.why = ""
        self._reader = asyncio.create_task(self._read(), name="socket/read")
        self._pulse = asyncio.create_task(self._beat(), name="socket/beat")

    @property
    def live(self) -> bool:
        """Say whether envelopes can come: it is read, and something came lately."""
        silent = time.monotonic() - self._heard
        return not self._reader.done() and silent < self._tempo.silence

    @property
    def steady(self) -> bool:
        """Say whether it lasted long enough not to blame the next one's opening."""
        return time.monotonic() - self._began >= self._tempo.steady

    async def retire(self, linger: float) -> None:
        """Read on for `linger` seconds, finish what is in work, and close."""
        await asyncio.wait({self._reader}, timeout=linger)
        mine = {self._reader, self._pulse}
        for task in mine:
            task.cancel()
        await asyncio.wait(mine)
        if self._working:
            _, late = await asyncio.wait(self._working, timeout=FINISH)
            for task in late:
                log.warning("envelope.abandoned")
                task.cancel()
        await self._socket.close()

    async def _read(self) -> None:
        why = ""
        try:
            while not why:
                why = await self._next()
        except (aiohttp.ClientError, ConnectionError) as error:
            why = f"the connection broke ({type(error).__name__})"
        finally:
            self._renew(why or "we closed it")

    async def _next(self) -> str:
        """Take what comes next; return why the line is at its end, if it is."""
        try:
            message = await self._socket.receive(timeout=self._tempo.silence)
        except TimeoutError:
            return f"nothing came for {self._tempo.silence:g} s"
        self._heard = time.monotonic()
        if message.type is WSMsgType.TEXT:
            await self._text(message.data)
        elif message.type is WSMsgType.PING:
            await self._socket.pong(message.data)
        elif message.type in ENDS:
            return "the connection was closed"
        return ""

    async def _text(self, text: str) -> None:
        told = frame(text)
        if told.get("type") == "disconnect":
            self._renew(f"Slack asked for it ({told.get('reason', 'no reason')})")
            return
        request = SocketModeRequest.from_dict(told)
        if request is None:
            return
        self._brought = time.monotonic()
        begun = asyncio.Event()
        work = self._work(request, begun)
        task = asyncio.create_task(work, name="socket/envelope")
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        # Nothing more is read before there is room: it waits on the wire.
        await begun.wait()

    async def _work(self, request: SocketModeRequest, begun: asyncio.Event) -> None:
        async with self._room:
            begun.set()
            await self._answer(request)

    async def _answer(self, request: SocketModeRequest) -> None:
        told = {"envelope": request.envelope_id, "kind": request.type}
        try:
            ack = await self._take(request)
            if ack is not None:
                await self._socket.send_str(json.dumps(ack))
        except (aiohttp.ClientError, ConnectionError) as error:
            # Slack gives an event again; of a command the person sees that it failed.
            log.warning("envelope.unacked", why=type(error).__name__, **told)
        except Exception:
            log.exception("envelope.crashed", **told)

    async def _beat(self) -> None:
        """Ping, so that a line with nothing to bring is heard of all the same."""
        while not self._socket.closed:
            await asyncio.sleep(self._tempo.ping)
            try:
                await self._socket.ping()
            except (aiohttp.ClientError, ConnectionError):
                return  # the reader sees the end, too
            if time.monotonic() - self._brought > self._tempo.quiet:
                self._renew(f"it brought nothing for {self._tempo.quiet:g} s")

    def _renew(self, why: str) -> None:
        self.why = self.why or why
        self.spent.set()


def acknowledgement(envelope_id: str, told: BoltResponse) -> Ack | None:
    """Return what acks the envelope with Bolt's answer.

    None for any status but 200: Slack then gives an event again, and tells a person
    that the command failed.
    """
    if told.status != 200:  # noqa: PLR2004  HTTP: in order
        return None
    if not told.body:
        return {"envelope_id": envelope_id}
    kind = told.headers.get("content-type", [""])[0]
    is_json = kind.startswith("application/json")
    payload = json.loads(told.body) if is_json else {"text": told.body}
    return {"envelope_id": envelope_id, "payload": payload}
