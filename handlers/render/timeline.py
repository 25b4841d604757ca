"""What an incident's messages are drawn from: its state, and what that does not keep.

It is read from the events once and grows by those that follow. Only an erasure alters
events that were read before; then it is made anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.core.incident import events as e
from bot.core.incident.apply import apply, opened
from bot.core.incident.approval_events import GlassBroken
from bot.core.incident.events import Event, StepRef
from bot.core.incident.state import Incident
from bot.core.ranking import Ranking
from bot.core.summary import Account, Section
from bot.core.values import replace

_SECOND: Final = 2
"""The event in which the first looks are asked for, if there are any."""


@dataclass(frozen=True)
class Ending:
    """The incident as it stood when it was resolved."""

    event: Event
    state: Incident
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Timeline:
    """What the events up to `last` add up to, as far as messages rest on it."""

    state: Incident
    opening: Event
    """The last event of those with which the incident was opened."""
    last: Event
    account: Account
    """What the summary says so far."""
    ranking: Ranking | None = None
    """The last ranking, also while the incident is being ranked again."""
    offered: frozenset[int] = frozenset()
    """The runs for which a page was proposed before anybody started one."""
    endings: tuple[Ending, ...] = ()
    broken: tuple[tuple[Event, GlassBroken], ...] = ()
    """The events, and their bodies, in which somebody broke the glass."""
    steps: Mapping[StepRef, tuple[Event, ...]] = field(default_factory=dict)
    """The events that name each step."""

    @property
    def id(self) -> str:
        """The incident."""
        return self.state.id

    @property
    def seq(self) -> int:
        """The last event."""
        return self.last.seq

    def then(self, events: Iterable[Event]) -> "Timeline":
        """Return what it is after the events that follow it.

        If they `alter_the_past`, it must have been read without what was erased.
        """
        line = replace(self, account=self.account.copy())
        for event in events:
            line = _after(line, event)
        return line

    def sections(self) -> tuple[Section, ...]:
        """Return the summary so far."""
        return self.account.sections(self.state)


def timeline(incident: str, events: Sequence[Event]) -> Timeline:
    """Read all of an incident's events, of which there is at least one."""
    first, *rest = events
    state, account = opened(incident, first), Account()
    account.take(state, first)
    return Timeline(state, first, first, account).then(rest)


def alter_the_past(events: Iterable[Event]) -> bool:
    """Say whether any of the events tells that one before it lost its words."""
    return any(isinstance(event.body, e.Erased) for event in events)


def _after(line: Timeline, event: Event) -> Timeline:
    """Return what one event makes of it; its account is grown where it is."""
    state = apply(line.state, event)
    line.account.take(state, event)
    return replace(line, state=state, last=event, **_changed(line, state, event))


def _changed(line: Timeline, state: Incident, event: Event) -> dict[str, Any]:
    body, changed = event.body, _of_step(line, event)
    if isinstance(body, e.RunbooksRanked):
        changed["ranking"] = body.ranking
        changed["offered"] = line.offered | _offered(state, body.ranking)
    elif isinstance(body, e.Resolved):
        ending = Ending(event, state, line.account.sections(state))
        changed["endings"] = (*line.endings, ending)
    elif isinstance(body, GlassBroken):
        changed["broken"] = (*line.broken, (event, body))
    elif isinstance(body, e.ChecksRequested) and event.seq == _SECOND:
        changed["opening"] = event
    return changed


def _of_step(line: Timeline, event: Event) -> dict[str, Any]:
    ref = getattr(event.body, "step", None)
    if ref is None:
        return {}
    return {"steps": {**line.steps, ref: (*line.steps.get(ref, ()), event)}}


def _offered(state: Incident, ranking: Ranking) -> set[int]:
    """Return the next run, if a page was proposed while none was under way."""
    under_way = state.run is not None and state.run.current() is not None
    return set() if under_way or not ranking.proposed else {len(state.runs) + 1}
