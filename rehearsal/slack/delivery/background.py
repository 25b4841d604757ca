"""Work that goes on by itself, held on to, and ended when the workspace ends."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Background:
    """Holds running tasks, so that none is lost and all can be ended."""

    def __init__(self) -> None:
        """Begin with none."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._errors: list[Exception] = []

    def __len__(self) -> int:
        """Count what still runs."""
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run some work; an error in it is raised when the work is ended."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """End everything that still runs; raises what went wrong in any of it."""
        running = tuple(self._tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        if self._errors:
            errors, self._errors = self._errors, []
            raise ExceptionGroup("work in the background failed", errors)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._errors.append(error)
