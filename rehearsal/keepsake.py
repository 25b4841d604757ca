"""What is left of a rehearsal: the summary of its incident, as a Markdown file."""

from collections.abc import Mapping
from pathlib import Path

from bot.core.incident.apply import fold
from bot.core.summary import summarise
from bot.engine.rows import events_from
from bot.store.store import open_store
from handlers.render.summary import markdown


async def leave_summary(folder: Path, names: Mapping[str, str]) -> Path | None:
    """Write the newest incident's summary beside the database and return its path.

    `names` tells people's names by their ids. None if there was no incident. The bot
    must have ended: a database has one owner.
    """
    async with open_store(folder / "triage.db") as store:
        heads = await store.heads(limit=1)
        if not heads:
            return None
        incident = heads[0].incident
        events = events_from(await store.events(incident))
    state = fold(incident, events)
    path = folder / f"summary-{incident}.md"
    text = markdown(incident, state, summarise(incident, events), names)
    path.write_text(text, encoding="utf-8")
    return path
