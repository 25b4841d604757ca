"""A life of the bot: what it has under way, and how all of that ends at once.

The bot's tasks, connections and listeners are known by a context variable that they
inherit from the task that started it; the simulated Slack and Cohrtz run in the same
loop and live on. A dead bot sends nothing and writes nothing, whatever its tasks do
while they are taken down.
"""

import asyncio
from contextvars import ContextVar
from typing import Any, Protocol
from weakref import ReferenceType, ref

from tests.simulation.story import Fate

TIDY = 60.0
"""Seconds that a dead bot's tasks may take to be gone."""


AGAIN = 1.0
"""Seconds after which those that are left are cancelled again."""


class Cuttable(Protocol):
    """A connection or a listener."""

    def cut(self) -> None: ...


class Life:
    """One run of the bot, from its start to its death or its end."""

    def __init__(self, fate: Fate | None = None) -> None:
        self.fate = fate
        """How it ends; None: it goes on."""
        self.steps = 0
        """What it did so far that somebody else, or the disk, could tell."""
        self.over = False
        self.asked = False
        """Whether it was asked to stop: it may still be up, but not for long."""
        self.ended = asyncio.Event()
        self.up = asyncio.Event()
        self._open: dict[Cuttable, None] = {}
        self._tasks: list[ReferenceType[asyncio.Task[Any]]] = []

    def bears(self, task: Any) -> None:
        """Count a task as its own."""
        self._tasks.append(ref(task))
        if self.over:
            task.cancel()

    def holds(self, one: Cuttable) -> None:
        self._open[one] = None

    def lets_go(self, one: Cuttable) -> None:
        self._open.pop(one, None)

    def step(self) -> bool:
        """Count a step; say whether it is still alive after it."""
        if self.over:
            return False
        self.steps += 1
        if self.fate is not None and self.steps == self.fate.steps:
            self.end()
        return not self.over

    def end(self) -> None:
        """Stop everything of the bot, wherever it is."""
        self.over = True
        for one in list(self._open):
            one.cut()
        self._open.clear()
        for task in self._living():
            task.cancel()
        self.ended.set()

    def _living(self) -> list[asyncio.Task[Any]]:
        """Return its tasks that are not gone, in the order of their births."""
        return [task for one in self._tasks if (task := one()) is not None]

    async def bury(self, *more: asyncio.Task[Any]) -> None:
        """Wait until nothing is left of it.

        Those of the dead are told again and again that they are: aiohttp undoes a
        cancellation that comes while a time-out of its own does.
        """
        async with asyncio.timeout(TIDY):
            while left := [one for one in (*more, *self._living()) if not one.done()]:
                for task in left if self.over else ():
                    task.cancel()
                await asyncio.wait(left, timeout=AGAIN)
        # So that nobody complains of what they died of.
        await asyncio.gather(*more, *self._living(), return_exceptions=True)


LIFE: ContextVar[Life | None] = ContextVar("life", default=None)
