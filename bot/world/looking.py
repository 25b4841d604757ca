"""The world for whoever may only look: what would change it is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.errors import WorldError
from bot.world import World
from bot.world.rooms import Participant, Room, Rooms


class OnlyLooks(WorldError):  # noqa: N818  named for what is the case
    """Something wanted to change the world where nothing may be touched."""


def only_looks(world: World) -> World:
    """Return the same world, in which nothing can be changed."""
    return replace(world, rooms=LookingRooms(world.rooms))


@dataclass(frozen=True)
class LookingRooms:
    """The rooms, of which `remove` and `send` raise OnlyLooks before any call."""

    seen: Rooms

    async def rooms(self, names: Sequence[str] = ()) -> Sequence[Room]:
        """Return the open rooms, or those of the given names."""
        return await self.seen.rooms(names)

    async def participants(self, room: str) -> Sequence[Participant]:
        """Return who is in the room."""
        return await self.seen.participants(room)

    async def participant(self, room: str, identity: str) -> Participant | None:
        """Return the participant's session, or None."""
        return await self.seen.participant(room, identity)

    async def remove(self, room: str, identity: str) -> None:  # noqa: ARG002  the Protocol
        """Refuse."""
        raise OnlyLooks("Nothing is touched here: no participant is removed.")

    async def send(self, room: str, payload: bytes) -> None:  # noqa: ARG002  the Protocol
        """Refuse."""
        raise OnlyLooks("Nothing is touched here: no packet is sent.")
