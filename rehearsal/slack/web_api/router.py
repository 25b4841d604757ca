"""Takes Web API calls from the wire: arguments, token, scopes, limits, faults."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from rehearsal.slack.errors import RateLimitedError, SlackError
from rehearsal.slack.faults import (
    DropAfter,
    DropBefore,
    Duplicate,
    Effect,
    Hang,
    RateLimited,
    Reorder,
    Status,
    has,
    seconds_of_delay,
)
from rehearsal.slack.journal import Entry
from rehearsal.slack.state import State
from rehearsal.slack.web_api import chat, conversations, files, people, view
from rehearsal.slack.web_api.method import Call, Method, Methods

Json = dict[str, Any]

STRUCTURED = ("blocks", "attachments", "metadata", "view", "files")
REORDER_PATIENCE = 1.0  # seconds to hold a call back for the next one


@dataclass(frozen=True)
class Reply:
    """What goes over the wire: a status, a body, and the wait of a 429."""

    body: Json
    status: int = 200
    retry_after: int | None = None

    def response(self) -> web.Response:
        """Give the HTTP response."""
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else None
        return web.json_response(self.body, status=self.status, headers=headers)


class WebApi:
    """The methods, on one workspace's state."""

    def __init__(self, state: State, open_socket: Callable[[], str]) -> None:
        """Serve this state; `open_socket` grants a Socket Mode URL."""
        self._state = state
        self._open_socket = open_socket
        self.under_way = 0
        self._passed = asyncio.Event()
        self.methods: Methods = {
            **chat.METHODS,
            **view.METHODS,
            **conversations.METHODS,
            **people.METHODS,
            **files.METHODS,
            "apps.connections.open": Method(
                self._connect, ("connections:write",), 4, app_level=True
            ),
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call (an aiohttp handler)."""
        call = await read_call(request)
        self.under_way += 1
        try:
            reply = await self._under_faults(call)
        finally:
            self.under_way -= 1
        if reply is None:
            return broken(request)
        response = reply.response()
        scopes = self._state.settings.app.scopes
        response.headers["X-OAuth-Scopes"] = ",".join(sorted(scopes))
        return response

    async def _under_faults(self, call: Call) -> Reply | None:
        effects = self._state.faults.take(call.method, "web_api")
        began = self._state.clock.now()
        await asyncio.sleep(self._state.settings.latency + seconds_of_delay(effects))
        if has(effects, Reorder):
            await self._hold_back()
        if has(effects, DropBefore):
            self._note(call, "drop_before", None, began)
            return None
        refused = _refusal(effects)
        reply = refused or self._perform(call)
        if has(effects, Duplicate) and not refused:
            reply = self._perform(call)
        self._passed.set()
        await asyncio.sleep(seconds_of_delay(effects, Hang))
        lost = has(effects, DropAfter)
        self._note(call, "drop_after" if lost else _outcome(reply), reply, began)
        return None if lost else reply

    async def _hold_back(self) -> None:
        self._passed.clear()
        try:
            async with asyncio.timeout(REORDER_PATIENCE):
                await self._passed.wait()
        except TimeoutError:
            return

    def _perform(self, call: Call) -> Reply:
        try:
            method = self.methods.get(call.method)
            if method is None:
                raise SlackError("unknown_method", req_method=call.method)
            self._authorise(method, call)
            self._state.rates.spend_call(call.method, method.tier)
            return Reply(method.run(self._state, call))
        except RateLimitedError as error:
            return Reply(error.body(), 429, error.retry_after)
        except SlackError as error:
            return Reply(error.body())

    def _authorise(self, method: Method, call: Call) -> None:
        app = self._state.settings.app
        if method.public:
            return
        if not call.token:
            raise SlackError("not_authed")
        if call.token not in (app.bot_token, app.app_token):
            raise SlackError("invalid_auth")
        if (call.token == app.app_token) is not method.app_level:
            raise SlackError("not_allowed_token_type")
        granted = {"connections:write"} if method.app_level else app.scopes
        if method.scopes and not granted.intersection(method.scopes):
            needed = ",".join(method.scopes)
            provided = ",".join(sorted(granted))
            raise SlackError("missing_scope", needed=needed, provided=provided)

    def _connect(self, _state: State, _call: Call) -> Json:
        return {"ok": True, "url": self._open_socket()}

    def _note(
        self, call: Call, outcome: str, reply: Reply | None, began: float
    ) -> None:
        entry = Entry(
            "call",
            call.method,
            call.arguments,
            outcome=outcome,
            status=reply.status if reply else None,
            answer=reply.body if reply else None,
            began=began,
        )
        self._state.journal.record(entry)


def _outcome(reply: Reply) -> str:
    if reply.body.get("ok"):
        return "ok"
    return str(reply.body.get("error", f"status_{reply.status}"))


def _refusal(effects: tuple[Effect, ...]) -> Reply | None:
    for effect in effects:
        if isinstance(effect, Status):
            return Reply({"ok": False, "error": "internal_error"}, effect.code)
        if isinstance(effect, RateLimited):
            body = {"ok": False, "error": "ratelimited"}
            return Reply(body, 429, effect.retry_after)
    return None


def refused(effects: tuple[Effect, ...]) -> web.Response | None:
    """Give the answer of a fault that answers where no Web API call is made."""
    for effect in effects:
        if isinstance(effect, Status):
            return web.Response(status=effect.code)
        if isinstance(effect, RateLimited):
            headers = {"Retry-After": str(effect.retry_after)}
            return web.Response(status=429, headers=headers)
    return None


def broken(request: web.Request) -> web.Response:
    """Break the connection, so that no answer arrives."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def read_call(request: web.Request) -> Call:
    """Read a call: JSON or a form, the token in its header or among the arguments."""
    arguments = await _arguments(request)
    header = request.headers.get("Authorization", "")
    scheme, _, bearer = header.partition(" ")
    token = bearer if scheme.lower() == "bearer" else arguments.get("token")
    arguments.pop("token", None)
    return Call(request.match_info["method"], arguments, token)


async def _arguments(request: web.Request) -> Json:
    if request.content_type == "application/json":
        return await _json_arguments(request)
    form = await request.post()
    given = {**request.query, **{k: v for k, v in form.items() if isinstance(v, str)}}
    return {key: _structured(key, value) for key, value in given.items()}


async def _json_arguments(request: web.Request) -> Json:
    try:
        parsed = json.loads(await request.text() or "{}")
    except json.JSONDecodeError:
        return {}
    given = parsed if isinstance(parsed, dict) else {}
    return {key: _structured(key, value) for key, value in given.items()}


def _structured(key: str, value: Any) -> Any:  # noqa: ANN401 -- JSON of any shape
    if key not in STRUCTURED or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value
