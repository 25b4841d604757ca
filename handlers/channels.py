"""Whether a channel is shared with another company: no incident is shown there."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import structlog

from handlers.asking import FRESH, SOON, Asking
from handlers.groups import PATIENCE
from handlers.slack import SlackClient, SlackRejected, SlackTrouble

log = structlog.get_logger(__name__)

MANY = 2_000
PAGE = 200

SHARED = "channel_is_shared"
"""Our own code, beside Slack's, for why nothing is posted."""

REFUSAL = (
    "This channel is shared with another company, and what an incident shows is "
    "internal. Open it in a channel of your own workspace."
)

_DIRECT = "D"
"""How the id of a direct conversation with the bot begins: nobody else is in it."""

_NO_CHANNELS = "unknown_method"
"""What a double of Slack answers that keeps no channels; Slack itself never does."""


class Channels:
    """Remembers which channels are shared; asks Slack once for each at a time."""

    def __init__(self, slack: SlackClient) -> None:
        """Ask this Slack."""
        self._slack = slack
        self._known: dict[str, tuple[bool, float]] = {}
        self._asking = Asking("channels", self._ask)

    async def prefetch(self) -> None:
        """Learn of the channels that there are, so that no command waits for Slack."""
        cursor: str | None = None
        try:
            while True:
                told = await self._slack.call(
                    "conversations.list", types=_KINDS, limit=PAGE, cursor=cursor
                )
                for one in told.get("channels") or ():
                    self.learn(str(one.get("id")), shared=_is_shared(one))
                cursor = (told.get("response_metadata") or {}).get("next_cursor")
                if not cursor or len(self._known) >= MANY:
                    return
        except SlackTrouble as error:
            log.warning("channels.not_prefetched", why=str(error))

    async def seems_shared(self, channel: str) -> bool:
        """Say whether it is known, or Slack says in time, that the channel is shared.

        If it does not say, its older word counts, and nothing is shown there before it
        does: see `must_be_ours`.
        """
        told = self._remembered(channel)
        if told is not None:
            return told
        older = self._known.get(channel)
        try:
            async with asyncio.timeout(SOON if older else PATIENCE):
                return await self.shared(channel)
        except (SlackTrouble, TimeoutError) as error:
            log.info("channel.unknown", kind=type(error).__name__)
            return older is not None and older[0]

    async def must_be_ours(self, channel: str) -> None:
        """Raise SlackRejected if the channel is shared, SlackTrouble if unknown."""
        if await self.shared(channel):
            raise SlackRejected(SHARED)

    async def shared(self, channel: str) -> bool:
        """Say whether people of another company are in the channel, or invited."""
        told = self._remembered(channel)
        if told is not None:
            return told
        return await self._asking.about(channel)

    def _remembered(self, channel: str) -> bool | None:
        """Say what is known well enough; None: Slack must be asked."""
        if channel.startswith(_DIRECT):
            return False
        told, at = self._known.get(channel, (False, float("-inf")))
        return told if time.monotonic() - at <= FRESH else None

    def learn(self, channel: str, *, shared: bool) -> None:
        """Remember what Slack said by the way."""
        self._known.pop(channel, None)
        if len(self._known) >= MANY:
            self._known.pop(next(iter(self._known)))
        self._known[channel] = (shared, time.monotonic())

    async def _ask(self, channel: str) -> bool:
        try:
            told = await self._slack.call("conversations.info", channel=channel)
        except SlackRejected as error:
            if error.code != _NO_CHANNELS:
                raise
            told = {}
        shared = _is_shared(told.get("channel") or {})
        self.learn(channel, shared=shared)
        return shared


def _is_shared(channel: Mapping[str, Any]) -> bool:
    return any(channel.get(flag) for flag in _FLAGS)


_KINDS = "public_channel,private_channel"
_FLAGS = ("is_ext_shared", "is_pending_ext_shared")
