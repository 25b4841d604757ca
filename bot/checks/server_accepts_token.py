"""Would the LiveKit server let the bearer of a fresh token in?"""

from pydantic import BaseModel

from bot.cohrtz.answers import Reading, read
from bot.cohrtz.spelling import STAND_IN
from bot.core.evidence import Finding, Value, bad, ok, unknown
from bot.world import World
from bot.world.tokens import Acceptance, Spelling

TITLE = "Server accepts a fresh token"
FACTS = {
    "token.accepted": "whether the LiveKit server accepts a token minted just now",
    "token.refusal": "the server's words when it does not",
}
TIMEOUT = 22.0
ON_OPEN = True


class Params(BaseModel, extra="forbid", frozen=True):
    """The room, and the participant; without one a synthetic identity asks."""

    room: str
    identity: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Fetch a token as the app would and show it to the server, without joining."""
    identity = params.identity or STAND_IN
    answer = await world.tokens.fetch(params.room, identity, Spelling.RAW)
    reading = read(answer, now=world.now())
    if reading.token is None:
        return unknown(f"No token to show the server: the endpoint {reading.words}.")
    said = await world.tokens.accepts(reading.token.get_secret_value())
    return _finding(said, reading)


def _finding(said: Acceptance, reading: Reading) -> Finding:
    if said.accepted is None:
        return unknown(
            f"The server did not say whether it takes tokens: {said.reason}."
        )
    facts: dict[str, Value] = {"token.accepted": said.accepted}
    if said.accepted:
        return ok("The LiveKit server accepts a fresh token.", facts)
    facts["token.refusal"] = said.reason
    words = f"The LiveKit server refuses the endpoint's token (“{said.reason}”)"
    return bad(f"{words}: {_why(reading)}.", facts)


def _why(reading: Reading) -> str:
    if reading.inspection is not None and reading.inspection.problems:
        return "; ".join(problem.words for problem in reading.inspection.problems)
    return (
        "compare the API key and secret of endpoint and server; an app whose saved "
        "token looks valid goes on presenting that one"
    )
