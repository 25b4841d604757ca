"""The engine: finds the incidents with something to do, and does it.

Nothing is queued but what the store says: the engine is rung when an incident changed,
wakes when a timer is due, and sweeps all unresolved incidents at start and now and
then, so a lost ring costs time and nothing else. Incidents are driven side by side, and
so are the looks of one incident.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars

from bot.core.incident.advance import pending
from bot.core.incident.commands import ReportCheck
from bot.core.incident.events import BOT, StepRef
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Incident, Look, Status
from bot.engine.act import Actor
from bot.engine.filing import Filer
from bot.engine.foreground import Foreground
from bot.engine.look import Looker
from bot.engine.service import UNRESOLVED, Service

log = structlog.get_logger(__name__)

SWEEP = timedelta(seconds=45)
"""How often every unresolved incident is looked at, rung or not."""

MAX_LOOKS = 64
"""How many looks are taken at a time, over all incidents."""

BATCH = 200
"""How many due incidents are taken from the store at a time."""

REST = 5.0
"""Seconds that an incident rests after its work failed, as when the disk is full."""

NAP = 1.0
"""Seconds until wakes that are due, and could not be taken yet, are looked at again."""

END = 1.0
"""Seconds that work which was cancelled has to end."""

Key = tuple[str, str, int]
Work = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Hands:
    """Those who do the work."""

    looker: Looker
    actor: Actor
    filer: Filer


class Engine:
    """Drives the incidents of one store."""

    def __init__(self, service: Service, hands: Hands, foreground: Foreground) -> None:
        """Make an engine; `run` starts it."""
        self._service = service
        self._hands = hands
        self._foreground = foreground
        self._room = asyncio.Semaphore(MAX_LOOKS)
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._resting: dict[str, asyncio.TimerHandle] = {}
        self._stopping = False

    async def run(self) -> None:
        """Drive incidents until cancelled; see `stop` for what is under way."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hear())
            tasks.create_task(self._welcome())
            tasks.create_task(self._mind_the_clock())

    async def _hear(self) -> None:
        """Drive what has changed, at once: no query stands before a press."""
        while True:
            changed = await self._service.bells.engine.wait(SWEEP.total_seconds())
            for incident in changed:
                self._drive_soon(incident)

    async def _welcome(self) -> None:
        """Drive what was opened: in a burst one by one, at no cost while they wait."""
        loop = asyncio.get_running_loop()
        while True:
            opened = await self._service.bells.opened.wait(SWEEP.total_seconds())
            since = loop.time()
            for incident in opened:
                await self._foreground.quiet(since)
                self._drive_soon(incident, stood_back=True)

    async def _mind_the_clock(self) -> None:
        """Drive what is due, and now and then everything that is not resolved."""
        loop = asyncio.get_running_loop()
        swept = loop.time() - SWEEP.total_seconds()
        while True:
            if loop.time() - swept >= SWEEP.total_seconds():
                swept = loop.time()
                await self._sweep()
            now = self._service.now()
            for incident in await self._service.store.due(now, BATCH):
                self._drive_soon(incident, taken=now)
            await self._service.bells.timers.sleep(await self._rest())

    async def stop(self, seconds: float) -> None:
        """Begin nothing new, cancel what can be done again, let acts finish.

        Acts have so many seconds. What they leave open is a doubt at the next start.
        """
        self._stopping = True
        for handle in self._resting.values():
            handle.cancel()
        acting = {t for key, t in self._tasks.items() if key[1] == "act"}
        others = set(self._tasks.values()) - acting
        _cancel(others)
        if acting:
            await asyncio.wait(acting, timeout=seconds)
        _cancel(acting)
        left = {task for task in acting | others if not task.done()}
        if left:
            await asyncio.wait(left, timeout=END)
        for key in [key for key, task in self._tasks.items() if task.done()]:
            del self._tasks[key]  # cancelled before it began

    async def _sweep(self) -> None:
        for head in await self._service.store.heads(statuses=UNRESOLVED, limit=10_000):
            self._drive_soon(head.incident)

    async def _rest(self) -> float:
        due = await self._service.store.next_due()
        if due is None:
            return SWEEP.total_seconds()
        seconds = (due - self._service.now()).total_seconds()
        return min(seconds + 0.001, SWEEP.total_seconds()) if seconds > 0 else NAP

    def _drive_soon(
        self, incident: str, taken: datetime | None = None, *, stood_back: bool = False
    ) -> None:
        key = (incident, "drive", 0)
        if self._stopping or incident in self._resting:
            return
        if key in self._tasks:
            self._again.add(incident)
            return
        self._spawn(key, partial(self._drive, incident, taken, stood_back=stood_back))

    async def _drive(
        self, incident: str, taken: datetime | None, *, stood_back: bool
    ) -> None:
        self._again.discard(incident)
        if not stood_back and await self._nobody_waits(incident):
            await self._foreground.quiet()
        await self._hands.actor.unblock(incident)
        state = await self._service.follow(incident)
        waits = self._begin(state)
        if taken is not None:
            again = waits and state.status is Status.RESOLVED
            await self._woken(state.id, taken, again=again)

    async def _woken(self, incident: str, taken: datetime, *, again: bool) -> None:
        """Delete the wakes that were taken.

        No sweep finds a resolved incident, so what it waits for wakes it again: the
        process may die before that is done.
        """
        store = self._service.store
        if again:
            await store.wake(incident, self._service.now() + SWEEP)
        await store.woken(incident, taken)
        self._service.bells.timers.ring()  # the next wake may be sooner than a nap

    async def _nobody_waits(self, incident: str) -> bool:
        """Say whether it is new: nobody presses before a runbook is started."""
        return not (await self._service.load(incident)).runs

    def _begin(self, state: Incident) -> bool:
        """Begin what there is to do; say whether there is anything."""
        work = pending(state, self._service.now(), self._service.rules.settle)
        actor, acting = self._hands.actor, (state.id, "act", 0)
        for look in work.looks:
            key = (state.id, "look", look.call.number)
            self._once(key, partial(self._look, state.id, look))
        if work.files:
            read = partial(self._hands.filer.read, state.id, work.files)
            self._once((state.id, "files", 0), read)
        if work.prepare:
            self._once(acting, partial(actor.prepare, state, work.prepare))
        if work.act:
            self._once(acting, partial(self._act, state, work.act))
        if work.settle:
            self._once(acting, partial(actor.settle, state, work.settle))
        return bool(work)

    def _once(self, key: Key, work: Work) -> None:
        if key not in self._tasks and not self._stopping:
            self._spawn(key, work)

    def _spawn(self, key: Key, work: Work) -> None:
        task = asyncio.create_task(self._guarded(key, work), name="/".join(key[:2]))
        self._tasks[key] = task

    async def _guarded(self, key: Key, work: Work) -> None:
        incident, what, _ = key
        with bound_contextvars(incident=incident):
            try:
                await work()
            except Exception:
                log.exception("engine.failed", what=what)
                self._rest_then_ring(incident)
                return
            finally:
                del self._tasks[key]
        if what != "drive" or incident in self._again:
            self._service.bells.engine.ring(incident)

    def _rest_then_ring(self, incident: str) -> None:
        """Try anew after a rest: a fault that stays must not become a busy loop."""
        if incident not in self._resting and not self._stopping:
            loop = asyncio.get_running_loop()
            self._resting[incident] = loop.call_later(REST, self._rested, incident)

    def _rested(self, incident: str) -> None:
        del self._resting[incident]
        self._service.bells.engine.ring(incident)

    async def _act(self, state: Incident, step: StepRef) -> None:
        """Act; drawings and looks stand back, for somebody has pressed and waits."""
        with self._foreground.serving():
            await self._hands.actor.act(state, step)

    async def _look(self, incident: str, look: Look) -> None:
        await self._foreground.quiet()
        async with self._room:
            evidence, took = await self._hands.looker.look(look.call)
        report = ReportCheck(look.call.number, evidence, took)
        try:
            await self._service.change(incident, report, by=BOT)
        except NotNow as refused:
            log.info("look.overtaken", why=refused.reason)


def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
