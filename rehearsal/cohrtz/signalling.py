"""LiveKit's signalling for rtc clients: `GET /rtc`, a WebSocket of protobuf messages.

`/rtc/v1` is answered with 404, as servers do that do not have it; the SDK then takes
`/rtc`. Not played: media, resuming, token refresh, room updates, migration.
"""

from aiohttp import WSMsgType, web
from livekit.protocol.models import DisconnectReason, ParticipantInfo

from rehearsal.cohrtz.data_plane import DataPlane
from rehearsal.cohrtz.links import Ears, LinkMaker, LinksMissing, load_links
from rehearsal.cohrtz.recorder import about
from rehearsal.cohrtz.rooms import Rooms
from rehearsal.cohrtz.rtc_client import RtcClient
from rehearsal.cohrtz.sessions import Session, session_for
from rehearsal.cohrtz.verifier import Grants

SHOWN = (ParticipantInfo.JOINED, ParticipantInfo.ACTIVE, ParticipantInfo.DISCONNECTED)


class Signalling:
    """Lets rtc clients in, and tells them who else is there."""

    def __init__(self, rooms: Rooms, plane: DataPlane) -> None:
        """Serve these rooms; the library for links is loaded with the first client."""
        self._rooms = rooms
        self._plane = plane
        self._make_link: LinkMaker | None = None
        self._clients: dict[str, RtcClient] = {}
        rooms.watch(self._tell_others)

    async def serve(self, request: web.Request, grants: Grants) -> web.StreamResponse:
        """Serve one client until it leaves, is put out, or its connection ends."""
        try:
            make_link = self._make_link or await load_links()
        except LinksMissing as error:
            return web.Response(status=503, text=f"no data channels here: {error}")
        self._make_link = make_link
        session = session_for(grants)
        about(request, session.room, session.identity)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self._serve(socket, session, make_link)
        return socket

    async def _serve(
        self, socket: web.WebSocketResponse, session: Session, make_link: LinkMaker
    ) -> None:
        client = self._admit(session, make_link)
        try:
            async with client.speaking(socket):
                await client.greet(
                    self._rooms.room(session.room), self._others(session)
                )
                async for message in socket:
                    if message.type is WSMsgType.BINARY:
                        await client.hear(message.data)
        finally:
            self._plane.deafen(session.sid)
            self._clients.pop(session.sid, None)
            self._end(client)
            await client.close()

    def _admit(self, session: Session, make_link: LinkMaker) -> RtcClient:
        client = RtcClient(session, self._plane)
        ears = Ears(lambda: self._open(client), client.heard)
        client.link = make_link(ears)
        self._clients[session.sid] = client
        self._rooms.join(session, client.put_out, stuck=True)
        return client

    def _open(self, client: RtcClient) -> None:
        self._plane.listen(client.session.sid, client.deliver)
        self._rooms.connected(client.session.sid)

    def _end(self, client: RtcClient) -> None:
        if client.said_goodbye:
            wish = DisconnectReason.CLIENT_INITIATED
            self._rooms.end(client.session.sid, wish)
        else:
            self._rooms.fade(client.session.sid)

    def _others(self, session: Session) -> list[Session]:
        return [
            each
            for each in self._rooms.sessions(session.room)
            if each.sid != session.sid and _is_shown(each)
        ]

    def _tell_others(self, session: Session) -> None:
        if not _is_shown(session):
            return
        for client in self._clients.values():
            mine = client.session
            if mine.room == session.room and mine.sid != session.sid:
                client.tell_of(session)


def _is_shown(session: Session) -> bool:
    return not session.permission.hidden and session.state in SHOWN
