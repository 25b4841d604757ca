"""A network in memory: listeners and connections without sockets.

What is written arrives in order, after a time drawn from the seed. A connection that
is cut tells the other side so after what was already on its way, as the kernel does
for a process that was killed.
"""

import asyncio
import errno
import itertools
import random
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Any

from tests.simulation.lives import LIFE, Life

Address = tuple[str, int]

QUICK = (0.000_2, 0.003)
"""Seconds that most of what is sent is on its way: from, to."""
SLOW = (0.02, 0.4)
SELDOM = 0.02
"""The share of what is sent that is slow."""
TICK = 1e-6
"""Seconds that lie at least between two arrivals at one end."""


@dataclass(frozen=True)
class Dialled:
    """In place of a connected socket: where it leads."""

    address: Address

    def close(self) -> None:
        """Nothing is open yet."""


class Listener(asyncio.AbstractServer):
    """Somebody who takes connections; in place of its socket too."""

    def __init__(self, network: "Network", factory: Any, address: Address) -> None:
        self.factory = factory
        self.sockets = (self,)
        self.context = copy_context()
        self.life = LIFE.get()
        self._network = network
        self._address = address
        if self.life is not None:
            self.life.holds(self)

    def getsockname(self) -> Address:
        return self._address

    def close(self) -> None:
        self._network.forget(self._address, self)

    cut = close

    def is_serving(self) -> bool:
        return self._network.at(self._address) is self

    async def wait_closed(self) -> None:
        """Connections that are open are closed by whoever serves them."""


class Network:
    """All listeners, and how long things are on their way."""

    def __init__(self, chance: random.Random) -> None:
        self.on_its_way = 0
        """What has been sent and has not arrived, and jobs that the disk has."""
        self.breaks_next = 0
        """How many of the bot's connections break at what is sent over them next."""
        self._chance = chance
        self._listeners: dict[int, Listener] = {}
        self._ports = itertools.count(40_000)

    @property
    def busy(self) -> bool:
        """Say whether anything is on its way: then no time is skipped."""
        return self.on_its_way > 0

    def breaks(self) -> bool:
        """Say whether a connection of the bot breaks now."""
        if not self.breaks_next:
            return False
        self.breaks_next -= 1
        return True

    def arrives(self) -> bool:
        """Say whether what was sent last over a connection that breaks arrives."""
        return self._chance.random() < 0.5

    def delay(self) -> float:
        slow = self._chance.random() < SELDOM
        return self._chance.uniform(*(SLOW if slow else QUICK))

    def free_port(self) -> int:
        return next(self._ports)

    def at(self, address: Address) -> Listener | None:
        return self._listeners.get(address[1])

    def forget(self, address: Address, listener: Listener) -> None:
        if self.at(address) is listener:
            del self._listeners[address[1]]

    def listen(self, _: Any, factory: Any, host: Any, port: int | None) -> Listener:
        address = (str(host or "127.0.0.1"), port or self.free_port())
        if address[1] in self._listeners:
            raise OSError(errno.EADDRINUSE, "Address already in use")
        listener = Listener(self, factory, address)
        self._listeners[address[1]] = listener
        return listener

    async def _dialled(self) -> None:
        self.on_its_way += 1
        try:
            await asyncio.sleep(self.delay())
        finally:
            self.on_its_way -= 1

    async def connect(
        self, loop: asyncio.AbstractEventLoop, factory: Any, address: Address
    ) -> tuple["Pipe", Any]:
        """Connect both sides; ConnectionRefusedError if nobody listens there."""
        await self._dialled()
        listener, life = self.at(address), LIFE.get()
        if listener is None or (life is not None and life.over):
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        caller: Address = ("127.0.0.1", self.free_port())
        ours = Pipe(loop, self, life, (caller, address), copy_context())
        theirs = Pipe(loop, self, listener.life, (address, caller), listener.context)
        ours.peer, theirs.peer = theirs, ours
        theirs.begin(listener.context.run(listener.factory))
        protocol = factory()
        ours.begin(protocol)
        return ours, protocol


class Plug:
    """In place of the socket under a connection: takes every option, and minds none."""

    family = None

    def setsockopt(self, *_: object) -> None:
        """What is not a socket has nothing to be set."""


PLUG = Plug()


class Pipe(asyncio.Transport):
    """One end of a connection."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        network: Network,
        life: Life | None,
        ends: tuple[Address, Address],
        context: Context,
    ) -> None:
        told = {"sockname": ends[0], "peername": ends[1], "socket": PLUG}
        super().__init__(told)
        self.peer: Pipe = self
        self._loop = loop
        self._network = network
        self._life = life
        self._context = context.copy()
        self._protocol: Any = None
        self._due = 0.0
        self._closing = False
        self._lost = False
        self._paused = False
        self._held: list[bytes] = []
        if life is not None:
            life.holds(self)

    def begin(self, protocol: Any) -> None:
        self._protocol = protocol
        self._context.run(protocol.connection_made, self)

    def get_protocol(self) -> Any:
        return self._protocol

    def set_protocol(self, protocol: Any) -> None:
        self._protocol = protocol

    def is_closing(self) -> bool:
        return self._closing

    def write(self, data: Any) -> None:
        if self._closing or not data:
            return
        if self._life is None:
            self._carry(bytes(data))
        elif self._life.step():
            self._carry(bytes(data))
            self._life.step()

    def _carry(self, data: bytes) -> None:
        """Send it, unless the connection breaks just before; or break it just after."""
        broken = (self._life or self.peer._life) and self._network.breaks()
        if not broken or self._network.arrives():
            self._send(self.peer._arrive, data)
        if broken:
            self.abort()

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: Any = None, low: Any = None) -> None:
        """What is written leaves at once."""

    def is_reading(self) -> bool:
        return not self._paused

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        if self._held:
            self._loop.call_soon(self._read_held, context=self._context)

    def close(self) -> None:
        self._end(None)

    def abort(self) -> None:
        self._end(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    cut = abort

    def _end(self, error: OSError | None) -> None:
        if self._closing:
            return
        self._closing = True
        self._send(self.peer._end_heard, error)
        self._loop.call_soon(self._lose, error, context=self._context)

    def _send(self, arrive: Any, what: Any) -> None:
        """Let it arrive at the other side, after whatever was sent before it."""
        arrival = self._loop.time() + self._network.delay()
        self._due = max(self._due + TICK, arrival)
        self._network.on_its_way += 1
        self._loop.call_at(self._due, arrive, what, context=self.peer._context)

    def _arrive(self, data: bytes) -> None:
        self._network.on_its_way -= 1
        if self._paused:
            self._held.append(data)
        elif not self._closing:
            self._protocol.data_received(data)

    def _read_held(self) -> None:
        while self._held and not (self._paused or self._closing):
            self._protocol.data_received(self._held.pop(0))

    def _end_heard(self, error: OSError | None) -> None:
        self._network.on_its_way -= 1
        if self._closing:
            return
        self._closing = True
        if error is None:
            self._protocol.eof_received()
        self._lose(error)

    def _lose(self, error: OSError | None) -> None:
        if self._lost:
            return
        self._lost = True
        if self._life is not None:
            self._life.lets_go(self)
        self._protocol.connection_lost(error)
