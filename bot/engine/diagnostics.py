"""The rings of posted diagnostics: sealed on the way in, opened on the way out."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.cohrtz.diagnostics import SyncEvent, from_json, to_json
from bot.store.rows import BatchRow
from bot.store.seal import Keyring, Place, SealBroken
from bot.store.store import Store
from bot.world.diagnostics import DiagnosticsOff, Recent

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rings:
    """The rings, as checks see them (bot.world.diagnostics), and as they are filled."""

    store: Store
    keys: Keyring
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
            key=self.keys.sealing,
            sealed=self.keys.seal(to_json(events), _place(batch)),
        )
        return batch, await self.store.add_batch(row)

    async def recent(self, room: str, since: datetime) -> Recent:
        """Return what came in since then; an event that came twice counts once."""
        events: dict[SyncEvent, None] = {}
        unreadable = 0
        for row in await self.store.batches(room, since):
            try:
                events.update(dict.fromkeys(self._opened(row)))
            except (SealBroken, ValueError):
                unreadable += 1
        if unreadable:
            log.warning("diagnostics.unreadable", batches=unreadable)
        ordered = sorted(events, key=lambda one: one.at)
        return Recent(events=ordered, unreadable=unreadable)

    def _opened(self, row: BatchRow) -> tuple[SyncEvent, ...]:
        return from_json(self.keys.open(row.sealed, _place(row.batch)))


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


def _place(batch: str) -> Place:
    return Place("diagnostics", "sealed", batch)
