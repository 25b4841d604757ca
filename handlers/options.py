"""Type-ahead: the open rooms of LiveKit; who is in the chosen one, or was of late."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from bot.errors import BotError
from bot.world.rooms import Rooms
from bot.world.transitions import Transitions
from handlers import payloads
from handlers.render import form
from handlers.transitions import RECENT

log = structlog.get_logger(__name__)

PATIENCE = 2.0
"""Seconds: Slack waits three for the options."""

KEPT = 3.0
"""Seconds that an answer is used again: a person types letter by letter."""

MANY = 200

SILENT = "LiveKit does not answer"
"""The heading over what was typed, when there is nothing else to offer."""

Names = Sequence[str] | None


class Offers:
    """Answers what the selects of the form ask for."""

    def __init__(
        self, rooms: Rooms, recorded: Transitions, now: Callable[[], datetime]
    ) -> None:
        """Look names up in the rooms of the deployment and in the record."""
        self._rooms = rooms
        self._recorded = recorded
        self._now = now
        self._kept: dict[str, tuple[float, Names]] = {}

    async def offer(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options for a block_suggestion.

        When LiveKit does not answer, what was typed is offered all the same: the
        room that is triaged may well be one that nobody can reach.
        """
        typed = payloads.typed(body)
        if body.get("action_id") == form.ROOM:
            return _offered(await self._names(""), typed)
        room = payloads.view_values(body).get(form.ROOM) or ""
        return _offered(await self._names(room) if room else (), typed)

    async def _names(self, room: str) -> Names:
        """Return the names, of a moment ago if need be; None: LiveKit is silent."""
        kept = self._kept.get(room)
        if kept and time.monotonic() - kept[0] < KEPT:
            return kept[1]
        names: Names = None
        try:
            async with asyncio.timeout(PATIENCE):
                names = await self._asked(room)
        except (BotError, TimeoutError) as error:
            log.info("options.unanswered", kind=type(error).__name__)
        if len(self._kept) > MANY:
            self._kept.clear()
        self._kept[room] = (time.monotonic(), names)
        return names

    async def _asked(self, room: str) -> Sequence[str]:
        if not room:
            return sorted(one.name for one in await self._rooms.rooms())
        people = await self._rooms.participants(room)
        there = {one.identity for one in people if not one.hidden}
        return sorted(there | await self._of_late(room))

    async def _of_late(self, room: str) -> set[str]:
        """Return who came or went a short while ago: the one who was lost is sought."""
        moves = await self._recorded.recent(room, None, self._now() - RECENT)
        return {move.identity for move in moves}


def _offered(names: Names, typed: str) -> dict[str, Any]:
    offered = form.options(names or (), typed)
    if names is not None or not offered["options"]:
        return offered
    label = {"type": "plain_text", "text": SILENT}
    return {"option_groups": [{"label": label, **offered}]}
