"""Opening a form, within the time that Slack gives."""

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.errors import UsageError
from handlers.desk import Desk
from handlers.slack import SlackRejected, SlackTrouble

PATIENCE = 2.0
"""Seconds to wait for Slack: the person's own request must be answered in three."""


async def show(desk: Desk, trigger: str, view: Mapping[str, Any], instead: str) -> None:
    """Open a view; raise UsageError with what to do instead if Slack does not."""
    try:
        async with asyncio.timeout(PATIENCE):
            await desk.slack.call("views.open", trigger_id=trigger, view=view)
    except (SlackTrouble, TimeoutError) as error:
        why = error.code if isinstance(error, SlackRejected) else "it did not answer"
        raise UsageError(
            f"Slack did not let me open the form ({why}). {instead}"
        ) from None
