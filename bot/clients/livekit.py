"""The rooms of a LiveKit server, by its RoomService API.

The SDK's calls have no time limit whatever it is told, so each is bounded here. What
only looks is asked once more when the connection broke or the server stumbled; what
changes something is sent once, and whoever called looks what came of it. Errors are
classed by their HTTP status first, because a body that is not Twirp's JSON tells
nothing. Nothing that is raised holds a header or a token: the SDK's tokens are good for
six hours.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import aiohttp
from google.protobuf.message import DecodeError
from livekit import api
from livekit.api.room_service import RoomService

from bot.clients.passes import Passes
from bot.cohrtz.ourselves import is_ours
from bot.cohrtz.plain import plain
from bot.errors import WorldError
from bot.world.rooms import (
    NotThere,
    Participant,
    Presence,
    Room,
    RoomsBusy,
    RoomsFault,
    RoomsForbidden,
    RoomsSilent,
    RoomsUnreachable,
)

LONG_AGO = 1
"""The time before which tokens are revoked with a removal: none that we know of.

Left empty, a server that honours it revokes every token up to now and a minute on; the
app would go on using its cached one, and be refused until that expires.
"""
UNAUTHORISED = frozenset({401, 403})
NO_SUCH = 404
TOO_MANY = 429
SERVER_ERRORS = 500
ROOMS = 1_000
"""Of how many rooms a token is kept."""
PAUSE = 0.1
"""Seconds before a look is asked for once more."""

_PRESENCES = {
    api.ParticipantInfo.State.JOINING: Presence.JOINING,
    api.ParticipantInfo.State.JOINED: Presence.JOINED,
    api.ParticipantInfo.State.ACTIVE: Presence.ACTIVE,
    api.ParticipantInfo.State.DISCONNECTED: Presence.DISCONNECTED,
}
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class LiveKitServer:
    """Where the server is, as ws(s) or http(s), and the key to its API."""

    url: str
    api_key: str
    api_secret: str = field(repr=False)


class LiveKitRooms:
    """The rooms, over a session that is shared and is not closed here."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        server: LiveKitServer,
        *,
        seconds: float = 5.0,
    ) -> None:
        """Bind to a server; each call is given up after so many seconds."""
        self._seconds = seconds
        self._session = session
        self._server = server
        self._passes = Passes(server.api_key, server.api_secret, limit=ROOMS)

    async def rooms(self, names: Sequence[str] = ()) -> Sequence[Room]:
        """Return the open rooms, or those of the given names that are open."""
        request = api.ListRoomsRequest(names=names)
        answer = await self._look(lambda: self._service().list_rooms(request))
        return [_room(told) for told in answer.rooms]

    async def participants(self, room: str) -> Sequence[Participant]:
        """Return who is in the room, hidden ones included; empty if it is not open.

        Our own probe is nobody.
        """
        request = api.ListParticipantsRequest(room=room)
        try:
            answer = await self._look(
                lambda: self._service(room).list_participants(request)
            )
        except NotThere:  # the open-source server answers an empty list instead
            return []
        people = [_participant(told) for told in answer.participants]
        return [one for one in people if not is_ours(one.identity, hidden=one.hidden)]

    async def participant(self, room: str, identity: str) -> Participant | None:
        """Return the participant's session, or None if there is none."""
        request = api.RoomParticipantIdentity(room=room, identity=identity)
        try:
            told = await self._look(
                lambda: self._service(room).get_participant(request)
            )
        except NotThere:
            return None
        return _participant(told)

    async def remove(self, room: str, identity: str) -> None:
        """End the participant's session, and revoke no token (see LONG_AGO)."""
        request = api.RoomParticipantIdentity(
            room=room, identity=identity, revoke_token_ts=LONG_AGO
        )
        await self._ask(self._service(room).remove_participant(request))

    async def send(self, room: str, payload: bytes) -> None:
        """Send a reliable packet without a topic to everybody in the room."""
        request = api.SendDataRequest(
            room=room, data=payload, kind=api.DataPacket.Kind.RELIABLE
        )
        await self._ask(self._service(room).send_data(request))

    def _service(self, room: str | None = None) -> RoomService:
        """Return the SDK's service with a token for the room, or to list rooms."""
        token, url = self._passes.of(room), self._server.url
        told = api.LiveKitAPI.with_token(
            token, url, session=self._session, failover=False
        )
        return told.room

    async def _look(self, call: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Ask for what changes nothing; once more if that failed at once."""
        try:
            return await self._ask(call())
        except RoomsSilent:
            raise
        except RoomsUnreachable:
            await asyncio.sleep(PAUSE)
        return await self._ask(call())

    async def _ask(self, call: Awaitable[_Answer]) -> _Answer:
        try:
            async with asyncio.timeout(self._seconds):
                return await call
        except TimeoutError:
            raise RoomsSilent(
                f"The LiveKit server gave no answer in {self._seconds:g} s."
            ) from None
        except api.ServerError as error:
            raise _classed(error) from None
        except (aiohttp.ClientError, OSError) as error:
            raise RoomsUnreachable(
                f"The LiveKit server cannot be reached ({type(error).__name__}): "
                "look at its process, its DNS name and its certificate."
            ) from None
        except (DecodeError, AttributeError, TypeError, ValueError):
            # the SDK trips over an error body that is JSON but no object
            raise RoomsFault(
                "What answers at the LiveKit address does not speak LiveKit's API: "
                "look for a proxy in front of it."
            ) from None


def _classed(error: api.ServerError) -> WorldError:
    said = _said(error)
    if error.status in UNAUTHORISED:
        return RoomsForbidden(
            "The LiveKit server does not accept our API key or secret "
            f"({said}): compare them with the server's, and the clocks."
        )
    if error.status == NO_SUCH and error.code == api.ServerErrorCode.NOT_FOUND:
        return NotThere(f"The LiveKit server says {said}.")
    if error.status == TOO_MANY:
        return RoomsBusy(
            f"The LiveKit server refuses, as it is asked too often ({said}): "
            "wait a minute, then try again."
        )
    if error.status >= SERVER_ERRORS:
        return RoomsUnreachable(f"The LiveKit server is in trouble ({said}).")
    return RoomsFault(
        f"The LiveKit server did not understand us ({said}): "
        "look at the URL and at the server's version."
    )


def _said(error: api.ServerError) -> str:
    words = plain(str(error.message))
    status = f"HTTP {error.status}"
    return f"{status}: {words}" if words else status


def _room(told: api.Room) -> Room:
    return Room(
        name=told.name,
        sid=told.sid,
        participants=told.num_participants,
        created_at=_time(told.creation_time_ms, told.creation_time),
    )


def _participant(told: api.ParticipantInfo) -> Participant:
    return Participant(
        identity=told.identity,
        sid=told.sid,
        presence=_PRESENCES.get(told.state, Presence.UNRECOGNISED),
        joined_at=_time(told.joined_at_ms, told.joined_at),
        hidden=told.permission.hidden,
    )


def _time(milliseconds: int, seconds: int) -> datetime | None:
    """Read a time in whichever unit the server's version tells it."""
    since = milliseconds / 1000 if milliseconds else seconds
    return datetime.fromtimestamp(since, UTC) if since else None
