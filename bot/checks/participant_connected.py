"""Is the participant's session active, and is it a new one?"""

from pydantic import AwareDatetime, BaseModel

from bot.cohrtz.sessions import Session, judge
from bot.core.evidence import Finding, Value, Verdict, unknown
from bot.errors import WorldError
from bot.world import World
from bot.world.rooms import Participant

TITLE = "Participant is connected"
FACTS = {
    "room.participant_state": "active, joining, joined, disconnected or absent",
    "room.participant_sid": "the id of the participant's session",
    "room.participant_age_s": "seconds since that session began",
    "room.fresh_session": "whether it is another session than the one before",
}
TIMEOUT = 8.0
ON_OPEN = True


class Params(BaseModel, extra="forbid", frozen=True):
    """Who is looked for; `not_sid` and `after` tell the session before from a new."""

    room: str
    identity: str | None = None
    not_sid: str | None = None
    after: AwareDatetime | None = None


async def run(params: Params, world: World) -> Finding:
    """Look at the participant's session on the server."""
    if not params.identity:
        return unknown("Who to look for is not known: no participant was given.")
    try:
        seen = await world.rooms.participant(params.room, params.identity)
    except WorldError as error:
        return unknown(f"Whether the participant is connected is not known: {error}")
    session = _session(seen)
    judged = judge(session, now=world.now(), not_sid=params.not_sid, after=params.after)
    facts: dict[str, Value | None] = {
        "room.participant_state": session.state if session else "absent",
        "room.participant_sid": session.sid if session else None,
        "room.participant_age_s": judged.age_s,
        "room.fresh_session": judged.fresh,
    }
    known = {name: value for name, value in facts.items() if value is not None}
    return Finding(verdict=Verdict(judged.verdict), headline=judged.words, facts=known)


def _session(seen: Participant | None) -> Session | None:
    return None if seen is None else Session(seen.sid, seen.presence, seen.joined_at)
