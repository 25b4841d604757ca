"""Who came and went: the record of connection state transitions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.core.transitions import Move, Transition

__all__ = ["Move", "Transition", "Transitions"]


class Transitions(Protocol):
    """The record of transitions, oldest first."""

    async def recent(
        self, room: str, identity: str | None, since: datetime
    ) -> Sequence[Transition]:
        """Return what was recorded since then, of one identity or of all."""
        ...
