"""Is the room open on the server, and who is in it?"""

from pydantic import BaseModel

from bot.cohrtz import plain
from bot.core.evidence import Finding, Value, bad, ok, unknown
from bot.errors import WorldError
from bot.world import World
from bot.world.rooms import Participant, Presence

TITLE = "Room is open and occupied"
FACTS = {
    "room.exists": "whether the room is open on the LiveKit server",
    "room.participants": "how many participants the peers can see",
    "room.hidden": "how many participants are hidden from the peers",
    "room.active": "how many of the visible ones are active",
}
TIMEOUT = 12.0
ON_OPEN = True


class Params(BaseModel, extra="forbid", frozen=True):
    """The room to look into; `identity` is taken so that all checks can be asked."""

    room: str
    identity: str | None = None


async def run(params: Params, world: World) -> Finding:
    """List the room and its participants; joins nothing, creates nothing."""
    try:
        exists = bool(await world.rooms.rooms([params.room]))
        people = await world.rooms.participants(params.room) if exists else ()
    except WorldError as error:
        return unknown(f"Who is in the room is not known: {error}")
    if not exists:
        return bad(
            _absent(params.room), dict.fromkeys(FACTS, 0) | {"room.exists": False}
        )
    visible = [person for person in people if not person.hidden]
    return _finding(visible, hidden=len(people) - len(visible))


def _absent(room: str) -> str:
    return (
        f"Room {plain.name(room)} is not open on the server: nobody is connected, or "
        "the name is wrong (a data room's name is a UUID)."
    )


def _finding(visible: list[Participant], *, hidden: int) -> Finding:
    active = sum(person.presence is Presence.ACTIVE for person in visible)
    facts: dict[str, Value] = {
        "room.exists": True,
        "room.participants": len(visible),
        "room.hidden": hidden,
        "room.active": active,
    }
    words = f"{active} of {len(visible)} visible participants are active."
    return ok(words, facts) if active else bad(f"The room is open, but {words}", facts)
