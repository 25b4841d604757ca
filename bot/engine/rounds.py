"""Looking again and again: what a watch does between two rests."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.engine.foreground import Foreground
from bot.errors import BotError

log = structlog.get_logger(__name__)


async def rounds(
    look: Callable[[], Awaitable[object]],
    foreground: Foreground,
    *,
    rest: float,
    failed: str,
) -> None:
    """Look when it is quiet and rest for so many seconds, until cancelled.

    A look that raises BotError is logged as the event `failed`; the next one is taken.
    """
    while True:
        await foreground.quiet()
        try:
            await look()
        except BotError as error:
            log.warning(failed, why=str(error))
        await asyncio.sleep(rest)
