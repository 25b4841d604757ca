"""The rings of posted diagnostics, as checks see them and as they are filled."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.cohrtz.diagnostics import SyncEvent, from_json, to_json
from bot.store.rows import BatchRow
from bot.store.store import Store
from bot.world.diagnostics import DiagnosticsOff, Recent

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rings:
    """The rings, as checks see them (bot.world.diagnostics), and as they are filled."""

    store: Store
    now: Callable[[], datetime]

    async def keep(
        self, room: str, body: bytes, events: tuple[SyncEvent, ...]
    ) -> tuple[str, bool]:
        """Keep a batch; return its name, and whether it is new.

        The name is made of the room and the body, so the same bytes are one batch
        however often they come. Raises StoreError.
        """
        batch = _name(room, body)
        row = BatchRow(
            room=room,
            batch=batch,
            at=self.now(),
            events=len(events),
            body=to_json(events),
        )
        return batch, await self.store.add_batch(row)

    async def recent(self, room: str, since: datetime) -> Recent:
        """Return what came in since then; an event that came twice counts once."""
        events: dict[SyncEvent, None] = {}
        unreadable = 0
        for row in await self.store.batches(room, since):
            try:
                events.update(dict.fromkeys(_read(row)))
            except ValueError:
                unreadable += 1
        if unreadable:
            log.warning("diagnostics.unreadable", batches=unreadable)
        ordered = sorted(events, key=lambda one: one.at)
        return Recent(events=ordered, unreadable=unreadable)


@dataclass(frozen=True)
class NoRings:
    """What stands for the rings while no diagnostics are taken."""

    why: str

    async def recent(self, room: str, since: datetime) -> Recent:  # noqa: ARG002  the Protocol
        """Raise DiagnosticsOff."""
        raise DiagnosticsOff(self.why)


def _name(room: str, body: bytes) -> str:
    """Name a batch; the room's length comes first, so that no two are alike."""
    named = room.encode()
    return hashlib.sha256(b"%d:%b%b" % (len(named), named, body)).hexdigest()


def _read(row: BatchRow) -> tuple[SyncEvent, ...]:
    """Read a batch's events; raise ValueError if it does not open or is none."""
    if row.body is None:
        raise ValueError("it does not open")
    return from_json(row.body)
