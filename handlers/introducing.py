"""Learning from Slack who we are, and saying so to whoever asks meanwhile."""

import asyncio
from contextlib import AsyncExitStack

import structlog

from bot.app import Bot
from bot.errors import SettingsError
from bot.settings import Settings
from handlers.diagnostics import DiagnosticsRoute
from handlers.listeners import Identity
from handlers.listening import listen, why_not_ready
from handlers.slack import SlackClient, SlackTrouble
from handlers.web import WebParts

log = structlog.get_logger(__name__)


async def known(
    settings: Settings, bot: Bot, slack: SlackClient, retry: float
) -> Identity:
    """Ask Slack who we are; while it does not answer, say so to whoever asks us."""
    first = await _identity(slack)
    if first is not None:
        return first
    async with AsyncExitStack() as stack:
        parts = WebParts(
            edge=None,
            bolt=None,
            door=bot.door,
            record=bot.watch.record,
            ready=lambda: why_not_ready(bot, slack, None),
            foreground=bot.foreground,
            diagnostics=DiagnosticsRoute(bot.diagnostics_door, bot.rings),
        )
        await listen(stack, settings, parts)
        while True:
            await asyncio.sleep(retry)
            identity = await _identity(slack)
            if identity is not None:
                return identity


async def _identity(slack: SlackClient) -> Identity | None:
    """Ask Slack who we are; None if it does not answer, SettingsError if it refuses."""
    try:
        told = await slack.call("auth.test")
    except SlackTrouble as error:
        if _is_final(error):
            raise SettingsError(
                f"Slack does not take TRIAGE_SLACK_BOT_TOKEN: {error} Copy the token "
                "from «OAuth & Permissions» of the Slack app, installed there."
            ) from None
        log.warning("slack.unanswered", why=str(error))
        return None
    return Identity(
        team=str(told.get("team_id", "")),
        bot_id=str(told.get("bot_id", "")),
        bot_user=str(told.get("user_id", "")),
    )


_FINAL = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked"}
    | {"token_expired", "missing_scope"}
)


def _is_final(error: SlackTrouble) -> bool:
    return getattr(error, "code", "") in _FINAL
