"""What was asked of the simulated deployment and how it went, without any token."""

import time
from dataclasses import dataclass, field

from rehearsal.cohrtz.changes import Changes


@dataclass(frozen=True)
class Entry:
    """One request, join or webhook. Nothing in it is secret."""

    place: str
    """`token`, `livekit`, `peer` or `webhook`."""
    method: str
    """GET or POST, EVENT for a webhook, ACT for what a peer did."""
    path: str
    """The URL's path without its query; for webhooks and peers' acts, a name."""
    outcome: str
    """The HTTP status, or words for what has no status."""
    room: str = ""
    identity: str = ""
    at: float = field(default_factory=time.time)
    """Seconds since the epoch."""


class Journal:
    """All entries, oldest first."""

    def __init__(self, changes: Changes) -> None:
        """Make an empty journal that tells `changes` of every entry."""
        self._changes = changes
        self._entries: list[Entry] = []

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return every entry, oldest first."""
        return tuple(self._entries)

    def add(self, entry: Entry) -> None:
        """Append an entry."""
        self._entries.append(entry)
        self._changes.tell()

    def find(self, after: int = 0, /, **wanted: str) -> tuple[Entry, ...]:
        """Return the entries whose fields are as wanted: `find(place="token")`.

        So many of the oldest are passed over.
        """
        return tuple(
            entry
            for entry in self._entries[after:]
            if all(getattr(entry, name) == value for name, value in wanted.items())
        )
