"""What was counted in a log: numbers, ids and identities, and none of its content."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_DATA_ROOM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_data_room(room: str) -> bool:
    """Say whether a room is one that holds data: the app names those by a UUID."""
    return _DATA_ROOM.fullmatch(room) is not None


@dataclass(frozen=True)
class Mark:
    """One line: its number, from 1, and its time as it is written, if it has one."""

    line: int
    at: str | None


@dataclass(frozen=True)
class Seen:
    """How often a template's line occurs, and where first and last."""

    count: int
    first: Mark
    last: Mark


@dataclass(frozen=True)
class Tally:
    """A log, counted."""

    lines: int = 0
    blank: int = 0
    classified: int = 0
    """Lines of a template."""
    attached: int = 0
    """Errors, stack traces and continuations of such lines."""
    templates: Mapping[str, Seen] = field(default_factory=dict)
    causes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Errors, by the template that they belong to and cause."""
    rooms: frozenset[str] = frozenset()
    """Names; they are for counting and comparing, and must not be shown."""
    peers: frozenset[str] = frozenset()
    """Identities of the app's form, `user:<uuid>`."""
    types: Mapping[str, int] = field(default_factory=dict)
    """Lines by packet type."""
    states: Mapping[str, int] = field(default_factory=dict)
    """Lines by connection state."""
    largest: Mapping[str, int] = field(default_factory=dict)
    table_rows: Mapping[str, int] = field(default_factory=dict)
    """By table, the rows that it had when that was told last."""
    full: bool = False
    """There were more rooms, peers or tables than are kept."""

    @property
    def unknown(self) -> int:
        """Return how many lines are neither blank nor understood."""
        return self.lines - self.blank - self.classified - self.attached

    @property
    def unknown_share(self) -> float:
        """Return their share of all that are not blank, 0 to 1."""
        full = self.lines - self.blank
        return self.unknown / full if full else 0.0
