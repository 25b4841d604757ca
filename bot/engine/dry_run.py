"""A runbook walked through without touching anything: looks and plans, no acts.

It goes on from an incident's timeline in memory, by the same core as the real thing, so
that what it shows is what would be shown. None of its events is kept, nothing is
intended and no target is held; of the world it can only look.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.core.incident import events as e
from bot.core.incident.advance import pending
from bot.core.incident.apply import opened
from bot.core.incident.commands import (
    Block,
    Command,
    Context,
    Open,
    Prepared,
    ReportCheck,
)
from bot.core.incident.decide import decide, open_incident
from bot.core.incident.events import BOT, Body, Event, StepRef
from bot.core.incident.growing import numbered, with_what_follows
from bot.core.incident.state import Incident, Look, Status, StepState
from bot.core.policy import Demand
from bot.core.report import Report
from bot.core.runbook.pages import Runbook, StepKind
from bot.engine.locks import Locks
from bot.engine.look import Looker
from bot.engine.planning import Planner, step_of
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


@dataclass(frozen=True)
class _Tale:
    state: Incident
    events: tuple[Event, ...]


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
            for step in _reached(tale, shown):
                yield Moment(tale.state, tale.events, step, self._demand(step))
                shown = step.number
            tale = self._go_on(tale)

    def _demand(self, step: StepState) -> Demand | None:
        if step.step.kind is not StepKind.ACTION:
            return None
        rules, call = self.service.rules, step.step.call
        return rules.policy.demand(rules.effect(call.name if call else ""))

    def _start(self, tale: _Tale, book: Runbook, by: str) -> _Tale:
        again = () if tale.state.status is Status.OPEN else (e.Reopened(),)
        started = e.RunbookStarted(
            slug=book.slug, title=book.title, page_hash=book.sha256, steps=book.steps
        )
        return self._grown(tale, (*again, started), by)

    def _go_on(self, tale: _Tale) -> _Tale:
        step = _current(tale)
        if step is None:
            return tale
        skipped = e.StepSettled(step=step.ref, how="skipped", words=PASSED_ON)
        return self._grown(tale, (skipped,), BOT)

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
            call = step_of(tale.state, ref).step.call
            effect = self.service.rules.effect(call.name if call else "")
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
        return _Tale(state, (*tale.events, *more))

    def _context(self, by: str) -> Context:
        return Context(by=by, now=self._now(), rules=self.service.rules)

    def _now(self) -> datetime:
        return self.service.now()


def _current(tale: _Tale) -> StepState | None:
    return tale.state.run.current() if tale.state.run else None


def _reached(tale: _Tale, shown: int) -> Iterator[StepState]:
    """Yield the steps that have had their turn since those that were shown."""
    run, current = tale.state.runs[-1], _current(tale)
    last = current.number if current else len(run.steps)
    yield from run.steps[shown:last]


def _is_of_the_walk(tale: _Tale, look: Look) -> bool:
    """Say whether it is this walk's own; the incident's looks are taken anyway."""
    step = look.call.step
    return step is not None and step.run == len(tale.state.runs)
