"""A runbook walked through without touching anything: looks and plans, no acts.

It goes on from an incident's timeline in memory, by the same core as the real thing, so
that what it shows is what would be shown. None of its events is kept, nothing is
intended and no target is held; of the world it can only look.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from bot.core.actions import Effect
from bot.core.incident import events as e
from bot.core.incident.advance import pending
from bot.core.incident.apply import opened
from bot.core.incident.commands import (
    Block,
    Command,
    Context,
    Intend,
    Open,
    Prepared,
    ReportCheck,
)
from bot.core.incident.decide import decide, open_incident
from bot.core.incident.events import BOT, Body, Event, StepRef
from bot.core.incident.growing import numbered, with_what_follows
from bot.core.incident.state import Incident, Look, Status, StepState, StepStatus
from bot.core.incident.supposing import Case, Supposed, as_if, by_hand, supposed
from bot.core.locks import Capped
from bot.core.policy import Demand
from bot.core.report import Report
from bot.core.runbook.pages import Runbook, StepKind
from bot.engine.locks import Locks
from bot.engine.look import Looker
from bot.engine.planning import Planner, params_of, step_of
from bot.engine.service import Service

MOST_ROUNDS: Final = 50
"""How often one step is looked after: a guard whose facts never last must end."""
IMAGINED: Final = "dry-run"
"""The id of an incident that nobody opened."""
PASSED_ON: Final = "A dry run goes on here as if somebody had skipped it."


@dataclass(frozen=True)
class Moment:
    """A step as it would be shown, with the timeline up to then, kept nowhere."""

    state: Incident
    events: tuple[Event, ...]
    step: StepState
    demand: Demand | None
    """What the policy demands before the act; None: the step is none."""
    capped: Capped | None = None
    """The caps of the act; None: it is none, or nothing caps it."""
    cases: tuple[Supposed, ...] = ()
    """What may be the case after a press of Run; empty: it cannot be pressed."""
    ending: tuple[Event, ...] = ()
    """With the last step: the timeline as if all were done, and then resolved."""


@dataclass(frozen=True)
class _Tale:
    state: Incident
    events: tuple[Event, ...]
    instead: Mapping[int, tuple[Event, ...]] = field(default_factory=dict)
    """What would stand there in life, in place of each step that was passed over."""


@dataclass(frozen=True)
class DryRun:
    """Walks through runbooks; its looker and planner see a world that only looks."""

    service: Service
    looker: Looker
    planner: Planner

    async def imagined(
        self, report: Report, *, by: str
    ) -> tuple[Incident, tuple[Event, ...]]:
        """Return an incident that nobody opened, with what every new one looks at."""
        context = self._context(by)
        bodies = open_incident(Open(report=report, channel=""), context)
        (first,) = numbered(bodies[:1], after=0, at=context.now, by=by)
        tale = self._grown(_Tale(opened(IMAGINED, first), (first,)), bodies[1:], by)
        tale = await self._looked(tale, tuple(tale.state.unreported()))
        return tale.state, tale.events

    async def walk(
        self, state: Incident, events: Sequence[Event], book: Runbook, *, by: str
    ) -> AsyncIterator[Moment]:
        """Yield each step of the page as it would be shown to whoever starts it."""
        tale = self._start(_Tale(state, tuple(events)), book, by)
        shown = 0
        while shown < len(book.steps):
            tale = await self._until_it_waits(tale)
            cases = self._cases(tale, by)
            after = self._go_on(tale, cases, by)
            for step in _reached(tale, shown):
                shown = step.number
                moment = await self._moment(tale, step, cases)
                last = shown == len(book.steps)
                yield replace(moment, ending=self._ended(after, by)) if last else moment
            tale = after

    async def _moment(
        self, tale: _Tale, step: StepState, cases: tuple[Supposed, ...]
    ) -> Moment:
        if step.step.kind is not StepKind.ACTION:
            return Moment(tale.state, tale.events, step, None)
        rules, effect = self.service.rules, self._effect(step)
        demand = rules.policy.demand(effect)
        capped = await Locks(self.service).capped(tale.state, step.plan, effect)
        here = cases if _is_ready(step) else ()
        return Moment(tale.state, tale.events, step, demand, capped, here)

    def _cases(self, tale: _Tale, by: str) -> tuple[Supposed, ...]:
        """Return what may be the case if Run is pressed on the step that waits."""
        step = _current(tale)
        if step is None or step.plan is None or not _is_ready(step):
            return ()
        act = Intend(step.ref, step.plan, params_of(tale.state, step))
        # As of then its guard holds: later its facts may have grown old.
        context = Context(by=by, now=tale.events[-1].at, rules=self.service.rules)
        return tuple(supposed(tale.state, tale.events, act, context))

    def _ended(self, tale: _Tale, by: str) -> tuple[Event, ...]:
        return as_if(tale.state.id, tale.events, tale.instead, self._context(by))

    def _effect(self, step: StepState) -> Effect:
        return self.service.rules.effect(step.step.call.name if step.step.call else "")

    def _start(self, tale: _Tale, book: Runbook, by: str) -> _Tale:
        again = () if tale.state.status is Status.OPEN else (e.Reopened(),)
        started = e.RunbookStarted(
            slug=book.slug, title=book.title, page_hash=book.sha256, steps=book.steps
        )
        return self._grown(tale, (*again, started), by)

    def _go_on(self, tale: _Tale, cases: Sequence[Supposed], by: str) -> _Tale:
        step = _current(tale)
        if step is None:
            return tale
        done = _done(tale, cases) or by_hand(step, tale.events[-1], by)
        skipped = e.StepSettled(step=step.ref, how="skipped", words=PASSED_ON)
        after = self._grown(tale, (skipped,), BOT)
        told = {tale.state.seq + 1: done} if done else {}
        return replace(after, instead={**tale.instead, **told})

    async def _until_it_waits(self, tale: _Tale) -> _Tale:
        """Look and plan until the step whose turn it is waits for a person."""
        for _ in range(MOST_ROUNDS):
            work = pending(tale.state, self._now(), self.service.rules.settle)
            looks = [one for one in work.looks if _is_of_the_walk(tale, one)]
            if looks:
                tale = await self._looked(tale, looks)
            elif work.prepare:
                tale = await self._planned(tale, work.prepare)
            else:
                break
        return tale

    async def _looked(self, tale: _Tale, looks: Sequence[Look]) -> _Tale:
        seen = await asyncio.gather(*(self.looker.look(one.call) for one in looks))
        for look, (evidence, took) in zip(looks, seen, strict=True):
            report = ReportCheck(look.call.number, evidence, took)
            tale = self._told(tale, report)
        return tale

    async def _planned(self, tale: _Tale, ref: StepRef) -> _Tale:
        plan, why = await self.planner.plan(tale.state, ref)
        if plan is not None:
            effect = self._effect(step_of(tale.state, ref))
            locks = Locks(self.service)
            obstacle = await locks.obstacle(tale.state, plan, effect)
            if obstacle is not None:
                return self._told(tale, Block(ref, plan, obstacle))
        return self._told(tale, Prepared(ref, plan, why))

    def _told(self, tale: _Tale, command: Command) -> _Tale:
        bodies = decide(tale.state, command, self._context(BOT))
        return self._grown(tale, bodies, BOT)

    def _grown(self, tale: _Tale, bodies: Sequence[Body], by: str) -> _Tale:
        more, state = with_what_follows(tale.state, bodies, self._context(by))
        return replace(tale, state=state, events=(*tale.events, *more))

    def _context(self, by: str) -> Context:
        return Context(by=by, now=self._now(), rules=self.service.rules)

    def _now(self) -> datetime:
        return self.service.now()


def _current(tale: _Tale) -> StepState | None:
    return tale.state.run.current() if tale.state.run else None


def _is_ready(step: StepState) -> bool:
    return step.status is StepStatus.READY


def _done(tale: _Tale, cases: Sequence[Supposed]) -> tuple[Event, ...]:
    """Return what is told of an act that is done, and whose effect is seen."""
    good = [one for one in cases if one.case in (Case.DONE, Case.EFFECT)]
    return good[-1].events[len(tale.events) :] if good else ()


def _reached(tale: _Tale, shown: int) -> Iterator[StepState]:
    """Yield the steps that have had their turn since those that were shown."""
    run, current = tale.state.runs[-1], _current(tale)
    last = current.number if current else len(run.steps)
    yield from run.steps[shown:last]


def _is_of_the_walk(tale: _Tale, look: Look) -> bool:
    """Say whether it is this walk's own; the incident's looks are taken anyway."""
    step = look.call.step
    return step is not None and step.run == len(tale.state.runs)
