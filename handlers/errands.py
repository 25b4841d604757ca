"""What is done for one person after their command was answered.

Nothing of it is kept: it ends with the process, and may be asked for again.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from bot.errors import UsageError

MOST: Final = 4
"""How many run at a time, over all people: each takes looks of its own."""


class Errands:
    """The errands under way, each by the name of the delivery that asked for it."""

    def __init__(self, most: int = MOST) -> None:
        """Start with none."""
        self._most = most
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def begin(self, name: str, errand: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Begin an errand, once for each name; raise UsageError if there are many."""
        if name in self._tasks:
            return
        if len(self._tasks) >= self._most:
            raise UsageError("Several dry runs are under way; try again in a minute.")
        task = asyncio.create_task(errand(), name=f"errand/{name}")
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._tasks.pop(name, None))

    async def stop(self) -> None:
        """Cancel what is under way, and wait until it has ended."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
