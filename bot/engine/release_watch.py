"""Watches the incidents since a release, and proposes a rollback when triggers trip.

It only ever proposes: an event on the release's timeline, with its evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.core.incident.commands import Propose
from bot.core.incident.events import BOT
from bot.core.incident.state import Incident
from bot.core.release import released_at
from bot.core.report import Subject
from bot.core.rollback import Thresholds, tripped
from bot.engine.foreground import Foreground
from bot.engine.rounds import rounds
from bot.engine.service import UNRESOLVED, Service
from bot.engine.states import states_of

log = structlog.get_logger(__name__)

EVERY = 15.0
"""Seconds between two looks over the incidents."""
MANY = 1_000
"""How many incidents, the newest, are looked over."""


@dataclass(frozen=True)
class ReleaseWatch:
    """Tells the open releases which rollback triggers have tripped."""

    service: Service
    thresholds: Thresholds
    foreground: Foreground
    pace: float = 1.0
    """How many times faster than in life; only the rehearsal needs another than 1."""

    async def run(self) -> None:
        """Look again and again until cancelled."""
        await rounds(
            self.round,
            self.foreground,
            rest=EVERY / self.pace,
            failed="release.unwatched",
        )

    async def round(self) -> int:
        """Look once over all; return how many triggers were newly proposed."""
        releases = await self._releases()
        if not releases:
            return 0
        states = await self._since(min(at for _, at in releases))
        return sum([await self._tell(one, at, states) for one, at in releases])

    async def _releases(self) -> list[tuple[Incident, datetime]]:
        """Return the releases that are published and not yet settled, and since when.

        Once the last step is confirmed the release has settled.
        """
        heads = await self.service.store.heads(statuses=UNRESOLVED, room="", limit=MANY)
        states = await states_of(self.service, heads)
        return [
            (one, at)
            for one in states
            if one.report.about is Subject.RELEASE
            and (at := released_at(one))
            and one.run
            and one.run.current()
        ]

    async def _since(self, released: datetime) -> list[Incident]:
        heads = await self.service.store.heads(statuses=None, limit=MANY)
        wanted = (one for one in heads if one.room and one.opened_at >= released)
        return await states_of(self.service, wanted)

    async def _tell(
        self, release: Incident, at: datetime, states: Sequence[Incident]
    ) -> int:
        known = {one.trigger for one in release.proposals}
        found = tripped(states, at, self.thresholds)
        new = [one for one in found if one.trigger not in known]
        for one in new:
            told = Propose(one.trigger, one.needed, one.incidents, one.rooms)
            await self.service.change(release.id, told, by=BOT)
        return len(new)
