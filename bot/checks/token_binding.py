"""Is the participant's token for this participant and this room, with its grants?"""

from pydantic import BaseModel

from bot.cohrtz.answers import read
from bot.cohrtz.jwt import Code, Inspection, mismatches
from bot.core.evidence import Finding, Value, bad, ok, unknown
from bot.world import World
from bot.world.tokens import Spelling

TITLE = "Token fits participant and room"
FACTS = {
    "token.identity_matches": "whether the token's subject is the participant",
    "token.room_matches": "whether the token's grant is for the room",
    "token.grants_ok": "whether it may join, send data and receive, and be seen",
    "token.client_accepts": "whether the app would use it (it never looks at names)",
    "token.seconds_left": "seconds until it expires, negative when it has",
    "token.problems": "the codes of what is wrong, joined by commas; empty if nothing",
}
TIMEOUT = 12.0
ON_OPEN = True


class Params(BaseModel, extra="forbid", frozen=True):
    """The room, and the participant whose token is asked for."""

    room: str
    identity: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Ask for a token as the app would, and read it."""
    if not params.identity:
        return unknown("Whether the token fits is not known: no participant was given.")
    answer = await world.tokens.fetch(params.room, params.identity, Spelling.RAW)
    reading = read(answer, now=world.now())
    seen = reading.inspection
    if seen is None:
        return unknown(f"There is no token to look at: the endpoint {reading.words}.")
    wrong = mismatches(seen, room=params.room, identity=params.identity)
    problems = (*seen.problems, *wrong)
    facts = _facts(seen, [problem.code for problem in problems])
    if not problems:
        return ok("The token is for this participant and room, with all grants.", facts)
    words = "; ".join(problem.words for problem in problems)
    return bad(f"The token that the app is given does not fit: {words}.", facts)


def _facts(seen: Inspection, codes: list[Code]) -> dict[str, Value]:
    facts: dict[str, Value] = {"token.client_accepts": seen.client_accepts}
    facts["token.problems"] = ",".join(codes)
    if seen.seconds_left is not None:
        facts["token.seconds_left"] = seen.seconds_left
    if seen.readable:
        facts["token.identity_matches"] = Code.OTHER_IDENTITY not in codes
        facts["token.room_matches"] = Code.OTHER_ROOM not in codes
        facts["token.grants_ok"] = seen.grants_ok
    return facts
