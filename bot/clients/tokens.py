"""The token endpoint, asked as the app asks it, and the server's word on a token.

Nothing here raises or logs: an endpoint that does not answer is a finding. A token is
in the answer's body and nowhere else; server's words are cleaned of what looks like
one.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp
from yarl import URL

from bot.cohrtz.answers import REDIRECTS
from bot.cohrtz.plain import REMOVED, plain
from bot.cohrtz.spelling import as_the_app_does, properly
from bot.world.tokens import Acceptance, Spelling, TokenAnswer, Trouble

BODY_LIMIT = 64 * 1024
"""Bytes of an answer that are read; a token has some hundreds."""
HOPS = 5
"""Redirects that are followed, as by the app's HTTP client."""
REFUSALS = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
)
"""400 is for a token that names nobody."""


@dataclass(frozen=True)
class _Reply:
    status: int
    content_type: str
    date: str
    body: bytes | None
    """None: more than BODY_LIMIT."""


class TokenClient:
    """Asks over a session that is shared and is not closed here."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        now: Callable[[], datetime],
        *,
        token_url: str,
        livekit_url: str,
        seconds: float = 10.0,
    ) -> None:
        """Take both addresses; a fetch is given up after so many seconds.

        The server's word on a token is waited for half as long.
        """
        self._session = session
        self._now = now
        self._token_url = token_url
        self._validate_url = URL(_over_http(livekit_url).rstrip("/") + "/rtc/validate")
        self._seconds = seconds

    async def fetch(self, room: str, identity: str, spelling: Spelling) -> TokenAnswer:
        """Ask for a token as the app would, or with the names encoded."""
        spell = as_the_app_does if spelling is Spelling.RAW else properly
        asked_at, began = self._now(), time.monotonic()
        reply: _Reply | Trouble
        try:
            url = URL(
                spell(self._token_url, room=room, identity=identity), encoded=True
            )
            async with asyncio.timeout(self._seconds):
                reply = await self._follow(url)
        except TimeoutError:
            reply = Trouble.TIMEOUT
        except (aiohttp.ClientError, OSError, ValueError):
            reply = Trouble.UNREACHABLE
        return _answer(reply, asked_at=asked_at, took=time.monotonic() - began)

    async def accepts(self, token: str) -> Acceptance:
        """Ask at `/rtc/validate`, which checks the token and joins nothing.

        The token goes into the header; into the URL, where logs would keep it, only
        when the server says that it looks nowhere else.
        """
        bearer = {"Authorization": f"Bearer {token}"}
        said = await self._validate(self._validate_url, bearer, token)
        if said.accepted is False and "access_token" in said.reason:
            url = self._validate_url.with_query(access_token=token)
            return await self._validate(url, {}, token)
        return said

    async def _validate(
        self, url: URL, headers: dict[str, str], token: str
    ) -> Acceptance:
        try:
            async with asyncio.timeout(self._seconds / 2):
                reply, _ = await self._get(url, headers)
        except TimeoutError:
            return Acceptance(None, f"no answer in {self._seconds / 2:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Acceptance(None, f"it cannot be reached ({type(error).__name__})")
        return _acceptance(reply, token)

    async def _follow(self, url: URL) -> _Reply:
        reply, target = await self._get(url, {})
        for _ in range(HOPS):
            if target is None or not _same_host(url, target):
                break
            url = target
            reply, target = await self._get(url, {})
        return reply

    async def _get(
        self, url: URL, headers: dict[str, str]
    ) -> tuple[_Reply, URL | None]:
        """Return the reply, and where it sends us, if it does."""
        asking = self._session.get(url, headers=headers, allow_redirects=False)
        async with asking as response:
            reply = _Reply(
                status=response.status,
                content_type=plain(response.headers.get("Content-Type", "")),
                date=response.headers.get("Date", ""),
                body=await _bounded(response.content),
            )
            place = response.headers.get("Location")
            if place is None or response.status not in REDIRECTS:
                return reply, None
            return reply, url.join(URL(place, encoded=True))


def _over_http(url: str) -> str:
    return f"http{url[2:]}" if url.startswith(("ws://", "wss://")) else url


def _same_host(origin: URL, target: URL) -> bool:
    downgraded = origin.scheme == "https" and target.scheme != "https"
    return target.host == origin.host and not downgraded


async def _bounded(content: aiohttp.StreamReader) -> bytes | None:
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)


def _answer(reply: _Reply | Trouble, *, asked_at: datetime, took: float) -> TokenAnswer:
    if isinstance(reply, Trouble):
        return TokenAnswer(reply, None, "", b"", None, asked_at, took)
    return TokenAnswer(
        trouble=Trouble.TOO_LARGE if reply.body is None else None,
        status=reply.status,
        content_type=reply.content_type,
        body=reply.body or b"",
        server_time=_date(reply.date),
        asked_at=asked_at,
        took=took,
    )


def _date(header: str) -> datetime | None:
    try:
        stamped = parsedate_to_datetime(header)
    except ValueError:
        return None
    return stamped.replace(tzinfo=UTC) if stamped.tzinfo is None else stamped


def _acceptance(reply: _Reply, token: str) -> Acceptance:
    text = (reply.body or b"").decode("utf-8", "replace")
    words = plain(text.replace(token, REMOVED) if token else text)
    if reply.status == HTTPStatus.OK:
        if words == "success":
            return Acceptance(accepted=True, reason="")
        return Acceptance(None, "its address answers, but not as LiveKit does")
    if reply.status in REFUSALS or _lacks_room(reply.status, words):
        return Acceptance(accepted=False, reason=words or f"HTTP {reply.status}")
    return Acceptance(None, f"it answers HTTP {reply.status}: {words or 'no words'}")


def _lacks_room(status: int, words: str) -> bool:
    """Tell a server that creates no rooms by itself from a wrong address."""
    return status == HTTPStatus.NOT_FOUND and "room" in words.lower()
