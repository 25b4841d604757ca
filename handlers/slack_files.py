"""Files from Slack: asked for by id, fetched from Slack's own file host, bounded.

No address that an event carries is used. `files.info` tells where the file lies, and
the bot's token goes nowhere but to a host on a short list; a file that lies elsewhere
(a remote file may point anywhere) is refused, and so is any redirect.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from yarl import URL

from bot.artefacts.source import Unfetched
from handlers.slack import (
    SlackClient,
    SlackRateLimited,
    SlackRejected,
    SlackTrouble,
    seconds_asked,
)

log = structlog.get_logger(__name__)

FILE_HOST = URL("https://files.slack.com")
MAX_BYTES = 1024**3
"""Slack takes no larger files."""

TIMEOUT = aiohttp.ClientTimeout(total=600, connect=10, sock_read=30)
TRIES = 3
PAUSE = 1.0
CHUNK = 256 * 1024
_OK, _SLOW_DOWN, _SERVER_FAILED = 200, 429, 500
_MODES = frozenset({"hosted", "snippet"})
"""Files whose bytes Slack itself keeps."""


class _BrokenOff(Unfetched):
    """The bytes did not come, and may come the next time."""

    def __init__(self, why: str, seconds: float = 0.0) -> None:
        """Keep how long Slack asks to wait before that; 0 if it does not."""
        super().__init__(why)
        self.seconds = seconds


@dataclass(frozen=True)
class SlackFiles:
    """Fetches what people dropped in Slack."""

    slack: SlackClient
    token: str
    api_url: str = "https://slack.com/api/"
    """Of a double of Slack, the host also serves its files."""
    max_bytes: int = MAX_BYTES
    pause: float = PAUSE

    async def fetch(self, file: str, into: Path) -> None:
        """Write the file's bytes; raise Unfetched in words for a person."""
        told = await self._info(file)
        address = self._address(told)
        size = told.get("size")
        if not isinstance(size, int) or not 0 <= size <= self.max_bytes:
            raise Unfetched(f"It is larger than {_mib(self.max_bytes)} and not read.")
        got = await self._downloaded(address, into)
        if got != size:
            raise Unfetched(
                f"Slack handed over {got} of its {size} bytes; drop it again."
            )

    async def _info(self, file: str) -> Mapping[str, Any]:
        """Ask Slack about the file; what passes by itself is waited out."""
        for attempt in range(1, TRIES + 1):
            try:
                told = (await self.slack.call("files.info", file=file)).get("file")
                return _usable(told if isinstance(told, dict) else {})
            except SlackRejected as error:
                raise Unfetched(_refused(error)) from None
            except SlackTrouble as error:
                log.warning("file.unanswered", file=file, why=str(error))
                if attempt < TRIES:
                    await asyncio.sleep(_wait(error, self.pause * attempt))
        raise Unfetched("Slack does not answer about it; drop it again in a while.")

    def _address(self, told: Mapping[str, Any]) -> URL:
        """Return where the file lies, if that is a place where the token may go."""
        double = URL(self.api_url)
        allowed = {FILE_HOST.origin()}
        if double.host != "slack.com":
            allowed.add(double.origin())
        try:
            address = URL(str(told.get("url_private_download") or ""))
            if address.user is None and address.origin() in allowed:
                return address
        except ValueError:
            log.warning("file.addressed_oddly")
        raise Unfetched(
            f"It does not lie on Slack's file host ({FILE_HOST.host}): not fetched."
        )

    async def _downloaded(self, address: URL, into: Path) -> int:
        """Fetch the bytes; anew if they break off, for fetching changes nothing.

        What Slack asks to wait is waited, two minutes at most each time.
        """
        for attempt in range(1, TRIES):
            try:
                return await self._download(address, into)
            except _BrokenOff as broken:
                log.warning("file.cut_off", why=str(broken))
                await asyncio.to_thread(into.unlink, missing_ok=True)
                await asyncio.sleep(broken.seconds or self.pause * attempt)
        return await self._download(address, into)

    async def _download(self, address: URL, into: Path) -> int:
        session = self.slack.web.session
        if session is None:
            raise Unfetched("The connection to Slack is closed.")
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            async with session.get(
                address, headers=headers, allow_redirects=False, timeout=TIMEOUT
            ) as answer:
                _must_be_bytes(answer)
                return await self._keep(answer.content.iter_chunked(CHUNK), into)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _BrokenOff(
                "The connection broke while it was fetched "
                f"({type(error).__name__}); drop it again."
            ) from None

    async def _keep(self, chunks: AsyncIterator[bytes], into: Path) -> int:
        """Write what comes, never more than is allowed, whatever was announced."""
        size = 0
        with into.open("xb") as copy:
            async for chunk in chunks:
                size += len(chunk)
                if size > self.max_bytes:
                    raise Unfetched(
                        f"It is larger than {_mib(self.max_bytes)} and not read."
                    )
                await asyncio.to_thread(copy.write, chunk)
        return size


def _usable(told: Mapping[str, Any]) -> Mapping[str, Any]:
    if told.get("is_external") or told.get("mode") not in _MODES:
        raise Unfetched(
            "It is kept outside of Slack, so it is not fetched; upload it itself."
        )
    return told


def _must_be_bytes(answer: aiohttp.ClientResponse) -> None:
    if answer.status == _SLOW_DOWN:
        raise _BrokenOff(
            "Slack asks again and again to wait (HTTP 429); drop it again in a while.",
            seconds_asked(answer.headers.get("Retry-After")),
        )
    if answer.status >= _SERVER_FAILED:
        raise _BrokenOff(
            f"Slack did not hand it over (HTTP {answer.status}); drop it again."
        )
    if answer.status != _OK:
        raise Unfetched(f"Slack did not hand it over (HTTP {answer.status}).")
    # Slack shows its sign-in page, as a success, to whoever it does not know.
    is_page = answer.content_type == "text/html"
    if is_page and "content-disposition" not in answer.headers:
        raise Unfetched(
            "Slack shows a sign-in page instead: the app lacks the scope files:read."
        )


def _refused(error: SlackRejected) -> str:
    if error.code in ("file_not_found", "file_deleted"):
        return "It is not there any more, or the bot may not see it."
    if error.code == "missing_scope":
        return "The app lacks the scope files:read; install it anew."
    return f"Slack does not hand it over ({error.code})."


def _wait(error: SlackTrouble, pause: float) -> float:
    return error.seconds if isinstance(error, SlackRateLimited) else pause


def _mib(size: int) -> str:
    return f"{size // 1024**2} MiB"
