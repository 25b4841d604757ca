"""What may be asked of, and done to, the rooms on the LiveKit server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.errors import WorldError


class RoomsUnreachable(WorldError):  # noqa: N818  named for what is the case
    """No answer from the LiveKit server: refused, reset, timed out, 5xx."""


class RoomsSilent(RoomsUnreachable):
    """The server took the request, or did not, and gave no answer in time."""


class RoomsBusy(WorldError):  # noqa: N818  named for what is the case
    """The server is asked too often and refused (429): it did nothing."""


class RoomsForbidden(WorldError):  # noqa: N818  named for what is the case
    """The LiveKit server does not accept our API key or secret (401, 403)."""


class NotThere(WorldError):  # noqa: N818  named for what is the case
    """The room or the participant is not on the server (404)."""


class RoomsFault(WorldError):  # noqa: N818  named for what is the case
    """The server answered in a way that it should not (any other code, bad bytes)."""


class Presence(StrEnum):
    """Where a participant's session stands, in LiveKit's words."""

    JOINING = "joining"
    JOINED = "joined"
    ACTIVE = "active"
    DISCONNECTED = "disconnected"
    UNRECOGNISED = "unrecognised"


@dataclass(frozen=True)
class Room:
    """A room that is open on the server; `participants` excludes dependent ones."""

    name: str
    sid: str
    participants: int
    created_at: datetime | None


@dataclass(frozen=True)
class Participant:
    """One participant's current session; a new session has a new `sid`."""

    identity: str
    sid: str
    presence: Presence
    joined_at: datetime | None
    hidden: bool = False


class Rooms(Protocol):
    """The rooms of the deployment. Every call is bounded in time.

    Each method raises RoomsUnreachable, RoomsBusy, RoomsForbidden or RoomsFault; the
    text is fit for a person. Only `remove` and `send` change anything.
    """

    async def rooms(self, names: Sequence[str] = ()) -> Sequence[Room]:
        """Return the open rooms, or those of the given names that are open."""
        ...

    async def participants(self, room: str) -> Sequence[Participant]:
        """Return who is in the room, hidden ones included; empty if it is not open."""
        ...

    async def participant(self, room: str, identity: str) -> Participant | None:
        """Return the participant's session, or None if there is none."""
        ...

    async def remove(self, room: str, identity: str) -> None:
        """End the participant's session; raise NotThere if there is none.

        The token stays good on an open-source server, so the app may come back at
        once. RoomsUnreachable leaves open whether the session was ended.
        """
        ...

    async def send(self, room: str, payload: bytes) -> None:
        """Send a packet to everybody in the room, as the server itself.

        That the server took it does not say that anybody received it.
        RoomsUnreachable leaves open whether it did; it is also what a server says
        when the room is not open.
        """
        ...
