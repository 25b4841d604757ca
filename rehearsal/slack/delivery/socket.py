"""Deliveries over Socket Mode: tickets, hello, envelopes, acks, disconnects.

Each envelope goes to one of at most ten sockets, at random
(docs.slack.dev/apis/events-api/using-socket-mode, read 2026).
"""

import asyncio
import contextlib
import json
import secrets
import uuid
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from rehearsal.slack.delivery.envelope import Answer, Envelope
from rehearsal.slack.settings import WorkspaceSettings

Json = dict[str, Any]

MOST_SOCKETS = 10
CONNECTION_LIFE = 18060  # seconds, what hello usually announces
PING_EVERY = 10.0  # seconds between the server's own pings
POLICY = 1008  # WebSocket close code: refused


class SocketLine:
    """The sockets that the app opened, and the envelopes not yet acked."""

    def __init__(
        self, settings: WorkspaceSettings, on_change: Callable[[], None]
    ) -> None:
        """Begin without sockets; `on_change` hears when one comes or goes."""
        self._settings = settings
        self._on_change = on_change
        self._tickets: set[str] = set()
        self._sockets: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._carrier: dict[str, web.WebSocketResponse] = {}

    @property
    def count(self) -> int:
        """Count the open sockets."""
        return len(self._sockets)

    def ticket(self) -> str:
        """Grant one connection."""
        ticket = secrets.token_urlsafe(18)
        self._tickets.add(ticket)
        return ticket

    async def send(self, envelope: Envelope) -> Answer:
        """Send to one socket and wait for its ack as long as Slack does."""
        if not self._sockets:
            return Answer(reason="connection_failed")
        envelope_id = str(uuid.uuid4())
        socket = secrets.choice(self._sockets)
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = waiting
        self._carrier[envelope_id] = socket
        try:
            async with asyncio.timeout(self._settings.answer_within):
                await socket.send_str(json.dumps(_framed(envelope, envelope_id)))
                return await waiting
        except TimeoutError:
            return Answer(reason="http_timeout")
        except ConnectionError:
            return Answer(reason="connection_failed")
        finally:
            del self._waiting[envelope_id], self._carrier[envelope_id]

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket from its ticket to its end (an aiohttp handler)."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401, text="invalid ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=PING_EVERY)
        await socket.prepare(request)
        if len(self._sockets) >= MOST_SOCKETS:
            await socket.send_json(_disconnect("too_many_websockets"))
            await socket.close(code=POLICY)
            return socket
        await self._serve(socket)
        return socket

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every socket to be renewed, as Slack does every few hours.

        Slack's other reasons are `warning` (about ten seconds ahead) and
        `link_disabled` (Socket Mode was switched off).
        """
        for socket in tuple(self._sockets):
            await socket.send_json(_disconnect(reason))

    def cut(self) -> None:
        """Break every connection without a word."""
        for socket in tuple(self._sockets):
            self._forget(socket)
            _abort(socket)

    async def stop(self) -> None:
        """Close every socket; the app may reconnect to a later server."""
        for socket in tuple(self._sockets):
            with contextlib.suppress(ConnectionError):
                await socket.close()

    async def _serve(self, socket: web.WebSocketResponse) -> None:
        self._sockets.append(socket)
        self._on_change()
        try:
            await socket.send_json(self._hello())
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acked(message.data)
        finally:
            self._forget(socket)

    def _acked(self, text: str) -> None:
        try:
            ack = json.loads(text)
        except json.JSONDecodeError:
            return
        waiting = self._waiting.get(str(ack.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(Answer(status=200, body=ack.get("payload") or None))

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket not in self._sockets:
            return
        self._sockets.remove(socket)
        for envelope_id, carrier in self._carrier.items():
            waiting = self._waiting[envelope_id]
            if carrier is socket and not waiting.done():
                waiting.set_result(Answer(reason="connection_failed"))
        self._on_change()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._sockets),
            "debug_info": {
                "host": "applink-simulated",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_LIFE,
            },
            "connection_info": {"app_id": self._settings.app.id},
        }


def _abort(socket: web.WebSocketResponse) -> None:
    request = socket._req  # noqa: SLF001 -- aiohttp gives no other way to break a line
    transport = request.transport if request is not None else None
    if transport is not None:
        transport.abort()


def _disconnect(reason: str) -> Json:
    return {
        "type": "disconnect",
        "reason": reason,
        "debug_info": {"host": "applink-simulated"},
    }


def _framed(envelope: Envelope, envelope_id: str) -> Json:
    frame: Json = {
        "envelope_id": envelope_id,
        "type": envelope.kind,
        "accepts_response_payload": envelope.kind != "events_api",
        "payload": envelope.payload,
    }
    if envelope.kind == "events_api":
        reason = envelope.reason.removeprefix("http_")
        frame |= {"retry_attempt": envelope.retry, "retry_reason": reason}
    return frame
