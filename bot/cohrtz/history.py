"""The pattern in one participant's comings and goings.

The rule. The window is the last ten minutes. Sessions are told apart by their sid, so
a transition that is told twice (webhook and poll) counts once. A *cycle* is an end
followed by the join of another sid within 90 s: the app's janitor looks every 30 s and
an attempt may take 35 s. The first line that fits gives the pattern:

- duplicate-identity: two or more ends with that reason, each with a join of another
  sid at most 30 s away: two devices that throw each other out.
- aborting: sessions ended without becoming active and none became active after the
  last of them, and either none became active at all or it happened twice.
- reconnect-loop: two or more cycles whose end nobody wanted (not by the client, by
  removal, or by the closing of the room), and two or more of those sessions had lasted
  for under 60 s, or it is not told when they began: the connection does not hold.
- flapping: two or more such cycles, of sessions that held in between: the network, or
  what is on the way, drops a good connection now and then.
- stuck, half-open: a session is listed that is not really there (bot.cohrtz.halfopen).
- moved: one end for duplicate-identity with its join, and a session is there: a second
  device, or an app that came back before its old session was missed.
- came-back: one session was removed, and another became active since and did not
  end. It is what a reconnect leaves behind, and what ends stuck and half-open.
- came-once: one session became active and did not end.
- left: the last that is told is an end, and nobody is there now.
- steady: nothing is told and a session is there. absent: nothing, and none is there.
- mixed: anything else, or whether a session is there could not be seen.

Source: cohrtz_app at 6470ae3 (janitor, one identity on two devices) and LiveKit's
webhooks; the thresholds are ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.cohrtz.patterns import MEANINGS, Pattern
from bot.core.evidence import Finding, Verdict

FACTS = {
    "participant.pattern": (
        "steady, came-once, came-back, moved, reconnect-loop, flapping, stuck, "
        "half-open, duplicate-identity, aborting, left, absent or mixed"
    ),
    "participant.joins": "sessions that became active in the last 10 minutes",
    "participant.leaves": "sessions that had been active and ended in that time",
    "participant.aborts": "sessions that ended in that time and never became active",
    "participant.sessions": "distinct sessions that were told of in that time",
}
WINDOW = timedelta(minutes=10)
TAKEN_OVER_WITHIN = timedelta(seconds=30)
CYCLE_WITHIN = timedelta(seconds=90)
HELD = timedelta(seconds=60)
"""A session that lasted for so long did work."""
LOOP = 2
"""Cycles, takeovers or aborts from which on it is a pattern, not an accident."""
DUPLICATE = "duplicate-identity"
REMOVED = "participant-removed"
WANTED = frozenset(
    {
        "client-initiated",
        REMOVED,
        "room-deleted",
        "room-closed",
        DUPLICATE,
    }
)
"""Reasons of ends that are no sign of a bad network; duplicates count by themselves."""
JOINS = frozenset({"joined", "seen"})
LEAVES = frozenset({"left", "gone"})


class Change(Protocol):
    """What is read of a transition; bot.world.transitions.Transition has it."""

    @property
    def sid(self) -> str:
        """The session's id."""
        ...

    @property
    def move(self) -> str:
        """One of joined, left, aborted, seen, gone."""
        ...

    @property
    def reason(self) -> str:
        """Why the session ended, as `signal-close`."""
        ...

    @property
    def at(self) -> datetime:
        """When, to the second."""
        ...


@dataclass(frozen=True)
class Trace:
    """The pattern, what it is worth, and the counts that it rests on."""

    pattern: Pattern
    verdict: Verdict
    words: str
    joins: int
    leaves: int
    aborts: int
    sessions: int

    def finding(self) -> Finding:
        """Say it as a check does."""
        return Finding(
            verdict=self.verdict,
            headline=self.words,
            facts={
                "participant.pattern": self.pattern.value,
                "participant.joins": self.joins,
                "participant.leaves": self.leaves,
                "participant.aborts": self.aborts,
                "participant.sessions": self.sessions,
            },
        )


def trace(
    changes: Sequence[Change],
    *,
    present: bool | None,
    doubt: tuple[Pattern, str] | None = None,
) -> Trace:
    """Read one identity's transitions of the window; in any order.

    `present` says whether a session is on the server now, None that it is not known.
    `doubt` is why that session is stuck or half-open, in words (bot.cohrtz.halfopen).
    """
    ordered = _once(changes)
    pattern = _pattern(ordered, present=present, doubted=doubt and doubt[0])
    verdict, words = MEANINGS[pattern]
    if doubt and pattern is doubt[0]:
        words = doubt[1]
    if pattern is Pattern.MIXED and present is None:
        words = "No known pattern on record; who is there now could not be seen."
    return Trace(
        pattern=pattern,
        verdict=verdict,
        words=words,
        joins=len(_sids(ordered, JOINS)),
        leaves=len(_sids(ordered, LEAVES)),
        aborts=len(_sids(ordered, {"aborted"})),
        sessions=len({change.sid for change in ordered}),
    )


def _once(changes: Sequence[Change]) -> list[Change]:
    """Put them in order, and keep of each session one join, one end."""
    kept: dict[tuple[str, str], Change] = {}
    for change in sorted(changes, key=_order):
        place = (change.sid, _kind(change.move))
        if place not in kept or kept[place].move in {"seen", "gone"}:
            kept[place] = change  # what a webhook tells is better than what we missed
    return sorted(kept.values(), key=_order)


def _order(change: Change) -> tuple[datetime, str, str, str]:
    """Order by time, and what happened in one second always in the same way."""
    return change.at, change.sid, change.move, change.reason


def _kind(move: str) -> str:
    return "join" if move in JOINS else "end"


def _sids(changes: Sequence[Change], moves: frozenset[str] | set[str]) -> set[str]:
    return {change.sid for change in changes if change.move in moves}


def _pattern(
    ordered: Sequence[Change], *, present: bool | None, doubted: Pattern | None
) -> Pattern:
    takeovers = _takeovers(ordered)
    if takeovers >= LOOP:
        return Pattern.DUPLICATE_IDENTITY
    if _is_aborting(ordered):
        return Pattern.ABORTING
    cycles = _cycles(ordered)
    if len(cycles) >= LOOP:
        short = sum(_did_not_hold(end, ordered) for end in cycles)
        return Pattern.RECONNECT_LOOP if short >= LOOP else Pattern.FLAPPING
    if doubted:
        return doubted
    if takeovers and present:
        return Pattern.MOVED
    return _quiet(ordered, present=present)


def _quiet(ordered: Sequence[Change], *, present: bool | None) -> Pattern:
    if present is None:
        return Pattern.MIXED
    if not ordered:
        return Pattern.STEADY if present else Pattern.ABSENT
    if not present:
        return Pattern.LEFT if _kind(ordered[-1].move) == "end" else Pattern.MIXED
    if _came_back(ordered):
        return Pattern.CAME_BACK
    came_once = len(ordered) == 1 and ordered[0].move in JOINS
    return Pattern.CAME_ONCE if came_once else Pattern.MIXED


def _is_aborting(ordered: Sequence[Change]) -> bool:
    aborts = [change.at for change in ordered if change.move == "aborted"]
    joins = [change.at for change in ordered if change.move in JOINS]
    if not aborts or any(at > aborts[-1] for at in joins):
        return False
    return not joins or len(aborts) >= LOOP


def _came_back(ordered: Sequence[Change]) -> bool:
    """Say whether one session was removed and one is there that began since.

    Both may be told of the same second; who is removed again and again is no such case.
    """
    removed = [change.at for change in ordered if change.reason == REMOVED]
    ended = {change.sid for change in ordered if _kind(change.move) == "end"}
    return len(removed) == 1 and any(
        change.at >= removed[0]
        for change in ordered
        if change.move in JOINS and change.sid not in ended
    )


def _takeovers(ordered: Sequence[Change]) -> int:
    ends = [change for change in ordered if change.reason == DUPLICATE]
    return sum(
        any(
            join.sid != end.sid and abs(join.at - end.at) <= TAKEN_OVER_WITHIN
            for join in ordered
            if join.move in JOINS
        )
        for end in ends
        if end.move in LEAVES
    )


def _cycles(ordered: Sequence[Change]) -> list[Change]:
    """Return the ends that nobody wanted and that another session followed."""
    return [
        end
        for end in ordered
        if end.move in LEAVES
        and end.reason not in WANTED
        and any(
            join.sid != end.sid and timedelta(0) <= join.at - end.at <= CYCLE_WITHIN
            for join in ordered
            if join.move in JOINS
        )
    ]


def _did_not_hold(end: Change, ordered: Sequence[Change]) -> bool:
    began = [one.at for one in ordered if one.sid == end.sid and one.move in JOINS]
    return not began or end.at - min(began) < HELD
