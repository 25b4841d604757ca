"""A life of the bot that ends at a chosen write: what counts, and what is cut off.

The bot's tasks are known by a context variable that they inherit from the task that
started the bot; the simulated Slack and Cohrtz run in the same loop and live on.
"""

import asyncio
import weakref
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from aiohttp import web

from bot.errors import StoreError
from bot.store.writer import Writer
from handlers.serve import Loops

TIDY = 10.0
"""Seconds that a dead bot's tasks may take to be gone."""

Side = Literal["before", "after"]


@dataclass(frozen=True)
class Blow:
    """When the bot dies: before its n-th write, or right after it was committed."""

    write: int
    side: Side


class Life:
    """One run of the bot, from its start to its death or its end."""

    def __init__(self, blow: Blow | None) -> None:
        self.blow = blow
        self.writes = 0
        self.over = False
        self.ended = asyncio.Event()
        self.up = asyncio.Event()
        self.loops: Loops | None = None
        self.port = 0
        self.runners: list[MortalRunner] = []
        self.transports: list[asyncio.BaseTransport] = []
        """Of every connection that was ever made to it."""
        self.accepting: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()
        """Connections half made, which asyncio must finish: else they are nobody's."""
        self.tasks: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()

    def dies(self, number: int, side: Side) -> bool:
        return self.blow == Blow(number, side)

    def end(self) -> None:
        """Stop everything of the bot, wherever it is."""
        self.over = True
        for runner in self.runners:
            for site in runner.sites:
                _let_nobody_in(site._server)
        for task in self.tasks:
            task.cancel()
        self.ended.set()

    async def bury(self, *more: asyncio.Task[Any]) -> None:
        """Wait until nothing is left of it, and drop whoever came in at the end."""
        async with asyncio.timeout(TIDY):
            every = (*more, *self.accepting, *self.tasks)
            await asyncio.gather(*every, return_exceptions=True)
        for runner in self.runners:
            for site in runner.sites:
                site._server.close()
        for transport in self.transports:
            transport.abort()


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

    async def submit(self, job: Callable[[Any], Any]) -> Any:
        life = self._life
        life.writes += 1
        number = life.writes
        if life.dies(number, "before"):
            life.end()
        answer = await super().submit(partial(_while_alive, life, job))
        if life.dies(number, "after"):
            life.end()
            await asyncio.Future()
        return answer


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
    if "_accept_connection" in getattr(work, "__qualname__", ""):
        life.accepting.add(task)
        return task
    life.tasks.add(task)
    if life.over:
        task.cancel()
    return task
