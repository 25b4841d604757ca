"""Are the sync requests answered, by what the devices themselves report?"""

from datetime import timedelta

from pydantic import BaseModel

from bot.cohrtz.sync_story import FACTS as STORY
from bot.cohrtz.sync_story import tell
from bot.core.evidence import Finding, Verdict, unknown
from bot.world import World
from bot.world.diagnostics import DiagnosticsOff

WINDOW = timedelta(minutes=30)
TITLE = "Sync requests are answered"
FACTS = STORY
TIMEOUT = 5.0
ON_OPEN = True


class Params(BaseModel, extra="forbid", frozen=True):
    """The room, and the participant whose device is asked about; else all devices."""

    room: str
    identity: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Read the room's ring of posted diagnostics."""
    try:
        kept = await world.diagnostics.recent(params.room, world.now() - WINDOW)
    except DiagnosticsOff as off:
        return unknown(f"What the devices say is not known: {off}")
    told = tell(kept.events, params.identity or None)
    if not kept.unreadable:
        return told
    missing = f"{kept.unreadable} batches that are kept do not open: they were changed."
    verdict = Verdict.UNKNOWN if told.verdict is Verdict.OK else told.verdict
    return Finding(
        verdict=verdict, headline=f"{told.headline} {missing}", facts=told.facts
    )
