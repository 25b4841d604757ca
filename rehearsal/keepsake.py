"""What is left of a rehearsal: the summaries of its incidents, as Markdown files."""

from collections.abc import Mapping
from pathlib import Path

from bot.core.incident.apply import fold
from bot.core.summary import summarise
from bot.engine.rows import events_from
from bot.store.store import Store, open_store
from handlers.render.summary import markdown

Names = Mapping[str, str]
"""People's names by their ids."""


async def leave_summaries(folder: Path, names: Names) -> list[Path]:
    """Write each incident's summary beside the database; the oldest first.

    The bot must have ended: a database has one owner.
    """
    async with open_store(folder / "triage.db") as store:
        heads = await store.heads()
        return [
            await _left(store, one.incident, folder, names) for one in reversed(heads)
        ]


async def _left(store: Store, incident: str, folder: Path, names: Names) -> Path:
    events = events_from(await store.events(incident))
    state = fold(incident, events)
    path = folder / f"summary-{incident}.md"
    text = markdown(incident, state, summarise(incident, events), names)
    path.write_text(text, encoding="utf-8")
    return path
