"""Hybrid logical clocks: `2026-02-27T10:00:00.000001Z-0000-node`.

The app compares them as *text*, so does its vector clock, and so do we where the
question is what the app does. As text `…00.000Z` sorts after `…00.000001Z`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DRIFT = timedelta(seconds=60)
"""How far ahead of its clock a client accepts a row; else it drops the whole chunk."""
LIMIT = 512
"""Characters of a clock that are read; a true one has fewer than a hundred."""

_FORM = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:\d{3})?Z)-([0-9A-F]{4})-(.+)",
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


def parse(text: str) -> Hlc | None:
    """Read a clock; None for what the app could not read either."""
    found = _FORM.fullmatch(text) if len(text) <= LIMIT else None
    if found is None:
        return None
    try:
        at = datetime.fromisoformat(found[1]).astimezone(UTC)
    except ValueError:
        return None
    return Hlc(at, int(found[2], 16), found[3])


def node_of(text: str) -> str | None:
    """Return the node that a clock names, if it can be read."""
    clock = parse(text)
    return None if clock is None else clock.node


def is_web_node(node: str) -> bool:
    """Say whether a web client has this node id."""
    return node.startswith(_WEB_NODE)
