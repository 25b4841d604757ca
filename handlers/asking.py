"""Asks once for each thing at a time, and how long an answer of Slack is good for."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

FRESH = 60.0
"""Seconds that Slack's answer is good for when something is to be disturbed."""

SOON = 0.5
"""Seconds to wait for Slack where an older answer of its own will do: several such
waits must fit into the three seconds of one request."""

AGES = 0.75 * FRESH
"""Seconds after which it is asked for anew without anybody waiting, if it is needed:
who presses every now and then need not wait once a minute."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """Something that Slack said, and when it said so (monotonic seconds)."""

    told_at: float

    @property
    def fresh(self) -> bool:
        """Say whether Slack said so a short while ago."""
        return time.monotonic() - self.told_at <= FRESH

    @property
    def ages(self) -> bool:
        """Say whether it will not be fresh for much longer, or is not any more."""
        return time.monotonic() - self.told_at > AGES


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
