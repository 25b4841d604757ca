"""Deliveries over HTTP, signed as Slack signs them.

The signature is v0: HMAC-SHA256 over `v0:{timestamp}:{body}` with the signing secret
(docs.slack.dev/authentication/verifying-requests-from-slack, read 2026).
"""

import asyncio
import hashlib
import hmac
import json
import time
from contextlib import AbstractAsyncContextManager
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from rehearsal.slack.delivery.envelope import Answer, Envelope
from rehearsal.slack.settings import WorkspaceSettings

KNOCK_PATIENCE = 1.0  # seconds
FORM = "application/x-www-form-urlencoded"


def encoded(envelope: Envelope) -> tuple[bytes, str]:
    """Give the body and the content type of a delivery."""
    if envelope.kind == "events_api":
        return json.dumps(envelope.payload).encode(), "application/json"
    if envelope.kind == "slash_commands":
        return urlencode(envelope.payload).encode(), FORM
    return urlencode({"payload": json.dumps(envelope.payload)}).encode(), FORM


def signed(secret: str, body: bytes, timestamp: int) -> dict[str, str]:
    """Give the two headers by which an app knows that Slack speaks."""
    base = b"v0:%d:%s" % (timestamp, body)
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": f"v0={digest}",
    }


class HttpLine:
    """Posts to the app's one URL, like Bolt's /slack/events."""

    def __init__(self, settings: WorkspaceSettings) -> None:
        """Know the URL if the settings do; `start` opens the session."""
        self.url = settings.events_url
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the connection pool, without a limit of its own."""
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def stop(self) -> None:
        """Close the connection pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def knock(self) -> bool:
        """Tell whether somebody listens at the URL, without a request."""
        if self.url is None:
            return False
        where = URL(self.url)
        try:
            async with asyncio.timeout(KNOCK_PATIENCE):
                _, writer = await asyncio.open_connection(where.host, where.port)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    async def send(self, envelope: Envelope) -> Answer:
        """Post one envelope and wait as long as Slack does."""
        if self.url is None or self._session is None:
            return Answer(reason="connection_failed")
        try:
            async with self._post(self._session, self.url, envelope) as response:
                return await _answer(response)
        except TimeoutError:
            return Answer(reason="http_timeout")
        except (aiohttp.ClientError, OSError):
            return Answer(reason="connection_failed")

    def _post(
        self, session: aiohttp.ClientSession, url: str, envelope: Envelope
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        body, content_type = encoded(envelope)
        headers = signed(self._settings.app.signing_secret, body, int(time.time()))
        headers |= {"Content-Type": content_type, "User-Agent": "Slackbot 1.0"}
        if envelope.retry:
            headers["X-Slack-Retry-Num"] = str(envelope.retry)
            headers["X-Slack-Retry-Reason"] = envelope.reason
        timeout = aiohttp.ClientTimeout(total=self._settings.answer_within)
        return session.post(url, data=body, headers=headers, timeout=timeout)


async def _answer(response: aiohttp.ClientResponse) -> Answer:
    raw = await response.text()
    good = 200 <= response.status < 300  # noqa: PLR2004 -- HTTP's own numbers
    return Answer(
        status=response.status,
        body=_parsed(raw, response.content_type),
        reason="" if good else "http_error",
        no_retry="X-Slack-No-Retry" in response.headers,
    )


def _parsed(raw: str, content_type: str) -> dict[str, object] | str | None:
    if not raw.strip():
        return None
    if content_type != "application/json":
        return raw
    try:
        parsed = json.loads(raw)
    except json.JSONDecodeError:
        return raw
    return parsed if isinstance(parsed, dict) else raw
