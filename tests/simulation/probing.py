"""The room probe's child without its process and its SDK: it listens in its place.

It joins by LiveKit's own signalling over the simulated network, and what it says goes
through pipes in memory to the bot's own side of the conversation. Only the path of the
data is a call: WebRTC brings threads and a clock of its own. What the true SDK does is
told by tests on real processes.
"""

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
from livekit.protocol.models import DataPacket, DisconnectReason, ParticipantInfo
from livekit.protocol.rtc import (
    LeaveRequest,
    SessionDescription,
    SignalRequest,
    SignalResponse,
)

from bot.cohrtz.ourselves import PREFIX
from bot.probe.conversation import PANIC
from bot.probe.lines import (
    LINE_LIMIT,
    Connected,
    Errand,
    Heard,
    Left,
    Refused,
    Told,
    read_errand,
    write,
)
from rehearsal.cohrtz.data_plane import DataPlane
from rehearsal.cohrtz.links import Ears, LinkMaker
from tests.simulation.network import Network

STARTS = (0.3, 3.0)
"""Seconds until its process has loaded the SDK: from, to."""
JOINS = 15.0
"""Seconds that it tries to get in."""
BREAKS = 0.15
"""How often the SDK breaks, before it is in or while it listens."""
SIGTERM, KILLED, REFUSED = "stopped", -9, 3


class MemoryLink:
    """The data path between the server and one client, without WebRTC."""

    def __init__(self, number: int, ears: Ears) -> None:
        self.open = False
        self.hears: Callable[[bytes], None] | None = None
        self._number = number
        self._ears = ears

    async def offer(self) -> str:
        return str(self._number)

    async def answered(self, _: str) -> None:
        self.open = True
        self._ears.opened()

    async def offered(self, _: str) -> str:
        return ""

    async def trickled(self, candidate: str, *, publisher: bool) -> None: ...

    def send(self, packet: bytes, *, reliable: bool) -> None:
        del reliable
        if self.open and self.hears is not None:
            self.hears(packet)

    async def close(self) -> None:
        self.open = False


class Prober:
    """Stands for whatever starts the child, and for the library that links it."""

    def __init__(self, chance: random.Random, network: Network) -> None:
        self.chance = chance
        self.network = network
        self.links: list[MemoryLink] = []
        self.sent_out = 0

    @property
    def listening(self) -> int:
        """How many are in a room now."""
        return sum(one.open for one in self.links)

    async def load_links(self) -> LinkMaker:
        return self._link

    def _link(self, ears: Ears) -> MemoryLink:
        self.links.append(MemoryLink(len(self.links), ears))
        return self.links[-1]

    async def begin(self, *_: str, **__: Any) -> "Child":
        """Start a child, as `asyncio.create_subprocess_exec` does."""
        self.sent_out += 1
        return Child(self)


class Child:
    """One child: as an asyncio process, as far as the bot asks for one."""

    def __init__(self, prober: Prober) -> None:
        self.stdin = self
        self.stdout = asyncio.StreamReader(LINE_LIMIT)
        self.stderr = asyncio.StreamReader()
        self.returncode: int | None = None
        self._prober = prober
        self._errand = asyncio.get_running_loop().create_future()
        self._over = asyncio.get_running_loop().create_future()
        """Why it leaves."""
        self._others: set[str] = set()
        self._life = asyncio.create_task(self._live(), name="probe")

    def write(self, line: bytes) -> None:
        self._errand.set_result(read_errand(line))

    async def drain(self) -> None: ...

    def terminate(self) -> None:
        self._end(SIGTERM)

    def kill(self) -> None:
        self._life.cancel()

    async def wait(self) -> int | None:
        await asyncio.wait([self._life])
        if not self._life.cancelled():
            self._life.result()  # a bug here is no broken SDK
        return self.returncode

    def _end(self, why: str) -> None:
        if not self._over.done():
            self._over.set_result(why)

    async def _live(self) -> None:
        code = KILLED
        self._prober.network.on_its_way += 1  # no stride is made over what it hears
        try:
            code = await self._run(await self._errand)
        finally:
            self._prober.network.on_its_way -= 1
            self.returncode = code
            self.stdout.feed_eof()
            self.stderr.feed_eof()

    async def _run(self, errand: Errand) -> int:
        chance, loop = self._prober.chance, asyncio.get_running_loop()
        await asyncio.sleep(chance.uniform(*STARTS))
        if chance.random() < BREAKS:
            loop.call_later(chance.uniform(0.0, errand.seconds), self._break)
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.ws_connect(
                    f"{errand.url}/rtc", params={"access_token": errand.token}
                ) as socket,
            ):
                return await self._be_there(socket, errand.seconds)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self._tell(Refused(f"{type(error).__name__} {error}"))
            return REFUSED

    def _break(self) -> None:
        """Die as the SDK does when its native part fails, unless it has ended."""
        if self.returncode is None:
            self.stderr.feed_data(PANIC)
            self._life.cancel()

    async def _be_there(
        self, socket: aiohttp.ClientWebSocketResponse, seconds: float
    ) -> int:
        loop, link = asyncio.get_running_loop(), await self._join(socket)
        link.hears = self._hear
        self._tell(Connected())
        loop.call_later(seconds, self._end, "time")
        self._leave_if_alone()
        reading = asyncio.create_task(self._read(socket))
        why = await self._over
        reading.cancel()
        await socket.send_bytes(_goodbye())
        self._tell(Left(why, 0))
        return 0

    async def _join(self, socket: aiohttp.ClientWebSocketResponse) -> MemoryLink:
        """Answer the server's offer; TimeoutError if none comes."""
        async with asyncio.timeout(JOINS):
            while True:
                said = SignalResponse.FromString(await socket.receive_bytes())
                self._take(said)
                if said.HasField("offer"):
                    answer = SessionDescription(type="answer", sdp=said.offer.sdp)
                    request = SignalRequest(answer=answer)
                    await socket.send_bytes(request.SerializeToString())
                    return self._prober.links[int(said.offer.sdp)]

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            self._take(SignalResponse.FromString(message.data))
            self._leave_if_alone()
        self._end("signal-close")

    def _take(self, said: SignalResponse) -> None:
        for one in said.join.other_participants:
            self._others.add(one.identity)
        for one in said.update.participants:
            gone = one.state == ParticipantInfo.DISCONNECTED
            (self._others.discard if gone else self._others.add)(one.identity)
        if said.HasField("leave"):
            name = DisconnectReason.Name(said.leave.reason)
            self._end(name.lower().replace("_", "-"))

    def _leave_if_alone(self) -> None:
        if not self._others:
            self._end("emptied")

    def _hear(self, packet: bytes) -> None:
        user = DataPacket.FromString(packet).user
        sender = user.participant_identity or None
        self._tell(Heard(time.time(), sender, user.payload))

    def _tell(self, told: Told) -> None:
        if self.returncode is None:  # a packet may come while its link is taken down
            self.stdout.feed_data(write(told))


def wrong_looks(prober: Prober, plane: DataPlane) -> Iterator[str]:
    """Say who listens though the bot has ended, and what was said by who may not."""
    if prober.listening:
        yield f"{prober.listening} probes are still in a room"
    for message in (*plane.carried, *plane.dropped):
        if message.sender and message.sender.identity.startswith(PREFIX):
            yield f"the probe {message.sender.identity} said something"


def _goodbye() -> bytes:
    leave = LeaveRequest(reason=DisconnectReason.CLIENT_INITIATED)
    return SignalRequest(leave=leave).SerializeToString()
