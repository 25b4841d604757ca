"""Ask every app in the room to announce its keys again.

One packet goes to the room by the server's own API: a handshake of type 3 and nothing
else, bytes `08 03`. Each app answers an empty handshake at once with its keys, whoever
asked. Everybody processes everybody's: packets that waited for a sender's key are
replayed and group keys are shared with whom they could not be before. The price is in
TreeKEM: each keyed handshake takes a known peer in once more, so the tree gains a ghost
leaf and the epoch goes up. Source: cohrtz_app at 6470ae3, its handshake handler.
"""

import hashlib
import json
from collections.abc import Iterable

from pydantic import BaseModel

from bot.cohrtz import plain
from bot.core.actions import Effect, Outcome, Plan, Settlement
from bot.errors import WorldError
from bot.world import World
from bot.world.rooms import NotThere, Participant, Presence, RoomsBusy

TITLE = "Ask all to announce their keys"
EFFECT = Effect.ROOM
TIMEOUT = 15.0
PAYLOAD = bytes((0x08, 0x03))
"""A handshake without a payload: no key, no sender, nothing to sign."""


class Params(BaseModel, extra="forbid", frozen=True):
    """The room; `identity` is taken so that a page may name one, all are asked."""

    room: str
    identity: str | None = None


async def plan(params: Params, world: World) -> Plan:
    """Find who would answer; raise NotThere when nobody could."""
    active = await _active(params.room, world)
    where = plain.name(params.room)
    if not active:
        raise NotThere(
            f"Nobody in room {where} is active, so there is nobody to announce keys. "
            "Apps announce them by themselves when somebody connects."
        )
    return Plan(
        target=f"the apps of {_people(len(active))} in room {where}",
        blast=_blast(len(active)),
        touches=len(active),
        binding={"room": params.room, "participants": _exactly(active)},
    )


async def act(plan: Plan, world: World) -> Outcome:
    """Send the one packet, if those whom it reaches are still the planned ones.

    The intent is written between the last plan and this, and somebody may come.
    """
    room = str(plan.binding["room"])
    if why := await _has_changed(room, plan, world):
        return Outcome(ok=False, detail=f"{why} Nothing was sent.")
    try:
        await world.rooms.send(room, PAYLOAD)
    except RoomsBusy as refusal:
        return Outcome(ok=False, detail=f"{refusal} Nothing was sent.")
    return Outcome(
        ok=True,
        detail=(
            f"The server took the request for {plan.target}. It does not say who "
            "answered: watch the room's packets (room-packets) for what has changed."
        ),
    )


async def settle(plan: Plan, world: World) -> Settlement:  # noqa: ARG001  the server keeps no record to look at
    """Say that it cannot be told: neither server nor apps keep a record of it."""
    return Settlement(
        happened=None,
        detail=(
            f"Whether the request reached {plan.target} cannot be seen afterwards: "
            "the server keeps no record of data, and the apps answer within a second. "
            "If requests for keys go on, it may be sent again; each time costs an "
            "epoch for each participant."
        ),
    )


async def _active(room: str, world: World) -> list[Participant]:
    people = await world.rooms.participants(room)
    return [person for person in people if _answers(person)]


async def _has_changed(room: str, plan: Plan, world: World) -> str | None:
    """Say why the packet would not reach exactly the planned ones; None: it would."""
    try:
        now = await _active(room, world)
    except WorldError as error:  # nothing was sent yet, so there is no doubt
        return f"Who is in the room cannot be seen right before sending: {error}"
    if _exactly(now) == plan.binding["participants"]:
        return None
    return (
        "Somebody has come or gone since this was asked for: it was for "
        f"{_people(plan.touches)}, and would reach {_people(len(now))} now."
    )


def _answers(person: Participant) -> bool:
    return person.presence is Presence.ACTIVE and not person.hidden


def _exactly(people: Iterable[Participant]) -> str:
    """Return a digest that stands for these people: a count would let others slip in.

    Who they are is content, so their identities themselves are not kept.
    """
    identities = sorted(person.identity for person in people)
    return hashlib.sha256(json.dumps(identities).encode("ascii")).hexdigest()


def _people(count: int) -> str:
    return "1 participant" if count == 1 else f"all {count} participants"


def _blast(count: int) -> str:
    return (
        f"{_people(count).capitalize()} announce their keys at once; nobody is "
        "disconnected. Side effect in TreeKEM: each announcement takes a known peer in "
        f"again, so expect about {count} ghost leaves and the epoch to rise by as many "
        "or more; with three or more peers, group secrets may part for a while."
    )
