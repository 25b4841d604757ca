"""Does the token endpoint answer, and in the form that the app understands?"""

import asyncio

from pydantic import BaseModel

from bot.cohrtz.answers import HANDS_OFF, Reading, TokenStatus, differ, read
from bot.cohrtz.spelling import STAND_IN
from bot.core.evidence import Finding, Value, bad, ok
from bot.world import World
from bot.world.tokens import Spelling, TokenAnswer

TITLE = "Token endpoint answers"
FACTS = {
    "token.status": "ok, or how the request for a token failed",
    "token.http_status": "the HTTP status, when there was an answer",
    "token.latency_ms": "milliseconds until the answer was whole or given up",
    "token.spelling_matters": "whether the app's unescaped URL asks for other names",
}
TIMEOUT = 12.0
ON_OPEN = True


class Params(BaseModel, extra="forbid", frozen=True):
    """The room, and the participant; without one a synthetic identity asks."""

    room: str
    identity: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Ask as the app spells it and as it should, and compare."""
    identity = params.identity or STAND_IN
    raw, proper = await asyncio.gather(
        world.tokens.fetch(params.room, identity, Spelling.RAW),
        world.tokens.fetch(params.room, identity, Spelling.PROPER),
    )
    seen = read(raw, now=world.now())
    other_names = differ(seen, read(proper, now=world.now()))
    facts = _facts(raw, seen)
    if other_names is not None:
        facts["token.spelling_matters"] = other_names
    if seen.status is not TokenStatus.OK:
        return bad(f"The token endpoint {seen.words}. {HANDS_OFF}", facts)
    if other_names:
        trap = "The app does not escape `&`, `#`, `+` and `%` in names"
        return bad(f"{trap}: its token is for other names. Rename the room.", facts)
    return ok(f"The token endpoint {seen.words} in {raw.took * 1000:.0f} ms.", facts)


def _facts(answer: TokenAnswer, seen: Reading) -> dict[str, Value]:
    facts: dict[str, Value] = {
        "token.status": seen.status.value,
        "token.latency_ms": round(answer.took * 1000),
    }
    return (
        facts
        if answer.status is None
        else {"token.http_status": answer.status, **facts}
    )
