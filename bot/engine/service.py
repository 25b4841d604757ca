"""The verbs: each lets the core decide, and keeps what it says in one guarded batch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.core.incident.advance import next_due, pending
from bot.core.incident.apply import fold, opened
from bot.core.incident.commands import Command, Context, Open, Refuse, Rules
from bot.core.incident.decide import decide, open_incident
from bot.core.incident.erasing import Erase, Erasing, erase
from bot.core.incident.events import BOT, Body, Event
from bot.core.incident.growing import folded, numbered, with_what_follows
from bot.core.incident.refusal import NotNow, NotYours
from bot.core.incident.state import Incident, Status
from bot.engine.bell import Alarm, Bell, Tally, Waiting
from bot.engine.claims import claimed, settles
from bot.engine.memory import Memory
from bot.engine.rows import erasures, event_rows, events_from, head_of
from bot.engine.trail import Trail
from bot.errors import StoreError, UsageError
from bot.store.rows import Change, Commit, EventRow, Head, LinkRow
from bot.store.seal import SealBroken
from bot.store.store import Store

log = structlog.get_logger(__name__)

TRIES = 100
"""How often a change is decided anew when somebody else was first.

Each time somebody was, so it is also how many may change an incident at once.
"""

FIRST = 1
"""The number of the event that opens an incident."""

BELL_LOST = timedelta(seconds=5)
"""When work is looked for that waits at once, should nobody have heard the bell."""

_NOT_FREE = {
    Commit.TAKEN: "Another incident acts on that target.",
    Commit.CAPPED: "The policy allows no more such acts in that room now.",
}
"""Why the store refused an intent that the core let pass."""

UNRESOLVED = (Status.OPEN, Status.RESOLVING, Status.HELD)


@dataclass(frozen=True)
class Bells:
    """Who is told of a change: the engine, and whoever draws."""

    engine: Bell = field(default_factory=Bell)
    opened: Bell = field(default_factory=Bell)
    """Rung for a new incident: nobody presses there yet, so it may stand back."""
    drawing: Bell = field(default_factory=Bell)
    timers: Alarm = field(default_factory=Alarm)
    """Rung when an incident is to be woken at a later time."""
    notices: Bell = field(default_factory=Bell)
    """Rung when a message for one person was kept."""
    kept: Tally = field(default_factory=Tally)
    """Counts the changes that were kept, for those who look again and again."""
    waiting: Waiting = field(default_factory=Waiting)
    """The incidents that wait for a target, or whose button another may take away."""

    def ring_waiting(self, change: Change) -> None:
        """Tell the engine of a target that was taken or let go: who waited looks again.

        Locks and caps are of one room, so who waits in another need not.
        """
        told: tuple[str, ...] = ()
        if change.settles:
            told += self.waiting.let_go(change.head.incident)
        if change.act is not None:
            told += self.waiting.taken(change.act.incident, change.act.room)
        for incident in told:
            self.engine.ring(incident)


@dataclass(frozen=True)
class Service:
    """What people and the engine can do with incidents."""

    store: Store
    rules: Rules
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    bells: Bells = field(default_factory=Bells)
    memory: Memory[Incident] = field(default_factory=Memory)
    trail: Trail = field(default_factory=Trail)

    async def open(self, command: Open, *, by: str, receipt: str | None) -> str | None:
        """Open an incident and return its id; None if the receipt is known.

        `receipt` names the delivery that asked, so that the same form or command
        delivered twice opens one incident. What follows by itself is the engine's.
        """
        incident, context = self.new_id(), self._context(by)
        bodies = open_incident(command, context)
        events = numbered(bodies, after=0, at=context.now, by=by)
        state = folded(opened(incident, events[0]), events[1:])
        kept = await self._commit(state, events, receipt)
        if kept is Commit.REPEATED:
            return None
        if kept is Commit.STALE:
            raise StoreError("The new incident's id is taken; please try again.")
        return incident

    async def change(
        self, incident: str, command: Command, *, by: str, receipt: str | None = None
    ) -> Incident:
        """Let the core decide on a command; raise NotNow if it refuses.

        When somebody else was first it is decided anew on what they left, so exactly
        one of two presses wins and the other is refused with who won. That somebody
        else must do it (NotYours) is written down, as what the policy refuses is.
        """
        try:
            return await self._settle(
                incident, lambda state, ctx: decide(state, command, ctx), by, receipt
            )
        except NotYours as refused:
            await self.change(incident, Refuse(refused.ruling, refused.step), by=by)
            raise

    async def follow(self, incident: str) -> Incident:
        """Let happen what follows by itself now, and return the state."""
        return await self._settle(incident, lambda *_: (), BOT, None)

    async def load(self, incident: str) -> Incident:
        """Return the incident's state; raise UsageError if there is none."""
        known = self.memory.get(incident)
        if known is not None:
            return known
        state = fold(incident, await self.events(incident))
        self.memory.keep(state)
        return self.memory.get(incident) or state  # a later one may be known by now

    async def events(self, incident: str) -> tuple[Event, ...]:
        """Return the incident's timeline; raise UsageError if there is none."""
        rows = await self.store.events(incident)
        if not rows:
            raise UsageError(f"There is no incident {incident}.")
        return events_from(rows, await self.store.links(incident))

    async def events_after(self, incident: str, seq: int) -> tuple[Event, ...]:
        """Return the events of the incident's timeline that follow one of them."""
        rows = await self.store.events(incident, seq)
        links = await self.store.links(incident, seq) if rows else ()
        return events_from(rows, links)

    async def latest(self, channel: str) -> Head | None:
        """Return the channel's incident: the newest unresolved, else the newest.

        Raises SealBroken if it does not open: another must not stand in for it.
        """
        unresolved = await self.store.newest(channel, UNRESOLVED)
        return unresolved or await self.store.newest(channel)

    async def chain_the_rest(self) -> int:
        """Make the trail of incidents from before there was one; return how many.

        It says of their events what they were when it began. An incident that does not
        open gets none, and is told in the log: the others must not wait for it.
        """
        chained = 0
        for incident in await self.store.unlinked():
            try:
                rows = await self.store.events(incident)
                links = await self.trail.links(self.store, rows[-1:])
            except SealBroken as broken:
                log.warning("trail.broken", incident=incident, why=str(broken))
                continue
            await self.store.add_links(links)
            chained += 1
        return chained

    async def erase(self, incident: str, wish: Erase) -> tuple[int, ...]:
        """Erase the words of an event; return the events that lost theirs.

        Raises NotNow if that event has none. They are gone from the database's free
        space as well, and from its write-ahead log, unless another program reads it.
        """
        for _ in range(TRIES):
            events = await self.events(incident)
            erasing = erase(events, wish)
            records = numbered(erasing.records, events[-1].seq, wish.at, wish.by)
            state = fold(incident, (*_without_words(events, erasing), *records))
            kept = await self._commit(state, records, None, erasing.left)
            if kept is Commit.DONE:
                await self.store.check_point()
                return tuple(sorted(erasing.left))
        raise StoreError("Too many changes at once; please try again.")

    async def _settle(
        self,
        incident: str,
        choose: Callable[[Incident, Context], Sequence[Body]],
        by: str,
        receipt: str | None,
    ) -> Incident:
        for _ in range(TRIES):
            state, context = await self.load(incident), self._context(by)
            try:
                bodies = choose(state, context)
            except NotNow:
                if receipt is not None and await self.store.seen(receipt):
                    return state  # refused only because it was done the first time
                raise
            events, after = with_what_follows(state, bodies, context)
            if not events:
                return state
            kept = await self._commit(after, events, receipt)
            if kept is Commit.DONE:
                return after
            if self.memory.get(incident) is state:
                self.memory.forget(incident)  # whoever was first, it was not by us
            if kept is Commit.REPEATED:
                return await self.load(incident)
            _must_be_free(kept)
        raise StoreError("Too many changes at once; please try again.")

    async def _commit(
        self,
        state: Incident,
        events: Sequence[Event],
        receipt: str | None,
        left: Mapping[int, Body] | None = None,
    ) -> Commit:
        rows = event_rows(state.id, events)
        change = Change(
            head=head_of(state),
            events=rows,
            receipt=receipt,
            wake=self._wake(state, events),
            links=await self._links(rows),
            erasures=erasures(left or {}),
            act=claimed(state.id, events, self.rules),
            settles=settles(events),
        )
        # Whoever asked may be cancelled; what was kept must be known here all the same.
        return await self.store.commit(change, partial(self._kept, change, state))

    async def _links(self, rows: Sequence[EventRow]) -> tuple[LinkRow, ...]:
        """Return the links of a batch; an opening is chained with what follows it.

        Nobody has seen anything of it until then (DESIGN.md).
        """
        if rows[0].seq == FIRST:
            return ()
        return await self.trail.links(self.store, rows)

    def _kept(self, change: Change, state: Incident, kept: Commit) -> None:
        if kept is not Commit.DONE:
            return
        self.memory.keep(state)
        self.trail.kept(change.links)
        self.bells.kept.add()
        if change.expected:
            self.bells.engine.ring(state.id)
            self.bells.drawing.ring(state.id)
        else:  # it is drawn with what the engine asks for
            self.bells.opened.ring(state.id)
        self.bells.ring_waiting(change)
        if change.wake is not None:
            ahead = (change.wake - self.now()).total_seconds()
            self.bells.timers.ring(max(ahead, 0.0))

    def _wake(self, state: Incident, events: Sequence[Event]) -> datetime | None:
        """Return when the engine must look again, should the bell be lost.

        What the engine itself changed it is about to look at anyway, what is new it
        finds when it sweeps, and at start it looks at everything that is not resolved.
        Of what is resolved it knows by this alone.
        """
        now = self.now()
        due = next_due(state, now, self.rules.settle)
        swept = state.status is not Status.RESOLVED
        heard = swept and (events[0].by == BOT or events[0].seq == FIRST)
        if heard or not pending(state, now, self.rules.settle):
            return due
        return min(now + BELL_LOST, due) if due else now + BELL_LOST

    def _context(self, by: str) -> Context:
        return Context(by=by, now=self.now(), rules=self.rules)


def _must_be_free(kept: Commit) -> None:
    if kept in _NOT_FREE:
        raise NotNow(_NOT_FREE[kept])


def _without_words(events: Sequence[Event], erasing: Erasing) -> Iterator[Event]:
    for event in events:
        yield event._replace(body=erasing.left.get(event.seq, event.body))
