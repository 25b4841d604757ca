"""A service and an engine over a real store, with scripted checks and actions."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.core.evidence import bad, ok
from bot.core.incident.commands import Open, Press, Start
from bot.core.incident.press import plan_digest
from bot.core.incident.state import Status, StepStatus, Verb
from bot.core.report import Report
from bot.engine.act import Actor
from bot.engine.authority import Authority
from bot.engine.engine import Engine, Hands
from bot.engine.filing import Filer
from bot.engine.foreground import Foreground
from bot.engine.look import Looker
from bot.engine.service import Service
from bot.store.store import Store
from tests.fakes.allowed import Known
from tests.fakes.filing import FakeIntake, FakeSource
from tests.fakes.scripted import (
    KICK,
    REPAIR,
    ROOM,
    RULES,
    ScriptedAction,
    ScriptedCheck,
    page,
)
from tests.fakes.world import FakeRooms, world

ANN, BEN = "U0ANN", "U0BEN"
CHANNEL = "C0HELP"
FAST = replace(
    RULES,
    verify=(timedelta(seconds=0.01), timedelta(seconds=0.02)),
    settle=(timedelta(0), timedelta(seconds=0.01)),
)
ACT = page("act", KICK)
SOON = 8.0
"""Seconds within which something must be seen; it is usually seen at once."""


def now():
    return datetime.now(UTC)


@dataclass
class MovableClock:
    """The time, and as much more as a test has let pass."""

    ahead: timedelta = timedelta(0)

    def __call__(self):
        return now() + self.ahead


@dataclass
class House:
    """What a bot has, but for Slack; `engine` runs while inside `running`."""

    store: Store
    checks: dict = field(default_factory=dict)
    actions: dict = field(default_factory=dict)
    rules: object = FAST
    now: Callable[[], datetime] = now
    source: FakeSource = field(default_factory=FakeSource)
    intake: FakeIntake = field(default_factory=FakeIntake)
    people: Known = field(default_factory=Known)
    rooms: FakeRooms = field(default_factory=FakeRooms)
    service: Service = field(init=False)
    engine: Engine = field(init=False)

    def __post_init__(self):
        defaults = {
            "endpoint": ScriptedCheck(
                lambda: bad("It is down.", {"endpoint.up": False})
            ),
            "people": ScriptedCheck(lambda: ok("Two.", {"room.people": 2})),
            "connected": ScriptedCheck(),
        }
        self.checks = {**defaults, **self.checks}
        self.actions = self.actions or {"kick": ScriptedAction()}
        self.restart()

    def restart(self, store=None):
        """Make service and engine anew, as a new process would."""
        numbers, refs = count(1), count(1)
        here = world(clock=self.now, rooms=self.rooms)
        self.service = Service(
            store=store or self.store,
            rules=self.rules,
            now=self.now,
            new_id=lambda: f"INC-{next(numbers)}",
        )
        looker = Looker(self.checks, here, lambda: f"ref-{next(refs)}")
        actor = Actor(self.service, self.actions, here, self.authority)
        filer = Filer(self.service, self.intake, self.source)
        hands = Hands(looker, actor, filer)
        self.engine = Engine(self.service, hands, Foreground(0.05))

    @property
    def authority(self):
        return Authority(self.rules.policy, self.people)

    @property
    def kick(self):
        return self.actions["kick"]

    @asynccontextmanager
    async def running(self):
        """Run the engine; at the end stop it as `serve` does."""
        task = asyncio.create_task(self.engine.run())
        try:
            yield self
        finally:
            await self.engine.stop(1.0)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def crash(self, task):
        """End everything at once, as when the process is killed."""
        left = [task, *self.engine._tasks.values()]
        for one in left:
            one.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def opened(self, room=ROOM, receipt=None):
        report = Report(room=room, participant="alice")
        incident = await self.service.open(
            Open(report, CHANNEL), by=ANN, receipt=receipt
        )
        if incident:
            await self.service.follow(incident)
        return incident

    async def state(self, incident="INC-1"):
        return await self.service.load(incident)

    async def until(self, true, incident="INC-1"):
        """Wait until it is true of the incident's state; return the state."""
        async with asyncio.timeout(SOON):
            while not true(state := await self.state(incident)):
                await self.service.bells.drawing.wait(0.05)
        return state

    async def ranked(self, incident="INC-1"):
        return await self.until(lambda state: state.ranking is not None, incident)

    async def at(self, status, incident="INC-1"):
        """Wait until the step whose turn it is has this status."""
        return await self.until(lambda state: stands(state) is status, incident)

    async def start(self, book=REPAIR, incident="INC-1"):
        await self.ranked(incident)
        return await self.service.change(incident, Start(book), by=ANN)

    async def press(self, verb, incident="INC-1", by=ANN):
        state = await self.state(incident)
        step = state.run.current()
        plan = plan_digest(step.plan) if verb is Verb.RUN else None
        press = Press(step.ref, verb, "So.", plan)
        return await self.service.change(incident, press, by=by)

    async def ready(self, book=ACT, incident="INC-1"):
        await self.start(book, incident)
        return await self.at(StepStatus.READY, incident)

    async def kinds(self, incident="INC-1"):
        return [event.body.kind for event in await self.service.events(incident)]


async def spoiled(store, table, incident):
    """Change an incident's rows as somebody would who has the database's file."""
    change = f"UPDATE {table} SET sealed = x'00' WHERE incident = ?"  # noqa: S608

    def spoil(connection):
        connection.execute("DROP TRIGGER IF EXISTS events_lose_nothing_but_their_words")
        assert connection.execute(change, (incident,)).rowcount

    await store._writer.submit(spoil)


def stands(state):
    step = state.run.current() if state.run else None
    return step.status if step else None


def step_of(state, number=1):
    return state.runs[-1].steps[number - 1]


def ended(state):
    return state.run is not None and state.run.current() is None


def resolved(state):
    return state.status is Status.RESOLVED
