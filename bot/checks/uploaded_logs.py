"""What do the logs that were handed over say about this fault?"""

from collections.abc import Sequence

from pydantic import BaseModel

from bot.cohrtz.log_signs import HIDDEN_IN_RELEASE, SIGNS, About
from bot.cohrtz.whence import WHENCE, most, of_kind, told
from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Finding, Value, bad, ok, unknown
from bot.world import World

TITLE = "Handed-over logs on this fault"
FACTS = {
    "logs.read": "how many logs were handed over",
    "logs.signs": "how many kinds of sign of the fault they hold",
}
TIMEOUT = 5.0
ON_OPEN = False


class Params(BaseModel, extra="forbid", frozen=True):
    """The incident whose files are read, and the fault that is asked about."""

    room: str
    incident: str | None = None
    about: About = About.SYNC


async def run(params: Params, world: World) -> Finding:
    """Add up what was read of the logs; the files themselves are gone."""
    logs = of_kind(await world.artefacts.of(params.incident or ""), Kind.LOG)
    if not logs:
        words = f"No log was handed over. {WHENCE[Kind.LOG].words}"
        return unknown(words, {"logs.read": 0})
    counts = {sign: most(logs, sign.fact) or 0 for sign in SIGNS[params.about]}
    seen = [f"{n} {sign.words}" for sign, n in counts.items() if n]
    facts: dict[str, Value] = {"logs.read": len(logs), "logs.signs": len(seen)}
    if seen:
        return bad(f"The logs show {', '.join(seen)}.", facts)
    return _silent(params.about, logs, facts)


def _silent(about: About, logs: Sequence[Artefact], facts: dict[str, Value]) -> Finding:
    builds = {told(one).get("log.build") for one in logs}
    hidden = HIDDEN_IN_RELEASE.get(about)
    if hidden and "debug" not in builds:
        words = f"The logs show no sign of it, but a release prints neither {hidden}."
        return unknown(f"{words} Get the log of a debug build.", facts)
    return ok("The logs show no sign of this fault in the time that they cover.", facts)
