"""What the devices in a room say about their sync: the diagnostics that were posted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.cohrtz.diagnostics import SyncEvent
from bot.errors import WorldError

__all__ = ["Diagnostics", "DiagnosticsOff", "Recent", "SyncEvent"]


class DiagnosticsOff(WorldError):  # noqa: N818  named for what is the case
    """No diagnostics are taken here; the text says what is not set."""


@dataclass(frozen=True)
class Recent:
    """What the ring of a room holds: by the devices' own clocks, oldest first."""

    events: Sequence[SyncEvent]
    unreadable: int = 0
    """Batches that are there and do not open: somebody changed them."""


class Diagnostics(Protocol):
    """The rings of recent events, one a room."""

    async def recent(self, room: str, since: datetime) -> Recent:
        """Return what came in since then (by our clock); raise DiagnosticsOff."""
        ...
