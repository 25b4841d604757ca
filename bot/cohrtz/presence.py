"""What polling sees that no webhook told of: sessions that came or went in silence.

LiveKit drops webhooks that wait for more than 30 s or beyond 200 in the queue, so the
list of participants is compared with what is on record. Webhooks have the last word:
a session of which they told a move is never told of again with the same move.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

SEEN = "seen"
GONE = "gone"
JOINS = frozenset({"joined", SEEN})
ENDS = frozenset({"left", "aborted", GONE})


@dataclass(frozen=True)
class Sighting:
    """A session that the server lists now."""

    sid: str
    identity: str
    joined_at: datetime | None


@dataclass(frozen=True)
class Silence:
    """A move that nobody told: `seen` or `gone`, and of whose session."""

    move: str
    session: Sighting


def unheard(
    before: Iterable[Sighting],
    now: Iterable[Sighting],
    told: Mapping[str, frozenset[str]],
) -> list[Silence]:
    """Return what changed between two looks and is not on record.

    `told` maps a sid to the moves on record for it. A session that is on record as
    joined, without an end, and is not listed now counts as having been there before;
    the caller puts it into `before`. The result is in order of sid, ends first, and
    the same for the same arguments.
    """
    listed = {one.sid: one for one in now}
    known = {one.sid: one for one in before}
    gone = [
        Silence(GONE, known[sid])
        for sid in sorted(known.keys() - listed.keys())
        if not told.get(sid, frozenset()) & ENDS
    ]
    seen = [
        Silence(SEEN, listed[sid])
        for sid in sorted(listed)
        if not told.get(sid, frozenset()) & (JOINS | ENDS)
    ]
    return gone + seen
