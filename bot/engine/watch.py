"""Watches who comes and goes: records transitions and tells the incidents they touch.

Webhooks are lossy (a queue of 30 s, dropped beyond), so the rooms of unresolved
incidents are polled as well; the poll fills in what no webhook told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.core.incident.commands import See
from bot.core.incident.events import BOT
from bot.core.incident.state import Incident
from bot.core.incident.telling import gathered_since, gathers, may_tell
from bot.core.transitions import Transition
from bot.engine.foreground import Foreground
from bot.engine.rounds import rounds
from bot.engine.rows import transition_from, transition_row
from bot.engine.service import UNRESOLVED, Service
from bot.engine.states import states_of
from bot.errors import BotError, StoreError
from bot.store.rows import Head
from bot.store.store import Store

log = structlog.get_logger(__name__)

RECENT = timedelta(minutes=10)
"""How far back transitions are shown, and for how long an incident is fresh."""

REMINDED = 10
"""How many of the room's last transitions an incident begins with."""

GATHERED = 2_000
"""How many transitions that have gathered are read at a time, the last ones."""

EVERY = timedelta(seconds=15)
"""How often the room of a fresh incident is polled."""

SELDOM = timedelta(minutes=2)
"""How often the room of an incident that has been open for long is polled."""


class Poll(Protocol):
    """Finds the transitions that no webhook told of."""

    async def look(self, room: str) -> Sequence[Transition]:
        """Return the transitions of the room since the last look."""
        ...


@dataclass(frozen=True)
class Recorded:
    """The record of transitions, as checks see it (bot.world.transitions)."""

    store: Store

    async def recent(
        self, room: str, identity: str | None, since: datetime
    ) -> Sequence[Transition]:
        """Return what was recorded since then, oldest first."""
        rows = await self.store.transitions(room, identity=identity, since=since)
        return [transition_from(row) for row in rows]


class Watch:
    """Records transitions and tells the incidents of their room."""

    def __init__(self, service: Service, poll: Poll, foreground: Foreground) -> None:
        """Make a watch; `run` polls until cancelled."""
        self._service = service
        self._poll = poll
        self._foreground = foreground
        self._polled: dict[str, datetime] = {}
        self._rooms: dict[str, list[Head]] = {}
        self._as_of: int | None = None
        """The count of changes at which the rooms were read."""

    async def record(self, moves: Sequence[Transition]) -> int:
        """Keep the transitions that are new and tell the incidents; return how many.

        Incidents are told of known ones too (and know what they were told), so that a
        redelivery makes up for a telling that failed. Raise StoreError if one did.
        """
        if not moves:  # as in most rounds
            return 0
        store = self._service.store
        new = await store.add_transitions([transition_row(move) for move in moves])
        failed: list[StoreError] = []
        for room in dict.fromkeys(move.room for move in moves):
            of_room = [move for move in moves if move.room == room]
            failed.extend(await self._tell(room, of_room))
        if failed:
            raise failed[0]
        return new

    async def run(self) -> None:
        """Poll the rooms of unresolved incidents until cancelled."""
        await rounds(self._round, self._foreground, rest=1, failed="poll.failed")

    async def _round(self) -> None:
        rooms = await self._rooms_now()
        self._polled = {r: at for r, at in self._polled.items() if r in rooms}
        for room, of_room in rooms.items():
            if self._is_due(room, of_room[0]):
                self._polled[room] = self._service.now()
                await self._foreground.quiet()
                await self._look(room)
                await self._remind(room, of_room)

    async def _rooms_now(self) -> dict[str, list[Head]]:
        """Return the rooms of unresolved incidents, read if anything has changed."""
        count = self._service.bells.kept.count
        if count != self._as_of:
            heads = await self._service.store.heads(statuses=UNRESOLVED, limit=1_000)
            self._rooms, self._as_of = _by_room(heads), count
        return self._rooms

    def _is_due(self, room: str, head: Head) -> bool:
        now, last = self._service.now(), self._polled.get(room)
        every = EVERY if now - head.opened_at < RECENT else SELDOM
        return last is None or now - last >= every

    async def _look(self, room: str) -> None:
        try:
            await self.record(await self._poll.look(room))
        except BotError as error:
            log.info("poll.unanswered", why=str(error))

    async def _remind(self, room: str, heads: Sequence[Head]) -> None:
        """Tell the incidents what was recorded before they were opened, or gathered."""
        rows = await self._service.store.transitions(
            room, since=self._service.now() - RECENT, limit=REMINDED
        )
        if rows or await self._some_gather(heads):
            await self._tell(room, [transition_from(row) for row in rows])

    async def _some_gather(self, heads: Sequence[Head]) -> bool:
        states = await states_of(self._service, heads)
        return any(gathers(state) for state in states)

    async def _tell(self, room: str, moves: Sequence[Transition]) -> list[StoreError]:
        """Tell each incident of the room, whatever became of the others."""
        failed: list[StoreError] = []
        heads = await self._service.store.heads(
            statuses=UNRESOLVED, room=room, limit=1_000
        )
        for head in heads:
            try:
                await self._tell_one(head.incident, moves)
            except StoreError as error:
                log.warning("transition.untold", incident=head.incident, why=str(error))
                failed.append(error)
        return failed

    async def _tell_one(self, incident: str, moves: Sequence[Transition]) -> None:
        """Tell an incident, or leave it to gather if it was told enough for now."""
        state = await self._service.load(incident)
        if not may_tell(state, self._service.now()):
            return
        cut = False
        if gathers(state):
            moves, cut = await self._gathered(state)
        if moves:
            await self._service.change(incident, See(tuple(moves), cut), by=BOT)

    async def _gathered(self, state: Incident) -> tuple[list[Transition], bool]:
        """Read what has gathered for an incident; True if there was even more."""
        rows = await self._service.store.transitions(
            state.report.room, since=gathered_since(state), limit=GATHERED
        )
        return [transition_from(row) for row in rows], len(rows) == GATHERED


def _by_room(heads: Sequence[Head]) -> dict[str, list[Head]]:
    """Sort the heads that have a room, the newest of each room first."""
    rooms: dict[str, list[Head]] = {}
    for head in heads:
        if head.room:
            rooms.setdefault(head.room, []).append(head)
    return rooms
