"""End the participant's session, so that their app connects anew.

The app comes back by its janitor within 30 s, with the token that it has; it fetches a
fresh one only if that looks malformed or expires within 60 s. Source: cohrtz_app at
6470ae3; on the open-source LiveKit server a removed participant may rejoin at once.
"""

from pydantic import BaseModel

from bot.cohrtz import plain
from bot.core.actions import Effect, Outcome, Plan, Settlement
from bot.core.evidence import Value
from bot.errors import WorldError
from bot.world import World
from bot.world.rooms import NotThere, Participant, Presence, RoomsBusy

TITLE = "Reconnect the participant"
EFFECT = Effect.ONE_PARTICIPANT
TIMEOUT = 15.0


class Params(BaseModel, extra="forbid", frozen=True):
    """Whose session in which room is ended."""

    room: str
    identity: str


async def plan(params: Params, world: World) -> Plan:
    """Find the session; raise NotThere when there is none to end."""
    people = await world.rooms.participants(params.room)
    session = next((one for one in people if one.identity == params.identity), None)
    who, where = plain.name(params.identity), plain.name(params.room)
    if session is None:
        raise NotThere(
            f"{who} is not in room {where}, so there is no session to end. Their app "
            "tries again by itself every 30 s; look at why it is not let in."
        )
    others = sum(one.identity != params.identity and not one.hidden for one in people)
    return Plan(
        target=f"{who}'s session {session.sid} in room {where}",
        blast=_blast(others),
        touches=1,
        binding={
            "room": params.room,
            "identity": params.identity,
            "sid": session.sid,
        },
        baseline=_baseline(session),
    )


async def act(plan: Plan, world: World) -> Outcome:
    """Remove the participant if the session is still the planned one."""
    try:
        return await _removed(plan, world)
    except RoomsBusy as refusal:
        return Outcome(ok=False, detail=f"{refusal} Nothing was done.")


async def _removed(plan: Plan, world: World) -> Outcome:
    room, identity = str(plan.binding["room"]), str(plan.binding["identity"])
    who = plain.name(identity)
    session = await world.rooms.participant(room, identity)
    if session is None:
        return Outcome(ok=False, detail=f"{who} has already left; nothing was done.")
    if session.sid != plan.binding["sid"]:
        return Outcome(
            ok=False, detail=f"{who} has a new session already; nothing was done."
        )
    try:
        await world.rooms.remove(room, identity)
    except NotThere:
        return Outcome(ok=False, detail=f"{who} left just before; nothing was done.")
    return Outcome(
        ok=True,
        detail=f"{plan.target} was ended. The app should be back within 30 s.",
    )


async def settle(plan: Plan, world: World) -> Settlement:
    """Look whether the planned session is still there."""
    room, identity = str(plan.binding["room"]), str(plan.binding["identity"])
    try:
        session = await world.rooms.participant(room, identity)
    except WorldError as error:
        return Settlement(happened=None, detail=f"The server does not say: {error}")
    if session is not None and session.presence is Presence.DISCONNECTED:
        session = None  # the server still lists what has ended
    if session is not None and session.sid == plan.binding["sid"]:
        detail = f"{plan.target} is still there: it was not ended."
        return Settlement(happened=False, detail=detail)
    now = "nobody is there" if session is None else f"a new one is: {session.sid}"
    return Settlement(
        happened=True,
        detail=(
            f"{plan.target} has ended and {now}. Whether we ended it or it ended by "
            "itself cannot be told; the effect is the same."
        ),
    )


def _blast(others: int) -> str:
    there = "others in the room go" if others > 1 else "other in the room goes"
    churn = f"{others} {there} through a change of group keys (epoch)"
    return (
        "One participant is offline for up to 30 s. "
        f"{churn if others else 'Nobody else is in the room'}. "
        "This does not refresh a token that the app still thinks valid, and it is no "
        "ban: they can rejoin at once."
    )


def _baseline(session: Participant) -> dict[str, Value]:
    before: dict[str, Value] = {"not_sid": session.sid}
    if session.joined_at is not None:
        before["after"] = session.joined_at.isoformat()
    return before
