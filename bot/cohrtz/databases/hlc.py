"""Hybrid logical clocks: `2026-02-27T10:00:00.000001Z-0000-node`.

The app compares them as *text*, so does its vector clock, and so do we where the
question is what the app does. As text `…00.000Z` sorts after `…00.000001Z`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

DRIFT = timedelta(seconds=60)
"""How far ahead of its clock a client accepts a row; else it drops the whole chunk."""
LIMIT = 512
"""Characters of a clock that are read; a true one has fewer than a hundred."""

_FORM = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:\d{3})?)Z-([0-9A-F]{4})-(.+)",
    re.ASCII | re.DOTALL,
)
_WEB_NODE = "user_"


@dataclass(frozen=True)
class Hlc:
    """One clock, parsed."""

    at: datetime
    """When, in UTC, by the clock of the device that wrote it."""
    counter: int
    node: str
    """Which database wrote it: a UUID, or on the web an identity with `_` for `:`."""


class Told(NamedTuple):
    """A clock, taken apart as text, which is all that most questions need."""

    stamp: str
    """When, in UTC, without the `Z`: stamps sort as text in the order of time."""
    counter: str
    node: str


def told(text: str) -> Told | None:
    """Take a clock apart; None for what has not its form."""
    found = _FORM.fullmatch(text) if len(text) <= LIMIT else None
    return None if found is None else Told(*found.groups())


def instant(stamp: str) -> datetime | None:
    """Return a stamp as a time; None for a day or an hour that does not exist."""
    try:
        return datetime.fromisoformat(stamp).replace(tzinfo=UTC)
    except ValueError:
        return None


def stamp(at: datetime) -> str:
    """Return a time as a stamp."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def parse(text: str) -> Hlc | None:
    """Read a clock; None for what is none."""
    parts = told(text)
    at = None if parts is None else instant(parts.stamp)
    if parts is None or at is None:
        return None
    return Hlc(at, int(parts.counter, 16), parts.node)


def node_of(text: str) -> str | None:
    """Return the node that a clock names, if it has the form of one."""
    parts = told(text)
    return None if parts is None else parts.node


def is_web_node(node: str) -> bool:
    """Say whether a web client has this node id."""
    return node.startswith(_WEB_NODE)
