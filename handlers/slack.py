"""Slack's Web API as the bot calls it: one shared session, no blind retries.

The SDK's own retry handler repeats `chat.postMessage` after a lost connection and
would post twice (facts on Slack, 1.3), so there is none here: whoever calls decides,
from the kind of trouble, whether a call may be repeated. Only aiohttp asks again, once,
when the connection breaks under a read (GET), which does no harm.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import app as bot_app
from bot.cohrtz.secret_forms import blank_tokens, redact
from bot.errors import BotError
from handlers.clock import SlackClock
from handlers.sent import tracing

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
CONNECTIONS = 100


class SlackTrouble(BotError):  # noqa: N818  named for what is the case
    """A call to Slack did not do what it should."""


class SlackRejected(SlackTrouble):
    """Slack refused the call for good; `code` is its error, as `invalid_blocks`."""

    def __init__(self, code: str, needed: str = "") -> None:
        """Keep Slack's error code, and the scope that it says is needed."""
        super().__init__(f"Slack refused: {code}{f' ({needed})' if needed else ''}.")
        self.code = code
        self.needed = needed


class SlackRateLimited(SlackTrouble):
    """Slack asks to wait; nothing was done."""

    def __init__(self, seconds: float, method: str = "") -> None:
        """Keep how long Slack asks to wait, and with which method."""
        super().__init__(f"Slack asks to wait {seconds:g} s.")
        self.seconds = seconds
        self.method = method


class SlackUnsure(SlackTrouble):
    """No usable answer (time-out, lost connection, 5xx): it may have been done."""


class SlackClient:
    """Calls Web API methods, and knows when Slack last answered."""

    def __init__(self, web: AsyncWebClient) -> None:
        """Use a client that shares one session; see `open_slack`."""
        self.web = web
        self.answered_at: float | None = None
        """By the monotonic clock; None if Slack has not answered yet."""
        self.trouble: str = "Slack has not been asked yet."
        self.clock = SlackClock(bot_app.now)

    async def call(self, method: str, **arguments: object) -> Mapping[str, Any]:
        """Call a method and return the answer.

        Methods that write take JSON, those that read take a query (as the SDK does).
        Raises SlackRejected, SlackRateLimited or SlackUnsure.
        """
        given = _given(arguments)
        try:
            if method.startswith(_WRITE):
                answer = await self.web.api_call(method, json=_blanked(given))
            else:
                answer = await self.web.api_call(method, http_verb="GET", params=given)
        except SlackApiError as error:
            self._heard(getattr(error.response, "headers", None))
            raise self._classed(error, method) from None
        except _UNANSWERED as error:
            self.trouble = f"Slack did not answer ({type(error).__name__})."
            raise SlackUnsure(self.trouble) from None
        self._well()
        self._heard(answer.headers)
        data = answer.data
        return data if isinstance(data, dict) else {}

    def _heard(self, headers: Mapping[str, Any] | None) -> None:
        named = {name.lower(): value for name, value in (headers or {}).items()}
        self.clock.hear(named.get("date"))

    def _well(self) -> None:
        self.answered_at, self.trouble = time.monotonic(), ""

    def _classed(self, error: SlackApiError, method: str) -> SlackTrouble:
        status, headers, data = _parts(error)
        code = redact(str(data.get("error", "")))
        if status == 429 or code in ("ratelimited", "rate_limited"):  # noqa: PLR2004  HTTP
            self.trouble = "Slack asks to slow down."
            return SlackRateLimited(seconds_asked(headers.get("retry-after")), method)
        if status >= 500 or code in _PASSING or not code:  # noqa: PLR2004  HTTP
            self.trouble = f"Slack answered {status} {code}".strip() + "."
            return SlackUnsure(self.trouble)
        self._well()
        if code in NO_ACCOUNT:
            self.trouble = f"Slack does not take the bot's token ({code})."
        return SlackRejected(code, redact(str(data.get("needed", ""))))


NO_ACCOUNT = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked"}
    | {"token_expired"}
)
"""The bot's token is no good: nothing works until somebody gives it another."""

_WRITE = ("chat.", "views.", "files.completeUploadExternal")
_PASSING = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
    | {"team_added_to_org"}
)
_UNANSWERED = (
    aiohttp.ClientError,
    TimeoutError,
    OSError,
    ValueError,
    # The SDK's, for an answer that is no JSON object (a proxy's page, as text).
    AttributeError,
)


def _parts(error: SlackApiError) -> tuple[int, dict[str, object], Mapping[str, Any]]:
    """Return status, headers and answer; of broken JSON the SDK gives aiohttp's own."""
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    headers = {k.lower(): v for k, v in (response.headers or {}).items()}
    data = getattr(response, "data", None)
    return status, headers, data if isinstance(data, dict) else {}


def seconds_asked(header: object) -> float:
    """Return how long a `Retry-After` asks to wait, at most two minutes."""
    value = header[0] if isinstance(header, list) and header else header
    try:
        return min(max(float(str(value)), 0.5), 120.0)
    except ValueError:
        return 1.0


def _given(arguments: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in arguments.items() if value is not None}


def _blanked(value: Any) -> Any:  # noqa: ANN401  whatever JSON can say
    """Blank every token in what goes to Slack, wherever it came from."""
    if isinstance(value, str):
        return blank_tokens(value)
    if isinstance(value, list | tuple):
        return [_blanked(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _blanked(one) for name, one in value.items()}
    return value


def _silent() -> logging.Logger:
    """Return a logger that is not at DEBUG by its own level, which the SDK looks at.

    It would write out each call and its answer, to throw that away unless somebody
    listens.
    """
    logger = logging.getLogger("slack_sdk.web")
    logger.setLevel(logging.ERROR)
    return logger


@asynccontextmanager
async def open_slack(
    token: str, api_url: str, limits: aiohttp.ClientTimeout = TIMEOUT
) -> AsyncIterator[SlackClient]:
    """Open a client with one shared session, closed at the end."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS),
        timeout=limits,
        trace_configs=[tracing()],
    ) as session:
        web = AsyncWebClient(
            token=token,
            base_url=api_url,
            session=session,
            retry_handlers=[],
            logger=_silent(),
        )
        yield SlackClient(web)
        # aiohttp closes TLS transports one turn of the loop later.
        await asyncio.sleep(0)
