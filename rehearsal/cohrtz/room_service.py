"""The methods of LiveKit's RoomService, each with the grant that it asks for.

As the open-source server: participants of a room that is not open are an empty list,
and removing somebody revokes no token (`revoke_token_ts` is read and not minded).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message
from livekit.protocol import room as api
from livekit.protocol.models import DataPacket, DisconnectReason, ParticipantInfo, Room

from rehearsal.cohrtz.data_plane import DataMessage, DataPlane
from rehearsal.cohrtz.rooms import Rooms
from rehearsal.cohrtz.sessions import (
    DEPARTURE_TIMEOUT,
    EMPTY_TIMEOUT,
    OpenRoom,
    Session,
)
from rehearsal.cohrtz.twirp import TwirpError
from rehearsal.cohrtz.verifier import Grants

Request = TypeVar("Request", bound=Message)


@dataclass(frozen=True)
class Method(Generic[Request]):
    """One RPC: what is asked, who may ask it, and how it is answered."""

    request: type[Request]
    allows: Callable[[Grants, Request], bool]
    answer: Callable[[Request], Message]

    def call(self, grants: Grants | None, request: Request) -> Message:
        """Answer the request; TwirpError if the grants do not allow it."""
        if grants is None or not self.allows(grants, request):
            raise TwirpError("unauthenticated", "permissions denied")
        return self.answer(request)


def may_list(grants: Grants, _: Message) -> bool:
    """Tell whether rooms may be listed."""
    return grants.may("roomList")


def may_create(grants: Grants, _: Message) -> bool:
    """Tell whether rooms may be created, and so deleted."""
    return grants.may("roomCreate")


def may_administer(grants: Grants, request: Any) -> bool:  # noqa: ANN401  any request that names a room
    """Tell whether the room that the request names may be administered."""
    return grants.administers(request.room)


class RoomService:
    """Answers from the rooms, and changes them."""

    def __init__(self, rooms: Rooms, plane: DataPlane) -> None:
        """Serve these rooms, and send data through the plane."""
        self._rooms = rooms
        self._plane = plane

    @property
    def methods(self) -> Mapping[str, Method[Any]]:
        """Return every method by its name in the URL."""
        return {
            "ListRooms": Method(api.ListRoomsRequest, may_list, self._list_rooms),
            "CreateRoom": Method(api.CreateRoomRequest, may_create, self._create),
            "DeleteRoom": Method(api.DeleteRoomRequest, may_create, self._delete),
            "ListParticipants": Method(
                api.ListParticipantsRequest, may_administer, self._list_participants
            ),
            "GetParticipant": Method(
                api.RoomParticipantIdentity, may_administer, self._get
            ),
            "RemoveParticipant": Method(
                api.RoomParticipantIdentity, may_administer, self._remove
            ),
            "UpdateParticipant": Method(
                api.UpdateParticipantRequest, may_administer, self._update
            ),
            "SendData": Method(api.SendDataRequest, may_administer, self._send),
        }

    def _list_rooms(self, request: api.ListRoomsRequest) -> api.ListRoomsResponse:
        return api.ListRoomsResponse(rooms=self._rooms.open_rooms(request.names))

    def _create(self, request: api.CreateRoomRequest) -> Room:
        if not request.name:
            raise TwirpError("invalid_argument", "no room name")
        wanted = OpenRoom(
            request.name,
            metadata=request.metadata,
            max_participants=request.max_participants,
            empty_timeout=request.empty_timeout or EMPTY_TIMEOUT,
            departure_timeout=request.departure_timeout or DEPARTURE_TIMEOUT,
        )
        return self._rooms.create(wanted)

    def _delete(self, request: api.DeleteRoomRequest) -> api.DeleteRoomResponse:
        if self._rooms.room(request.room) is None:
            raise TwirpError("not_found", "requested room does not exist")
        self._rooms.delete(request.room)
        return api.DeleteRoomResponse()

    def _list_participants(
        self, request: api.ListParticipantsRequest
    ) -> api.ListParticipantsResponse:
        here = [session.info() for session in self._rooms.sessions(request.room)]
        return api.ListParticipantsResponse(participants=here)

    def _get(self, request: api.RoomParticipantIdentity) -> ParticipantInfo:
        return self._present(request.room, request.identity).info()

    def _remove(
        self, request: api.RoomParticipantIdentity
    ) -> api.RemoveParticipantResponse:
        session = self._present(request.room, request.identity)
        self._rooms.end(session.sid, DisconnectReason.PARTICIPANT_REMOVED)
        return api.RemoveParticipantResponse()

    def _update(self, request: api.UpdateParticipantRequest) -> ParticipantInfo:
        session = self._present(request.room, request.identity)
        return self._rooms.change(session.sid, **_wanted(session, request)).info()

    def _send(self, request: api.SendDataRequest) -> api.SendDataResponse:
        if self._rooms.room(request.room) is None:
            raise TwirpError("unavailable", "no response from servers")
        self._plane.send(
            DataMessage(
                room=request.room,
                payload=request.data,
                to=frozenset(request.destination_identities),
                reliable=request.kind == DataPacket.RELIABLE,
                topic=request.topic,
            )
        )
        return api.SendDataResponse()

    def _present(self, room: str, identity: str) -> Session:
        session = self._rooms.session(room, identity)
        if session is None:
            raise TwirpError("not_found", "participant does not exist")
        return session


def _wanted(
    session: Session, request: api.UpdateParticipantRequest
) -> dict[str, object]:
    changed: dict[str, object] = {}
    if request.HasField("permission"):
        changed["permission"] = request.permission
    if request.attributes:
        changed["attributes"] = {**session.attributes, **request.attributes}
    for name in ("name", "metadata"):
        if getattr(request, name):
            changed[name] = getattr(request, name)
    return changed
