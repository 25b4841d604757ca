"""Asks once for each thing at a time, however many wait for the answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Asking(Generic[T]):
    """The questions that are under way."""

    def __init__(self, name: str, ask: Callable[[str], Awaitable[T]]) -> None:
        """Ask with `ask`, in tasks that are called `name` and what is asked about."""
        self._name = name
        self._ask = ask
        self._under_way: dict[str, asyncio.Task[T]] = {}

    async def about(self, what: str) -> T:
        """Return the answer, or raise what the question raised.

        The question goes on if the caller is cancelled: its answer may be remembered.
        """
        return await asyncio.shield(self.begin(what))

    def begin(self, what: str) -> asyncio.Task[T]:
        """Ask, or return the question that is under way; it need not be awaited."""
        task = self._under_way.get(what)
        if task is None:
            task = asyncio.create_task(self._asked(what), name=f"{self._name}/{what}")
            self._under_way[what] = task
            task.add_done_callback(_heard)
        return task

    async def _asked(self, what: str) -> T:
        try:
            return await self._ask(what)
        finally:
            del self._under_way[what]


def _heard(task: asyncio.Task[T]) -> None:
    """Hear of a failure that nobody waits for any more, or asyncio logs it as a bug."""
    if not task.cancelled():
        task.exception()
