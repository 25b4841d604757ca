"""An event loop under virtual time, whose tasks take their turns as the seed says.

When nothing is ready the clock jumps to the next timer, so waiting costs nothing. The
tasks that are ready at one moment run in an order drawn from the seed; what is ready
besides (deliveries, callbacks) keeps its place, for asyncio promises that order.
"""

import asyncio
import itertools
import random
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from functools import partial
from heapq import heappop, heappush
from typing import Any

from tests.simulation.clock import Clock
from tests.simulation.lives import LIFE
from tests.simulation.network import Network

TURNS = 500_000
"""Turns of the loop in one simulation, after which it is called a busy loop: some
thousands are usual."""


RESOLUTION = 1e-6
"""Seconds within which two moments are one: floats of a year are no finer."""

LEFT_OPEN = "Unclosed "
"""How aiohttp complains of a connection that a dead bot had: nobody is left to close
it. That a bot which is asked to stop closes all is told by tests on real sockets."""


_blank: Callable[[type[Any]], Any] = object.__new__
"""Makes a handle that its maker fills: two calls less for each."""

BREATH = 0.005
"""Seconds: who sets a timer for less is in the middle of something, and no stride is
made over it. A line in which each waits for the one before would else take as many
strides as there stand in it."""


class Stuck(AssertionError):  # noqa: N818  named for what is the case
    """Nothing will ever happen again, or there is no end to it; the text says which."""


class Turn(asyncio.Handle):
    """A callback that is to come as soon as can be; the loop fills it."""

    __slots__ = ()
    _loop = _repr = _source_traceback = None  # nobody debugs here

    def cancel(self) -> None:
        self._cancelled = True
        self._callback = self._args = None


class Timer(Turn):
    """A callback that is to come at its time."""

    __slots__ = ("_when",)

    def when(self) -> float:
        return self._when


class SimulatedLoop(asyncio.BaseEventLoop):
    """Runs one simulation."""

    def __init__(self, clock: Clock, chance: random.Random, network: Network) -> None:
        super().__init__()
        self.clock = clock
        self.network = network
        self.stride = 0.0
        """Seconds that the clock jumps at least, while nothing is on its way: timers
        fire late, as on a machine that slept. For letting days pass."""
        self.troubles: list[str] = []
        """What was left to the loop to tell: exceptions that nobody asked for."""
        self._chance = chance
        self._numbers = itertools.count()
        self._orders = itertools.count()
        self._timers: list[tuple[float, int, Timer]] = []
        self.turns = 0
        """How often it went round; see `TURNS`."""
        self.time = clock.monotonic  # type: ignore[method-assign]  # a call less
        self.create_future = partial(asyncio.Future, loop=self)  # type: ignore[method-assign]
        self.get_debug = bool  # type: ignore[assignment]  # says no, and is a call less
        self.set_task_factory(_numbered)
        self.set_exception_handler(_note)

    def call_at(
        self, when: float, callback: Any, *args: Any, context: Context | None = None
    ) -> Timer:
        timer = _blank(Timer)
        timer._context = copy_context() if context is None else context
        timer._callback, timer._args, timer._cancelled = callback, args, False
        timer._when = when
        heappush(self._timers, (when, next(self._orders), timer))
        return timer

    def call_later(
        self, delay: float, callback: Any, *args: Any, context: Context | None = None
    ) -> Timer:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_soon(
        self, callback: Any, *args: Any, context: Context | None = None
    ) -> Turn:
        turn = _blank(Turn)
        turn._context = copy_context() if context is None else context
        turn._callback, turn._args, turn._cancelled = callback, args, False
        self._ready.append(turn)
        return turn

    def _run_once(self) -> None:
        """Let everything that is ready take its turn; if nothing is, time passes."""
        ready, timers = self._ready, self._timers
        if len(ready) > 1:
            self.shuffle()
        elif not (ready or self._stopping):
            self._let_time_pass()
        self._count()
        end = self.time() + RESOLUTION
        while timers and timers[0][0] < end:
            ready.append(heappop(timers)[2])
        for _ in range(len(ready)):
            turn = ready.popleft()
            if turn._cancelled:
                continue
            try:
                turn._context.run(turn._callback, *turn._args)
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as error:  # noqa: BLE001  it is told, as asyncio does
                self._tell(turn, error)

    def _tell(self, turn: Turn, error: BaseException) -> None:
        name = getattr(turn._callback, "__qualname__", type(turn._callback).__name__)
        told = {"message": f"Exception in callback {name}", "exception": error}
        self.call_exception_handler(told)

    def _count(self) -> None:
        self.turns += 1
        if self.turns > TURNS:
            self.turns = 0  # so that what is left can be taken down
            raise Stuck(f"There is no end after {TURNS} turns of the loop.")

    def _let_time_pass(self) -> None:
        """In place of waiting for sockets: move the clock."""
        while self._timers and self._timers[0][2]._cancelled:
            heappop(self._timers)
        if not self._timers:
            raise Stuck("Nothing is ready and no timer is set.")
        self.clock.move_to(self.next_timer())

    def next_timer(self) -> float:
        """Say when the clock may stop next."""
        due, now = self._timers[0][0], self.time()
        if self.stride and not self.network.busy and due - now > BREATH:
            return max(due, now + self.stride)
        return due

    def shuffle(self) -> None:
        """Deal the turns of the tasks that are ready anew."""
        ready: deque[asyncio.Handle] = self._ready
        places, turns = [], []
        for place, handle in enumerate(ready):
            task = getattr(handle._callback, "__self__", None)
            if isinstance(task, asyncio.Task):
                places.append(place)
                turns.append((task.number, handle))
        if len(turns) < 2:
            return
        # By number first: in which order they became ready may rest on addresses.
        turns.sort(key=_number)
        self._chance.shuffle(turns)
        for place, (_, handle) in zip(places, turns, strict=True):
            ready[place] = handle

    def next_number(self) -> int:
        return next(self._numbers)

    def run_in_executor(
        self, _: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run it here and now: a thread would come back whenever it likes."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  it is the caller's
            future.set_exception(error)
        return future

    async def create_server(
        self, factory: Any, host: Any = None, port: int | None = None, **_: Any
    ) -> asyncio.AbstractServer:
        return self.network.listen(self, factory, host, port)

    async def create_connection(
        self,
        factory: Any,
        host: Any = None,
        port: Any = None,
        *,
        sock: Any = None,
        **_: Any,
    ) -> tuple[asyncio.Transport, Any]:
        address = sock.address if sock is not None else (host, port)
        return await self.network.connect(self, factory, address)

    def _write_to_self(self) -> None:
        """Nobody waits in a selector: there is no other thread."""


class Task(asyncio.Task[Any]):
    """A task with a number, by which it is told apart the same way in every run."""

    number: int


def _number(turn: tuple[int, asyncio.Handle]) -> int:
    return turn[0]


def _numbered(
    loop: SimulatedLoop,
    work: Coroutine[Any, Any, Any],
    context: Context | None = None,
    **how: Any,
) -> asyncio.Task[Any]:
    task = Task(work, loop=loop, context=context, **how)
    task.number = loop.next_number()
    life = LIFE.get() if context is None else context.get(LIFE)
    if life is not None:
        life.bears(task)
    return task


def _note(loop: SimulatedLoop, context: dict[str, Any]) -> None:
    if context["message"].startswith(LEFT_OPEN):
        return
    error = context.get("exception")
    loop.troubles.append(f"{context['message']}: {error!r}")
