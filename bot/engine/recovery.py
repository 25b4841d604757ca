"""The playbook of a rollback: an incident for each impacted room, one at a time.

A person names the rooms; the bot paces it. A room that has an open incident gets no
second one, so a crash between opening and writing it down opens nothing twice.
"""

from dataclasses import dataclass

import structlog

from bot.core.incident.commands import Open, Refuse, Spread, Start
from bot.core.incident.recovering import unrecovered
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Incident
from bot.core.policy import Deed
from bot.core.report import Report
from bot.core.rollback import Thresholds, page_for
from bot.engine.authority import Authority
from bot.engine.foreground import Foreground
from bot.engine.rounds import rounds
from bot.engine.service import UNRESOLVED, Service
from bot.engine.states import states_of
from bot.store.seal import SealBroken

log = structlog.get_logger(__name__)

MANY = 1_000


@dataclass(frozen=True)
class Recovery:
    """Opens the incidents that rollbacks were asked to open."""

    service: Service
    thresholds: Thresholds
    foreground: Foreground
    authority: Authority
    pace: float = 1.0
    """How many times faster than in life; only the rehearsal needs another than 1."""

    async def run(self) -> None:
        """Open one incident per rollback and pace, until cancelled."""
        await rounds(
            self.round,
            self.foreground,
            rest=self.thresholds.every / self.pace,
            failed="recovery.failed",
        )

    async def round(self) -> int:
        """Let each open rollback go on by one room; return how many went on."""
        heads = await self.service.store.heads(statuses=UNRESOLVED, room="", limit=MANY)
        states = await states_of(self.service, heads)
        waiting = [(one, room) for one in states for room in unrecovered(one)[:1]]
        for rollback, room in waiting:
            try:
                await self._recover(rollback, room)
            except SealBroken as broken:  # the other rollbacks go on
                log.warning("recovery.broken", incident=rollback.id, why=str(broken))
        return len(waiting)

    async def _recover(self, rollback: Incident, room: str) -> None:
        by = rollback.asked_by or rollback.opened_by
        ruling = await self.authority.rule(Deed.POLICY_BOUND, by)
        if not ruling.allows:
            log.warning("recovery.refused", incident=rollback.id, why=ruling.why)
            await self.service.change(rollback.id, Refuse(ruling), by=by)
            return
        incident = await self._incident(rollback, room, by)
        slug = await self._start(incident, by)
        await self.service.change(rollback.id, Spread(room, incident, slug), by=by)

    async def _incident(self, rollback: Incident, room: str, by: str) -> str:
        """Return the room's open incident, or open one in the rollback's channel."""
        heads = await self.service.store.heads(statuses=UNRESOLVED, room=room, limit=1)
        if heads:
            return heads[0].incident
        words = f"Recovery after the {rollback.report.title}."
        command = Open(Report(room=room, words=words), rollback.channel)
        opened = await self.service.open(command, by=by, receipt=None)
        if opened is None:
            raise NotNow(f"No incident could be opened for room {room}.")
        return opened

    async def _start(self, incident: str, by: str) -> str | None:
        """Start the page that the room's evidence speaks for; None if none does."""
        state = await self.service.load(incident)
        if state.run is not None:
            return state.run.slug
        book = self.service.rules.library.get(page_for(state) or "")
        if book is None:
            return None
        await self.service.change(incident, Start(book), by=by)
        return book.slug
