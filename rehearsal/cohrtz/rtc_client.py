"""One rtc client as the simulated server sees it: its messages, its data, its end."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiohttp import web
from google.protobuf.message import DecodeError
from livekit.protocol import models
from livekit.protocol import rtc as signal
from livekit.protocol.rtc import SignalResponse

from rehearsal.cohrtz.data_plane import DataMessage, DataPlane
from rehearsal.cohrtz.links import Link
from rehearsal.cohrtz.sessions import Session

VERSION = "1.13.5"
PROTOCOL = 17
PING_SECONDS = 5
PING_TIMEOUT = 15
PUT_OUT = signal.LeaveRequest.Action.DISCONNECT


class RtcClient:
    """Speaks with one client over its WebSocket and its link."""

    link: Link

    def __init__(self, session: Session, plane: DataPlane) -> None:
        """Begin with a session that is about to join; `link` is set before use."""
        self.session = session
        self.said_goodbye = False
        self._plane = plane
        self._outbox: asyncio.Queue[SignalResponse | None] = asyncio.Queue()

    @asynccontextmanager
    async def speaking(self, socket: web.WebSocketResponse) -> AsyncIterator[None]:
        """Write what is said to the client while the block runs."""
        writer = asyncio.create_task(self._write(socket))
        try:
            yield
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    async def greet(self, room: models.Room | None, others: list[Session]) -> None:
        """Tell the client that it is in, who else is, and offer it the data path."""
        join = signal.JoinResponse(
            room=room,
            participant=self.session.info(),
            other_participants=_infos(others),
            server_version=VERSION,
            server_info=models.ServerInfo(version=VERSION, protocol=PROTOCOL),
            subscriber_primary=True,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_TIMEOUT,
        )
        self._say(SignalResponse(join=join))
        offer = _described("offer", await self.link.offer())
        self._say(SignalResponse(offer=offer))

    async def hear(self, packet: bytes) -> None:
        """Do what a message of the client asks for; what is unknown is left."""
        try:
            asked = signal.SignalRequest.FromString(packet)
        except DecodeError:
            return
        kind = asked.WhichOneof("message")
        if kind in ("answer", "offer", "trickle"):
            await self._negotiate(kind, asked)
        elif kind == "leave":
            self.said_goodbye = True
            self._outbox.put_nowait(None)
        else:
            self._ping(asked)

    def tell_of(self, session: Session) -> None:
        """Tell the client of another participant's state."""
        update = signal.ParticipantUpdate(participants=_infos([session]))
        self._say(SignalResponse(update=update))

    def put_out(self, gone: Session) -> None:
        """Tell the client that its session has ended, and hang up."""
        if not self.said_goodbye:
            leave = signal.LeaveRequest(reason=gone.reason, action=PUT_OUT)
            self._say(SignalResponse(leave=leave))
            self._outbox.put_nowait(None)

    def deliver(self, message: DataMessage) -> None:
        """Send the client a message of its room."""
        sender = message.shown_sender
        user = models.UserPacket(
            payload=message.payload, participant_identity=sender, topic=message.topic
        )
        packet = models.DataPacket(
            kind=_kind(reliable=message.reliable),
            participant_identity=sender,
            destination_identities=sorted(message.to),
            user=user,
        )
        self.link.send(packet.SerializeToString(), reliable=message.reliable)

    def heard(self, packet: bytes, reliable: bool) -> None:  # noqa: FBT001  as Ears has it
        """Carry what the client sends to the others."""
        try:
            data = models.DataPacket.FromString(packet)
        except DecodeError:
            return
        if data.WhichOneof("value") != "user":
            return
        self._plane.send(
            DataMessage(
                room=self.session.room,
                payload=data.user.payload,
                sender=self.session,
                to=frozenset(data.destination_identities),
                reliable=reliable,
                topic=data.user.topic,
            )
        )

    async def close(self) -> None:
        """Hang up."""
        await self.link.close()

    async def _negotiate(self, kind: str, asked: signal.SignalRequest) -> None:
        if kind == "answer":
            await self.link.answered(asked.answer.sdp)
        elif kind == "offer":
            sdp = await self.link.offered(asked.offer.sdp)
            answer = _described("answer", sdp, asked.offer.id)
            self._say(SignalResponse(answer=answer))
        else:
            publisher = asked.trickle.target == signal.SignalTarget.PUBLISHER
            init = asked.trickle.candidateInit
            await self.link.trickled(init, publisher=publisher)

    def _ping(self, asked: signal.SignalRequest) -> None:
        if asked.WhichOneof("message") == "ping":
            self._say(SignalResponse(pong=asked.ping))
        elif asked.WhichOneof("message") == "ping_req":
            stamp, now = asked.ping_req.timestamp, int(time.time() * 1000)
            pong = signal.Pong(last_ping_timestamp=stamp, timestamp=now)
            self._say(SignalResponse(pong_resp=pong))

    def _say(self, message: SignalResponse) -> None:
        self._outbox.put_nowait(message)

    async def _write(self, socket: web.WebSocketResponse) -> None:
        while (message := await self._outbox.get()) is not None:
            await socket.send_bytes(message.SerializeToString())
        await socket.close()


def _infos(sessions: Iterable[Session]) -> list[models.ParticipantInfo]:
    return [session.info() for session in sessions]


def _described(kind: str, sdp: str, number: int = 1) -> signal.SessionDescription:
    return signal.SessionDescription(type=kind, sdp=sdp, id=number)


def _kind(*, reliable: bool) -> models.DataPacket.Kind:
    return models.DataPacket.RELIABLE if reliable else models.DataPacket.LOSSY
