"""How an incident is told who came and went, so that a room cannot flood it.

Everybody's coming and going is told as it happens, until the incident was told often
and no person has done anything with it since. From then on it is told in one go what
has gathered, the more seldom the longer nobody has touched it, but once in an hour: so
its timeline grows slowly, however often somebody comes and goes. Of what gathered the
last transitions are listed, and the others are counted, for each participant.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.core.incident.events import TransitionsSeen
from bot.core.incident.state import Incident
from bot.core.transitions import Counted, Transition

LISTED: Final = 30
"""As many as a person can take in; the record in the store keeps them all."""

AS_THEY_COME: Final = 30
"""How often an incident is told at once since a person touched it."""

LEAST_PAUSE: Final = timedelta(minutes=1)
"""How long it is not told again at least, after that."""

SHARE: Final = 8
"""The pause is this part of the time for which nobody has touched the incident."""

MOST_PAUSE: Final = timedelta(hours=1)
"""Whoever comes back after days must not read what was so half a day ago."""

COUNTED: Final = 20
"""Of how many participants it is counted; all others count as one, without a name."""

OTHERS: Final = ""
"""The identity under which those others are counted."""


def gathers(state: Incident) -> bool:
    """Say whether transitions gather until they are told, and do not come singly."""
    return state.tellings >= AS_THEY_COME


def may_tell(state: Incident, now: datetime) -> bool:
    """Say whether the incident may be told of transitions now."""
    if state.moved_at is None or not gathers(state):
        return True
    untouched = now - (state.touched_at or state.opened_at)
    pause = min(max(LEAST_PAUSE, untouched / SHARE), MOST_PAUSE)
    # A clock that was turned back must not make it wait for as long again.
    return not timedelta(0) <= now - state.moved_at < pause


def gathered_since(state: Incident) -> datetime:
    """Return from when on the record may hold transitions that were not told."""
    return state.transitions[0].at if state.transitions else state.opened_at


def told(
    state: Incident, moves: Sequence[Transition], *, cut: bool
) -> TransitionsSeen | None:
    """Return what the incident is told of these transitions; None: nothing is new.

    `cut` says that there were more, older ones than could be read.
    """
    new = sorted(_new(state, moves), key=lambda move: (move.at, move.id))
    if not new:
        return None
    if not gathers(state):
        return TransitionsSeen(transitions=tuple(new))
    older = new[:-LISTED]
    counted = tuple(_counted(move, at_least=cut) for move in older)
    return TransitionsSeen(transitions=tuple(new[-LISTED:]), counted=added((), counted))


def added(counted: tuple[Counted, ...], more: Iterable[Counted]) -> tuple[Counted, ...]:
    """Add counts up, one for each participant, as many as are kept apart."""
    sums = {one.identity: one for one in counted}
    for one in more:
        full = one.identity not in sums and len(sums) >= COUNTED
        who = OTHERS if full else one.identity
        sums[who] = _sum(sums.get(who), one, who)
    return tuple(sums.values())


def _new(state: Incident, moves: Iterable[Transition]) -> Iterable[Transition]:
    """Return what was neither told nor counted, each once."""
    known = {move.id for move in state.transitions}
    bounds = [one.last for one in state.counted]
    if len(state.transitions) >= LISTED:
        bounds.append(state.transitions[0].at)
    after = max(bounds, default=None)
    fresh = {
        move.id: move
        for move in moves
        if move.id not in known and (after is None or move.at > after)
    }
    return fresh.values()


def _counted(move: Transition, *, at_least: bool) -> Counted:
    return Counted(
        identity=move.identity,
        count=1,
        first=move.at,
        last=move.at,
        at_least=at_least,
    )


def _sum(known: Counted | None, one: Counted, who: str) -> Counted:
    if known is None:
        return one.model_copy(update={"identity": who})
    return Counted(
        identity=who,
        count=known.count + one.count,
        first=min(known.first, one.first),
        last=max(known.last, one.last),
        at_least=known.at_least or one.at_least,
    )
