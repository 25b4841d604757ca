"""The address that we listen on, and whether we are ready."""

from collections.abc import Sequence
from contextlib import AsyncExitStack

from aiohttp import web

from bot.app import Bot
from bot.errors import SettingsError
from bot.settings import Settings
from handlers.slack import SlackClient
from handlers.socket import Sockets
from handlers.web import WebParts, application


async def listen(stack: AsyncExitStack, settings: Settings, parts: WebParts) -> int:
    """Serve these routes until the stack closes; return the port.

    Raise SettingsError if the address is taken.
    """
    runner = web.AppRunner(
        application(parts),
        access_log=None,
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
