"""The SQL that goes through what is sealed, to put other seals in place."""

from collections.abc import Mapping
from typing import NamedTuple

Name = tuple[str | int, ...]


class Resealed(NamedTuple):
    """How the rows of a table are gone through."""

    rows: str
    """Some rows after one, in the order of their names: the columns of the name, the
    key, what is sealed."""
    put: str
    """Puts another key and seal into the row of that name."""
    start: Name
    """Comes before the names of all rows."""
    before: int | None = None
    """How many columns of the name earlier versions bound a seal to; None: to all."""


RESEAL: Mapping[str, Resealed] = {
    "events": Resealed(
        rows="SELECT incident, seq, key, sealed FROM events "
        "WHERE (incident, seq) > (?, ?) ORDER BY incident, seq LIMIT ?",
        put="UPDATE events SET key = ?, sealed = ? WHERE incident = ? AND seq = ?",
        start=("", 0),
    ),
    "links": Resealed(
        rows="SELECT incident, seq, key, sealed FROM links "
        "WHERE (incident, seq) > (?, ?) ORDER BY incident, seq LIMIT ?",
        put="UPDATE links SET key = ?, sealed = ? WHERE incident = ? AND seq = ?",
        start=("", 0),
    ),
    "heads": Resealed(
        rows="SELECT incident, key, sealed FROM heads "
        "WHERE incident > ? ORDER BY incident LIMIT ?",
        put="UPDATE heads SET key = ?, sealed = ? WHERE incident = ?",
        start=("",),
    ),
    "drawings": Resealed(
        rows="SELECT incident, part, key, sealed FROM drawings "
        "WHERE (incident, part) > (?, ?) ORDER BY incident, part LIMIT ?",
        put="UPDATE drawings SET key = ?, sealed = ? WHERE incident = ? AND part = ?",
        start=("", ""),
    ),
    "notices": Resealed(
        rows="SELECT id, channel, person, key, sealed FROM notices "
        "WHERE (id, channel, person) > (?, ?, ?) ORDER BY id LIMIT ?",
        put="UPDATE notices SET key = ?, sealed = ? "
        "WHERE id = ? AND channel = ? AND person = ?",
        start=(0, "", ""),
        before=1,
    ),
    "transitions": Resealed(
        rows="SELECT id_mac, key, sealed FROM transitions "
        "WHERE id_mac > ? ORDER BY id_mac LIMIT ?",
        put="UPDATE transitions SET key = ?, sealed = ? WHERE id_mac = ?",
        start=("",),
    ),
    "diagnostics": Resealed(
        rows="SELECT batch, room_mac, key, sealed FROM diagnostics "
        "WHERE (batch, room_mac) > (?, ?) ORDER BY batch LIMIT ?",
        put="UPDATE diagnostics SET key = ?, sealed = ? "
        "WHERE batch = ? AND room_mac = ?",
        start=("", ""),
        before=1,
    ),
}
