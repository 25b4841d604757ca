"""The address that we listen on, and whether we are ready."""

import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.log import server_logger

from bot.app import Bot
from bot.errors import SettingsError
from bot.settings import Settings
from handlers.slack import SlackClient
from handlers.socket import Sockets
from handlers.web import WebParts, application

log = structlog.get_logger(__name__)


class ServerLog(logging.LoggerAdapter[logging.Logger]):
    """aiohttp's own log, less what anybody could write into it.

    Of bytes that are no HTTP aiohttp would log a traceback which quotes them.
    """

    def exception(self, msg: object, *args: object, **more: Any) -> None:  # noqa: ANN401  logging's own
        """Log a fault whole, and of a request that is none only of what kind it was."""
        error = more.get("exc_info")
        if isinstance(error, HttpProcessingError):
            log.warning("request.refused", status=400, why=type(error).__name__)
        else:
            super().exception(msg, *args, **more)


async def listen(stack: AsyncExitStack, settings: Settings, parts: WebParts) -> int:
    """Serve these routes until the stack closes; return the port.

    Raise SettingsError if the address is taken.
    """
    runner = web.AppRunner(
        application(parts),
        access_log=None,
        logger=ServerLog(server_logger),
        handle_signals=False,
        shutdown_timeout=1.0,
        auto_decompress=False,  # it would unpack what nobody has let in yet
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    where = settings.http_host, settings.http_port
    try:
        await web.TCPSite(runner, *where).start()
    except OSError as error:
        raise SettingsError(
            f"Cannot listen on {where[0]}, port {where[1]} ({error.strerror}). Set "
            "TRIAGE_HTTP_HOST or TRIAGE_HTTP_PORT to another, or end what has it."
        ) from None
    return int(runner.addresses[0][1])


async def why_not_ready(
    bot: Bot, slack: SlackClient, sockets: Sockets | None
) -> Sequence[str]:
    """Say why the bot cannot do its job now; nothing if it can."""
    reasons = [await bot.store.ready() or "", slack.trouble, slack.clock.trouble()]
    if sockets:
        reasons.append(sockets.trouble())
    return [reason for reason in reasons if reason]
