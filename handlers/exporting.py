"""`/triage export`: an incident's bundle, sent to whoever asked and to nobody else.

It takes longer than a command may, so it is written and sent beside the requests. It
changes nothing: one that is lost in a crash is asked for again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import structlog
from yarl import URL

from bot.bundles import written
from bot.core.bundle import Bundle
from bot.errors import BotError, UsageError
from handlers.slack import SlackClient, SlackTrouble

log = structlog.get_logger(__name__)

FILE_HOST = URL("https://files.slack.com")
TIMEOUT = aiohttp.ClientTimeout(total=120, connect=10)
MAX_AT_ONCE = 3
"""Exports under way: each draws an incident's whole past."""
_OK = 200


class Unsent(BotError):  # noqa: N818  named for what is the case
    """The bundle could not be sent; the text says why and what to do."""


@dataclass(frozen=True)
class Exports:
    """Writes bundles and sends them."""

    slack: SlackClient
    export: Callable[[str], Awaitable[Bundle]]
    """Returns an incident's bundle; raises BotError in words for a person."""
    api_url: str = "https://slack.com/api/"
    """Of a double of Slack, the host also takes its files."""
    under_way: dict[tuple[str, str], asyncio.Task[None]] = field(default_factory=dict)

    def begin(
        self, incident: str, user: str, failed: Callable[[str], Awaitable[object]]
    ) -> None:
        """Write and send it soon; `failed` is called with why, if that does not work.

        Raises UsageError if too many are under way.
        """
        key = (incident, user)
        if key in self.under_way:
            raise UsageError("Its bundle is on its way to you already.")
        if len(self.under_way) >= MAX_AT_ONCE:
            raise UsageError("Others are being exported; try again in a minute.")
        task = asyncio.create_task(self._run(incident, user, failed), name="export")
        self.under_way[key] = task
        task.add_done_callback(lambda _: self.under_way.pop(key))

    async def stop(self) -> None:
        """Send nothing more."""
        tasks = tuple(self.under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(
        self, incident: str, user: str, failed: Callable[[str], Awaitable[object]]
    ) -> None:
        try:
            bundle = await self.export(incident)
            await self.send(bundle, user)
        except BotError as error:
            log.warning("export.failed", incident=incident, kind=type(error).__name__)
            await failed(f"The export of incident {incident} was not sent. {error}")
        else:
            log.info("export.sent", incident=incident, user=user)

    async def send(self, bundle: Bundle, user: str) -> None:
        """Send the bundle as a file in a direct message; raise Unsent."""
        content = written(bundle).encode()
        name = f"incident-{bundle.incident}.json"
        try:
            told = await self.slack.call(
                "files.getUploadURLExternal", filename=name, length=len(content)
            )
            await self._upload(str(told.get("upload_url") or ""), content)
            await self.slack.call(
                "files.completeUploadExternal",
                files=[{"id": str(told.get("file_id") or ""), "title": name}],
                channels=user,
                initial_comment=_COMMENT,
            )
        except SlackTrouble as error:
            raise Unsent(f"{error} Ask again in a while.") from None

    async def _upload(self, address: str, content: bytes) -> None:
        url, session = self._allowed(address), self.slack.web.session
        if session is None:
            raise Unsent("The connection to Slack is closed.")
        try:
            async with session.post(
                url, data=content, allow_redirects=False, timeout=TIMEOUT
            ) as answer:
                if answer.status != _OK:
                    raise Unsent(f"Slack did not take it (HTTP {answer.status}).")
        except (aiohttp.ClientError, TimeoutError):
            raise Unsent("The connection broke; ask again.") from None

    def _allowed(self, address: str) -> URL:
        """Return where the file goes, if it is a place where it may go."""
        double = URL(self.api_url)
        allowed = {FILE_HOST.origin()}
        if double.host != "slack.com":
            allowed.add(double.origin())
        try:
            url = URL(address)
            if url.user is None and url.origin() in allowed:
                return url
        except ValueError:
            log.warning("export.addressed_oddly")
        raise Unsent(f"Slack names a place that is not {FILE_HOST.host}: not sent.")


_COMMENT = (
    "All that this incident holds. `triage verify` and `docs/verify_trail.py` check "
    "it, `triage replay` draws it again."
)
