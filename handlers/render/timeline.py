"""What the messages need of an incident's past and its state does not keep."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.incident import events as e
from bot.core.incident.apply import fold
from bot.core.incident.events import Event
from bot.core.ranking import Ranking


@dataclass(frozen=True)
class Past:
    """What has happened, as far as messages rest on it."""

    resolutions: tuple[int, ...] = ()
    """The sequence number of each resolution."""
    ranking: Ranking | None = None
    """The last ranking, also while the incident is being ranked again."""
    offered: frozenset[int] = frozenset()
    """The runs for which a page was proposed before anybody started one."""


def past(incident: str, events: Sequence[Event]) -> Past:
    """Read it from the whole timeline."""
    resolutions = [one.seq for one in events if isinstance(one.body, e.Resolved)]
    last: Ranking | None = None
    offered: set[int] = set()
    for event in events:
        if isinstance(event.body, e.RunbooksRanked):
            last = event.body.ranking
            offered |= _offered(incident, events[: event.seq], last)
    return Past(tuple(resolutions), last, frozenset(offered))


def _offered(incident: str, so_far: Sequence[Event], ranking: Ranking) -> set[int]:
    """Return the next run, if a page was proposed while none was under way."""
    if not ranking.proposed:
        return set()
    if not any(isinstance(one.body, e.RunbookStarted) for one in so_far):
        return {1}
    state = fold(incident, so_far)
    under_way = state.run is not None and state.run.current() is not None
    return set() if under_way else {len(state.runs) + 1}
