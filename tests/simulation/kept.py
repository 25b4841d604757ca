"""What the bot's database holds when all is over, read with the bot's own store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.core.incident.apply import fold
from bot.core.incident.events import Event
from bot.core.incident.state import Incident
from bot.core.trail.audit import Kept as Entry
from bot.core.trail.audit import audit
from bot.engine.rows import events_from
from bot.engine.trail import kept_of
from bot.store.rows import Drawing, Head, Notice
from bot.store.signing import own_key
from bot.store.store import Store, open_store


@dataclass(frozen=True)
class Told:
    """One incident, with its state folded anew from its events."""

    head: Head
    events: tuple[Event, ...]
    state: Incident
    drawings: tuple[Drawing, ...]
    entries: tuple[Entry, ...]
    """Its events as a bundle has them."""
    signed_by: bytes
    """The public key of the bot that wrote them."""
    trail: tuple[str, ...]
    """What is wrong with its trail, for whoever has the public key."""


@dataclass(frozen=True)
class Kept:
    """All of it."""

    incidents: tuple[Told, ...]
    notices: Sequence[Notice]
    """What still waits to be told to somebody."""
    behind: Sequence[str]
    """The incidents that Slack does not show as they are."""


async def kept(database: Path) -> Kept:
    """Read the database of a bot that has ended."""
    async with open_store(database) as store:
        heads = await store.heads(limit=1_000)
        return Kept(
            incidents=tuple([await _told(store, head, database) for head in heads]),
            notices=await store.notices(datetime.now(UTC), 100),
            behind=await store.behind(100),
        )


async def _told(store: Store, head: Head, database: Path) -> Told:
    rows = await store.events(head.incident)
    links = await store.links(head.incident)
    events = events_from(rows, links)
    public, entries = own_key(database).public, tuple(map(kept_of, rows, links))
    if len(links) != len(rows):
        trail = (f"{len(rows)} events have {len(links)} links",)
    else:
        trail = audit(head.incident, entries, [public]).problems
    return Told(
        head=head,
        events=events,
        state=fold(head.incident, events),
        drawings=tuple(await store.drawings(head.incident)),
        entries=entries,
        signed_by=public,
        trail=tuple(trail),
    )
