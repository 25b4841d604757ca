"""Opening one WebSocket to Slack: a ticket, the connection, Slack's hello.

The ticket stands in the address, so no error tells the address.
"""

import asyncio
import json
from typing import Any

import aiohttp
from aiohttp import ClientWebSocketResponse, ClientWSTimeout, WSMsgType
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cohrtz.secret_forms import redact
from bot.errors import BotError

PATIENCE = 10.0
"""Seconds for the connection and Slack's hello."""

CLOSE_PATIENCE = 0.5
"""Seconds that the other side has to answer when we close."""

ASKED_TO_WAIT = 30.0
"""Seconds to wait when Slack asks to, without saying how long."""

WRONG_TOKEN = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)

SENT_AWAY = {
    "link_disabled": "Socket Mode is switched off for the app; switch it on in the "
    "app's settings, or set TRIAGE_TRANSPORT=http",
    "too_many_websockets": "ten sockets are open for the app already; is the bot "
    "running elsewhere?",
}


class SocketTrouble(BotError):  # noqa: N818  named for what is the case
    """No socket could be opened; the text says why, as part of a sentence.

    It may quote Slack's own words, and whoever asks whether we are ready reads it.
    """

    def __init__(self, why: str, seconds: float = 0.0) -> None:
        """Keep how many seconds Slack asks to wait before the next try."""
        super().__init__(redact(why))
        self.seconds = seconds


async def open_socket(
    session: aiohttp.ClientSession, web: AsyncWebClient, app_token: str
) -> ClientWebSocketResponse:
    """Return a socket that Slack has said hello on; raise SocketTrouble.

    The caller answers Slack's pings: only so does it see that something comes in.
    """
    url = await _ticket(web, app_token)
    try:
        async with asyncio.timeout(PATIENCE):
            socket = await _connected(session, web, url)
            await _greeted(socket)
            return socket
    except TimeoutError:
        raise SocketTrouble(f"no hello came within {PATIENCE:g} s") from None
    except aiohttp.WSServerHandshakeError as error:
        raise SocketTrouble(f"the connection was refused ({error.status})") from None
    except (aiohttp.ClientError, OSError) as error:
        raise SocketTrouble(f"no connection ({type(error).__name__})") from None


async def _ticket(web: AsyncWebClient, app_token: str) -> str:
    try:
        told = await web.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        raise _refused(error) from None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise SocketTrouble(f"no answer ({type(error).__name__})") from None
    return str(told["url"])


def _refused(error: SlackApiError) -> SocketTrouble:
    # An answer that is no JSON comes as aiohttp's response, not as the SDK's.
    response = error.response
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    status = getattr(response, "status_code", getattr(response, "status", 0))
    if code in WRONG_TOKEN:
        return SocketTrouble(
            f"Slack refused the app-level token ({code}); TRIAGE_SLACK_APP_TOKEN must "
            "be one that begins with xapp- and has connections:write"
        )
    if status == 429 or code == "ratelimited":  # noqa: PLR2004  HTTP: too many requests
        return SocketTrouble("Slack asks to wait", _seconds(error))
    return SocketTrouble(f"Slack answered {status} {code}".rstrip())


def _seconds(error: SlackApiError) -> float:
    headers = {name.lower(): text for name, text in error.response.headers.items()}
    try:
        return float(headers["retry-after"])
    except (KeyError, TypeError, ValueError):
        return ASKED_TO_WAIT


async def _connected(
    session: aiohttp.ClientSession, web: AsyncWebClient, url: str
) -> ClientWebSocketResponse:
    return await session.ws_connect(
        url,
        autoping=False,
        timeout=ClientWSTimeout(ws_close=CLOSE_PATIENCE),
        proxy=web.proxy,
        ssl=True if web.ssl is None else web.ssl,
    )


async def _greeted(socket: ClientWebSocketResponse) -> None:
    """Wait for the hello; close the socket if something else comes."""
    greeted = False
    try:
        while not greeted:
            message = await socket.receive()
            if message.type is WSMsgType.PING:
                await socket.pong(message.data)
            elif message.type is not WSMsgType.PONG:
                greeted = _is_hello(message)
    finally:
        if not greeted:
            await socket.close()


def _is_hello(message: aiohttp.WSMessage) -> bool:
    if message.type is not WSMsgType.TEXT:
        raise SocketTrouble("the connection ended before Slack's hello")
    told = frame(message.data)
    if told.get("type") == "hello":
        return True
    reason = str(told.get("reason", "no hello"))
    raise SocketTrouble(SENT_AWAY.get(reason, f"Slack sent us away ({reason})"))


def frame(text: str) -> dict[str, Any]:
    """Read what Slack sent as a JSON object; what is none is empty."""
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
