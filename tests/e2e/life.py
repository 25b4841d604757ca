"""A life of the bot that ends at a chosen point: what counts, and what is cut off.

A point is a write to the database, a call over the network, or work of a process of its
own; they are counted by their kind. The bot's tasks are known by a context variable
that they inherit from the task that started the bot; the simulated Slack and Cohrtz run
in the same loop and live on.
"""

import asyncio
import weakref
from collections import Counter
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from aiohttp import web

from bot.errors import StoreError
from bot.store.rows import Commit, EventRow
from bot.store.writer import Writer
from handlers.serve import Loops

TIDY = 60.0
"""Seconds that a dead bot's tasks may take to be gone."""

ASYNCIOS = ("_accept_connection", "_connect_pipes")
"""Tasks that are asyncio's own."""

Side = Literal["before", "after"]


@dataclass(frozen=True)
class Blow:
    """When the bot dies: before the n-th point of a kind, or right after it.

    Before a call: nothing was sent. After it: it was done, and the answer is lost.
    """

    kind: str
    number: int
    side: Side

    @property
    def name(self) -> str:
        return f"{self.side} {self.kind} {self.number}"


class Life:
    """One run of the bot, from its start to its death or its end."""

    def __init__(
        self, blow: Blow | None, ledger: dict[tuple[str, int], EventRow] | None = None
    ) -> None:
        self.blow = blow
        self.points: Counter[str] = Counter()
        self.ledger = {} if ledger is None else ledger
        """Every event that was ever committed, in whichever life."""
        self.over = False
        self.when_over: Callable[[], None] = lambda: None
        """What happens at the moment of death."""
        self.ended = asyncio.Event()
        self.up = asyncio.Event()
        self.loops: Loops | None = None
        self.port = 0
        self.runners: list[MortalRunner] = []
        self.transports: list[asyncio.BaseTransport] = []
        """Of every connection that was ever made to it."""
        self.half_made: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()
        """Connections and pipes which asyncio must finish: else they are nobody's, and
        who waits for the end of a process waits for ever."""
        self.tasks: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()

    def reach(self, kind: str) -> int:
        """Count a point; return which of its kind it is."""
        self.points[kind] += 1
        return self.points[kind]

    def dies(self, kind: str, number: int, side: Side) -> bool:
        return self.blow == Blow(kind, number, side)

    def end(self) -> None:
        """Stop everything of the bot, wherever it is."""
        self.over = True
        self.when_over()
        for runner in self.runners:
            for site in runner.sites:
                _let_nobody_in(site._server)
        for task in self.tasks:
            task.cancel()
        self.cut_off()
        self.ended.set()

    def cut_off(self) -> None:
        """Drop whoever is connected: a handler that is cancelled could still answer."""
        for transport in self.transports:
            transport.abort()

    async def bury(self, *more: asyncio.Task[Any]) -> None:
        """Wait until nothing is left of it, and drop whoever came in at the end."""
        async with asyncio.timeout(TIDY):
            every = (*more, *self.half_made, *self.tasks)
            await asyncio.gather(*every, return_exceptions=True)
        for runner in self.runners:
            for site in runner.sites:
                site._server.close()
        self.cut_off()


LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


class MortalRunner(web.AppRunner):
    """Tells the life of its listeners and connections."""

    async def setup(self) -> None:
        await super().setup()
        life = LIFE.get()
        if life is not None:
            life.runners.append(self)
            self.server.connection_made = partial(_made, life, self.server)


def _let_nobody_in(server: asyncio.Server) -> None:
    """Stop accepting; whoever was accepted in this turn of the loop is still let in.

    Closing the server now would make asyncio stumble over them and leave them open.
    """
    for listener in server.sockets:
        asyncio.get_running_loop().remove_reader(listener.fileno())


def _made(life: Life, server: web.Server, handler: Any, transport: Any) -> None:
    life.transports.append(transport)
    type(server).connection_made(server, handler, transport)


class MortalWriter(Writer):
    """Counts the writes of a life, ends it at its blow, and lets nothing by after."""

    def __init__(self, link: Any) -> None:
        super().__init__(link)
        self._life = LIFE.get() or Life(None)

    async def submit(
        self, job: Callable[[Any], Any], told: Callable[[Any], None] | None = None
    ) -> Any:
        life, kind = self._life, f"write {_name(job)}"
        number = life.reach(kind)
        if life.dies(kind, number, "before"):
            life.end()

        def heard(answer: Any) -> None:
            """Hear of it first; whoever dies right after it is not told."""
            if answer is Commit.DONE:
                life.ledger.update(_committed(job))
            if life.dies(kind, number, "after"):
                life.end()
            elif told is not None:
                told(answer)

        answer = await super().submit(partial(_while_alive, life, job), heard)
        if life.dies(kind, number, "after"):
            await asyncio.Future()
        return answer


def _name(job: Callable[[Any], Any]) -> str:
    work = job.func if isinstance(job, partial) else job
    return getattr(work, "__name__", type(work).__name__)


def _committed(job: Any) -> dict[tuple[str, int], EventRow]:
    return {(one.incident, one.seq): one for one in job.args[0].events}


def _while_alive(life: Life, job: Callable[[Any], Any], connection: Any) -> Any:
    if life.over:
        raise StoreError("The bot is dead.")
    return job(connection)


def inheriting(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **how: Any
) -> asyncio.Task[Any]:
    task = asyncio.Task(work, loop=loop, **how)
    life = LIFE.get()
    if life is None:
        return task
    # What ends an async generator is no coroutine, and has no name.
    if any(one in getattr(work, "__qualname__", "") for one in ASYNCIOS):
        life.half_made.add(task)
        return task
    life.tasks.add(task)
    if life.over:
        task.cancel()
    return task
