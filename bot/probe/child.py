"""The child: joins one room, tells what it hears, leaves. `python -m bot.probe.child`.

It has no call that publishes. It leaves when its time is over, when nobody else is in
the room, when it is sent SIGTERM, or when its parent is gone (standard input ends); an
alarm ends it whatever happens. `connect` is never cancelled: the SDK does not survive
that, so the parent kills the whole process instead.
"""

import asyncio
import os
import queue
import signal
import sys
import threading
import time

from livekit import rtc

from bot.probe.lines import (
    LINE_LIMIT,
    NAME_LIMIT,
    PACKET_LIMIT,
    TOTAL_LIMIT,
    Connected,
    Errand,
    Heard,
    Left,
    Refused,
    Told,
    read_errand,
    write,
)

CONNECT_SECONDS = 5.0
"""For each of the SDK's tries."""
LIFE_SECONDS = 60
"""Beyond the time that is asked for: then the alarm ends the process."""
WAITING = 1_000
"""Packets that may wait to be told; more are dropped and counted."""
FLUSH_SECONDS = 1.0
REFUSED = 3


class Mouth:
    """Tells the parent, from a thread: a full pipe must not stop the SDK's loop."""

    def __init__(self) -> None:
        """Start to tell."""
        self._waiting: queue.Queue[Told | None] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._tell_all, daemon=True)
        self._thread.start()
        self.dropped = 0

    def tell(self, told: Told) -> None:
        """Tell it in its turn, or drop it and count."""
        try:
            self._waiting.put_nowait(told)
        except queue.Full:
            self.dropped += 1

    def close(self, last: Told) -> None:
        """Tell the last thing; give up if the parent takes nothing any more."""
        try:
            self._waiting.put(last, timeout=FLUSH_SECONDS)
            self._waiting.put(None, timeout=FLUSH_SECONDS)
        except queue.Full:
            return
        self._thread.join(FLUSH_SECONDS)

    def _tell_all(self) -> None:
        while (told := self._waiting.get()) is not None:
            sys.stdout.buffer.write(write(told))
            sys.stdout.buffer.flush()


class Listener:
    """What the SDK calls, and why it is over."""

    def __init__(self, room: rtc.Room, mouth: Mouth) -> None:
        """Listen to the room; the SDK's callbacks must not be coroutines."""
        self._room = room
        self._mouth = mouth
        self._left = TOTAL_LIMIT
        self._is_in = False
        self.over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        room.on("data_received", self._heard)
        room.on("disconnected", self._disconnected)
        room.on("participant_disconnected", self._gone)

    def be_in(self) -> None:
        """Tell once that we are in; packets may come before the SDK says so."""
        if not self._is_in:
            self._is_in = True
            self._mouth.tell(Connected())

    def end(self, why: str) -> None:
        """End it, if nothing else has."""
        if not self.over.done():
            self.over.set_result(why)

    def leave_if_alone(self) -> None:
        """End it if nobody else is in the room."""
        if not self._room.remote_participants:
            self.end("emptied")

    def _heard(self, packet: rtc.DataPacket) -> None:
        self.be_in()
        sender = packet.participant.identity if packet.participant else None
        if len(packet.data) > PACKET_LIMIT or len(sender or "") > NAME_LIMIT:
            self._mouth.dropped += 1
            return
        self._left -= len(packet.data)
        if self._left < 0:
            self.end("limit")
            return
        self._mouth.tell(Heard(time.time(), sender, bytes(packet.data)))

    def _gone(self, _: rtc.RemoteParticipant) -> None:
        self.leave_if_alone()

    def _disconnected(self, reason: int) -> None:
        self.end(_named(reason))


async def listen(errand: Errand, mouth: Mouth) -> int:
    """Run the errand; return the exit code."""
    room = rtc.Room()
    listener = Listener(room, mouth)
    options = rtc.RoomOptions(auto_subscribe=False, connect_timeout=CONNECT_SECONDS)
    try:
        await room.connect(errand.url, errand.token, options)
    except rtc.ConnectError as error:
        mouth.close(Refused(str(error.message)))
        return REFUSED
    listener.be_in()
    listener.leave_if_alone()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, listener.end, "stopped")
    loop.call_later(errand.seconds, listener.end, "time")
    _end_with_parent(loop, listener)
    why = await listener.over
    await room.disconnect()
    mouth.close(Left(why, mouth.dropped))
    return 0


def _end_with_parent(loop: asyncio.AbstractEventLoop, listener: Listener) -> None:
    def wait() -> None:
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(listener.end, "stopped")

    threading.Thread(target=wait, daemon=True).start()


def _named(reason: int) -> str:
    names = rtc.DisconnectReason
    if reason not in names.values():
        return f"reason-{reason}"
    return names.Name(names.ValueType(reason)).lower().replace("_", "-")


def main() -> int:
    """Read the errand from standard input and run it."""
    errand = read_errand(sys.stdin.buffer.readline(LINE_LIMIT))
    signal.alarm(int(errand.seconds) + LIFE_SECONDS)
    return asyncio.run(listen(errand, Mouth()))


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the SDK's threads and ours are not waited for
