"""Links by aiortc. The only module that knows that library; see rehearsal.cohrtz.links.

Everything stays on loopback: each connection's ICE is told to gather 127.0.0.1 alone,
and there is no STUN or TURN server. The SDK's own side needs one more interface than
`lo` to be there, or it gathers no address.
"""

import json
from collections.abc import Awaitable, Callable

from aioice import Candidate
from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.sdp import candidate_from_sdp

from rehearsal.cohrtz.links import Ears

LOOPBACK = ["127.0.0.1"]
RELIABLE = "_reliable"
LOSSY = "_lossy"
PREFIX = "candidate:"
GATHER = "get_component_candidates"
"""The method of aioice's connections that is given the machine's addresses."""

Gather = Callable[..., Awaitable[list[Candidate]]]


class AiortcLink:
    """Two peer connections with one client."""

    def __init__(self, ears: Ears) -> None:
        """Make the connection on which the server sends; nothing is gathered yet."""
        self._ears = ears
        self._to_client = _connection()
        self._from_client: RTCPeerConnection | None = None
        self._channels = {
            RELIABLE: self._to_client.createDataChannel(RELIABLE, ordered=True),
            LOSSY: self._to_client.createDataChannel(
                LOSSY, ordered=False, maxRetransmits=0
            ),
        }
        self._channels[RELIABLE].on("open", ears.opened)

    async def offer(self) -> str:
        """Return the session description that the client is to answer."""
        _stay_on_loopback(self._to_client)
        await self._to_client.setLocalDescription(await self._to_client.createOffer())
        return self._to_client.localDescription.sdp

    async def answered(self, sdp: str) -> None:
        """Take the client's answer."""
        await self._to_client.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def offered(self, sdp: str) -> str:
        """Take the client's own offer and return the answer to it."""
        connection = self._from_client or self._publisher()
        await connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        _stay_on_loopback(connection)
        await connection.setLocalDescription(await connection.createAnswer())
        return connection.localDescription.sdp

    async def trickled(self, candidate: str, *, publisher: bool) -> None:
        """Take an address of the client's, as JSON, for one of the connections."""
        connection = self._from_client if publisher else self._to_client
        told = json.loads(candidate)
        line = str(told.get("candidate") or "")
        if connection is None or not line.startswith(PREFIX):
            return
        address = candidate_from_sdp(line.removeprefix(PREFIX))
        address.sdpMid = told.get("sdpMid")
        address.sdpMLineIndex = told.get("sdpMLineIndex")
        await connection.addIceCandidate(address)

    def send(self, packet: bytes, *, reliable: bool) -> None:
        """Send to the client if the channel is open."""
        channel = self._channels[RELIABLE if reliable else LOSSY]
        if channel.readyState == "open":
            channel.send(packet)

    async def close(self) -> None:
        """Hang up."""
        await self._to_client.close()
        if self._from_client:
            await self._from_client.close()

    def _publisher(self) -> RTCPeerConnection:
        self._from_client = _connection()
        self._from_client.on("datachannel", self._opened_by_client)
        return self._from_client

    def _opened_by_client(self, channel: RTCDataChannel) -> None:
        def heard(packet: bytes | str) -> None:
            if isinstance(packet, bytes):
                self._ears.heard(packet, channel.label != LOSSY)

        channel.on("message", heard)


def _connection() -> RTCPeerConnection:
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


def _stay_on_loopback(connection: RTCPeerConnection) -> None:
    """Let this connection gather 127.0.0.1 alone.

    aioice takes every address of the machine but loopback and has no setting for it;
    so the one method that is given the addresses is wrapped, on this connection only.
    """
    if connection.sctp is None:
        return
    ice = connection.sctp.transport.transport.iceGatherer._connection  # noqa: SLF001  aiortc shows it nowhere else
    gather: Gather = getattr(ice, GATHER)

    async def on_loopback(
        component: int,
        addresses: list[str],  # noqa: ARG001  what is replaced
        timeout: int = 5,  # noqa: ASYNC109  named as in aioice
    ) -> list[Candidate]:
        return await gather(component=component, addresses=LOOPBACK, timeout=timeout)

    setattr(ice, GATHER, on_loopback)
