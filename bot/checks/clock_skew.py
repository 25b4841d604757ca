"""Does the token endpoint's clock agree with ours?"""

from pydantic import BaseModel

from bot.cohrtz.answers import read
from bot.cohrtz.clocks import LIMIT, date_skew, token_skew
from bot.cohrtz.spelling import STAND_IN
from bot.core.evidence import Finding, Value, bad, ok, unknown
from bot.world import World
from bot.world.tokens import Spelling

TITLE = "Token endpoint's clock agrees"
FACTS = {
    "skew.endpoint_s": "seconds that the endpoint's Date is ahead of us, at the least",
    "skew.token_s": "seconds that the token's iat or nbf is ahead; an old one lags",
}
TIMEOUT = 12.0
ON_OPEN = True


class Params(BaseModel, extra="forbid", frozen=True):
    """The room, and the participant; without one a synthetic identity asks."""

    room: str
    identity: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Compare the Date header, and the token's own time, with our clock."""
    identity = params.identity or STAND_IN
    answer = await world.tokens.fetch(params.room, identity, Spelling.RAW)
    seen = read(answer, now=world.now()).inspection
    facts: dict[str, Value] = {}
    token = token_skew(seen, asked_at=answer.asked_at, took=answer.took)
    if token is not None:
        facts["skew.token_s"] = token
    if answer.server_time is None:
        return unknown(
            "The endpoint sent no usable Date, so its clock is unseen.", facts
        )
    skew = date_skew(answer.server_time, asked_at=answer.asked_at, took=answer.took)
    return _finding(skew, token or 0.0, facts | {"skew.endpoint_s": skew})


def _finding(skew: float, token: float, facts: dict[str, Value]) -> Finding:
    if abs(skew) > LIMIT:
        way = "ahead of" if skew > 0 else "behind"
        words = f"The endpoint's clock is {abs(skew):.0f} s {way} ours: set it right."
        return bad(words, facts)
    if token > LIMIT:
        words = f"The endpoint dates its tokens {token:.0f} s into the future."
        return bad(words, facts)
    if token < -LIMIT:
        words = f"The clocks agree; the token itself was made {-token:.0f} s ago."
        return ok(f"{words} That is no skew: look for a cache.", facts)
    return ok("The endpoint's clock and ours agree within half a minute.", facts)
