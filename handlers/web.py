"""The HTTP side: Slack's requests, LiveKit's webhooks, and whether the bot is well."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.clients.webhooks import BODY_LIMIT as WEBHOOK_LIMIT
from bot.clients.webhooks import WebhookDoor, WebhookRefused
from bot.engine.foreground import Foreground
from bot.world.transitions import Transition
from handlers.body import body_of
from handlers.diagnostics import ROOM_PATH, DiagnosticsRoute
from handlers.edge import BODY_LIMIT, Edge, Refusal, read
from handlers.outline import has_outline

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WebParts:
    """What the routes work with."""

    edge: Edge | None
    """None: Slack comes over Socket Mode, and there is no route for it."""
    bolt: AsyncApp | None
    """None: Slack has not said yet who we are, and its requests are not served."""
    door: WebhookDoor
    record: Callable[[Sequence[Transition]], Awaitable[int]]
    """Takes transitions; returns how many were new."""
    ready: Callable[[], Awaitable[Sequence[str]]]
    """Says why the bot is not ready, in plain words; empty: it is."""
    foreground: Foreground
    diagnostics: DiagnosticsRoute | None = None
    """None: nothing of the kind is served."""


def application(parts: WebParts) -> web.Application:
    """Return the aiohttp application; whoever serves it closes it."""
    routes = Routes(parts)
    app = web.Application(client_max_size=BODY_LIMIT)
    if parts.edge is not None and parts.bolt is not None:
        app.router.add_post("/slack/events", routes.slack(parts.edge, parts.bolt))
    app.router.add_post("/livekit/webhook", routes.livekit)
    if parts.diagnostics is not None:
        app.router.add_post(ROOM_PATH, parts.diagnostics.take)
    app.router.add_get("/healthz", routes.healthz)
    app.router.add_get("/readyz", routes.readyz)
    return app


class Routes:
    """The handlers of the routes, over the parts."""

    def __init__(self, parts: WebParts) -> None:
        """Bind to the parts."""
        self._parts = parts

    def slack(
        self, edge: Edge, bolt: AsyncApp
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Return the handler of Slack's requests, behind the edge."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return await edge.answer(request, partial(self._bolt, bolt))

        return answer

    async def _bolt(self, bolt: AsyncApp, raw: bytes) -> web.Response:
        """Have Bolt answer; background work stands back meanwhile."""
        with self._parts.foreground.serving():
            try:
                body = body_of(raw)
                if not has_outline(body):
                    raise ValueError("not of Slack's form")
                # What is read already is handed over as Socket Mode hands it over.
                told = AsyncBoltRequest(body=body, mode="socket_mode")
            except Exception as error:  # noqa: BLE001  Bolt's own, for what it expects not
                # No JSON, no UTF-8, or of another form than Slack's; the error's text
                # would quote the body.
                kind = type(error).__name__
                log.warning("request.unreadable", size=len(raw), kind=kind)
                return web.Response(status=400, text="The body cannot be read.")
            return _response(await bolt.async_dispatch(told))

    async def livekit(self, request: web.Request) -> web.Response:
        """Take a webhook of LiveKit.

        What cannot be recorded is answered with 500: then LiveKit tries again.
        """
        try:
            body = await read(request, WEBHOOK_LIMIT)
            signed = request.headers.get("Authorization", "")
            move = self._parts.door.receive(body, signed)
        except Refusal as refusal:
            log.warning("webhook.refused", why=str(refusal))
            return web.Response(status=refusal.status, text=str(refusal))
        except WebhookRefused as refused:
            log.warning("webhook.refused", why=str(refused))
            return web.Response(status=401, text=str(refused))
        if move is not None:
            await self._parts.record([move])
        return web.Response()

    async def healthz(self, _: web.Request) -> web.Response:
        """Say that the process answers."""
        return web.json_response({"alive": True})

    async def readyz(self, _: web.Request) -> web.Response:
        """Say whether the bot can do its work, or why not."""
        why = list(await self._parts.ready())
        status = 503 if why else 200
        return web.json_response({"ready": not why, "reasons": why}, status=status)


def _response(told: BoltResponse) -> web.Response:
    headers = told.first_headers_without_set_cookie()
    return web.Response(status=told.status, body=told.body.encode(), headers=headers)
