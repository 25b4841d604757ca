"""What an act holds until it is settled, and how much may be acted on. Pure.

Two incidents must not act on one target at once: the second could undo or double what
the first does, and neither could tell afterwards whose act had which effect.
"""

from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel

from bot.core.actions import Effect, Plan
from bot.core.policy import Caps

Reach = Literal["one-participant", "room"]
"""What acts are counted by."""

ONE, WHOLE = "one participant", "the whole room"


class Target(BaseModel, frozen=True):
    """What one act holds; a whole room meets each participant in it."""

    room: str
    participant: str | None = None
    """None: the whole room."""


class Holder(BaseModel, frozen=True):
    """Whose act holds a target, or a part of it."""

    incident: str
    by: str
    """Who pressed Run there, by their opaque id."""
    since: datetime
    whole_room: bool

    @property
    def words(self) -> str:
        """Say what is held there, to go on from «acts on …»."""
        return WHOLE if self.whole_room else ONE


class Obstacle(BaseModel, frozen=True):
    """Why an act may not begin now: somebody holds its target, or a cap is reached."""

    holder: Holder | None = None
    begun: int = 0
    """How many acts of its reach have begun in the room within the hour."""
    most: int = 0
    """How many the policy allows."""
    until: datetime | None = None
    """When the first of them counts no more."""


class Capped(BaseModel, frozen=True):
    """How much the policy lets an act disturb, beside what it would disturb now."""

    participants: int
    """How many one act may disturb."""
    touches: int | None
    """How many this one would disturb; None: nothing is planned."""
    acts: int
    """How many of its reach may begin in a room within an hour."""
    begun: int | None
    """How many have begun; None: it is not known here."""


_REACH: Final[dict[Effect, Reach]] = {
    Effect.ONE_PARTICIPANT: "one-participant",
    Effect.ROOM: "room",
    Effect.IRREVERSIBLE: "room",
}


def reach_of(effect: Effect) -> Reach | None:
    """Return what acts of this effect are counted by; None: it only looks."""
    return _REACH.get(effect)


def target_of(plan: Plan, effect: Effect, room: str) -> Target | None:
    """Return what an act on this plan holds; None for one that only looks.

    An action says in its plan's `binding` which `room` and which `identity` it
    touches. One that names no room is taken to touch that of the report, `room`; one
    that names nobody, or disturbs more than one, to touch the whole room.
    """
    if reach_of(effect) is None:
        return None
    where, who = plan.binding.get("room", room), plan.binding.get("identity")
    if effect is not Effect.ONE_PARTICIPANT or who is None:
        return Target(room=str(where))
    return Target(room=str(where), participant=str(who))


def most_of(reach: Reach, caps: Caps) -> int:
    """Return how many acts of this reach the policy allows in a room and hour."""
    if reach == "room":
        return caps.room_per_room_and_hour
    return caps.one_participant_per_room_and_hour


def too_many(plan: Plan, caps: Caps) -> str | None:
    """Say, with the numbers, that a plan would disturb more than the policy allows."""
    if plan.touches <= caps.participants:
        return None
    return (
        f"It would disturb {plan.touches} participants, and the policy allows one act "
        f"to disturb {caps.participants} (caps.participants). Nothing was done."
    )
