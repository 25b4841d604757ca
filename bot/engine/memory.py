"""The states of the incidents that were used last, so that a press reads no events.

Safe because one process owns the database: a state is kept only after its events were
committed, and forgotten when a commit says that it was stale.
"""

from collections import OrderedDict

from bot.core.incident.state import Incident

MAX_STATES = 1_000


class Memory:
    """At most so many states; the least recently used goes first."""

    def __init__(self, limit: int = MAX_STATES) -> None:
        """Start empty."""
        self._states: OrderedDict[str, Incident] = OrderedDict()
        self._limit = limit

    def get(self, incident: str) -> Incident | None:
        """Return the state, if it is known."""
        state = self._states.get(incident)
        if state is not None:
            self._states.move_to_end(incident)
        return state

    def keep(self, state: Incident) -> None:
        """Keep a state that was committed, unless a later one is known."""
        known = self._states.get(state.id)
        if known is not None and known.seq > state.seq:
            return
        self._states[state.id] = state
        self._states.move_to_end(state.id)
        if len(self._states) > self._limit:
            self._states.popitem(last=False)

    def forget(self, incident: str) -> None:
        """Drop a state that proved stale."""
        self._states.pop(incident, None)
