"""A row for each sender, as a step in Slack or a terminal can show it.

A sender's name is whatever somebody wrote into a packet: it is shown only if it has the
form of an identity, else as a hash.
"""

import hashlib
import re
from dataclasses import dataclass

from bot.cohrtz.packets.state import Seen, Sender, State

MOST_ROWS = 20
_IDENTITY = re.compile(r"user:[\w.-]{1,64}")


@dataclass(frozen=True)
class Tally:
    """One thing that a sender was seen to do: how often, and how long ago."""

    what: str
    count: int
    age: float | None
    """Seconds; None if nobody noted the time."""

    def __str__(self) -> str:
        """Return it as a person reads it: `GSK_REQ 5x, 4 s ago`."""
        ago = "" if self.age is None else f", {self.age:.0f} s ago"
        return f"{self.what} {self.count}x{ago}"


@dataclass(frozen=True)
class Row:
    """What is known of one sender."""

    identity: str
    packets: int
    age: float | None
    tallies: tuple[Tally, ...]
    epoch: int | None = None
    path: int | None = None
    waits_for_gsk: bool = False

    def __str__(self) -> str:
        """Return it as one line."""
        parts = [str(tally) for tally in self.tallies]
        if self.epoch is not None:
            depth = "" if self.path is None else f" with a path of {self.path}"
            parts.append(f"TreeKEM epoch {self.epoch}{depth}")
        if self.waits_for_gsk:
            parts.append("waits for the group's key")
        said = "; ".join(parts) or "nothing that peers act on"
        return f"{self.identity}: {said}"


def rows(state: State, now: float | None = None) -> tuple[Row, ...]:
    """Return the senders that spoke last, at most MOST_ROWS, the newest first."""
    at = state.last if now is None else now
    newest = list(state.senders.items())[: -MOST_ROWS - 1 : -1]
    return tuple(_row(name, sender, at) for name, sender in newest)


def safe_name(name: str) -> str:
    """Return an identity as it is, and anything else only as a hash."""
    if _IDENTITY.fullmatch(name):
        return name
    if not name:
        return "no sender"
    return f"sender #{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _row(name: str, sender: Sender, at: float | None) -> Row:
    tallies = [_tally(mark, seen, at) for mark, seen in sender.seen.items()]
    tree = sender.tree
    return Row(
        identity=safe_name(name),
        packets=sender.packets,
        age=min((one.age for one in tallies if one.age is not None), default=None),
        tallies=tuple(sorted(tallies, key=lambda tally: tally.what)),
        epoch=None if tree is None else tree.epoch,
        path=None if tree is None else tree.path,
        waits_for_gsk=sender.waits_for_gsk,
    )


def _tally(mark: str, seen: Seen, at: float | None) -> Tally:
    return Tally(what=mark, count=seen.times, age=_age(seen.last, at))


def _age(last: float | None, at: float | None) -> float | None:
    return None if last is None or at is None else max(0.0, at - last)
