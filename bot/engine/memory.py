"""What is known of the incidents used last, so that a press reads no events.

Safe because one process owns the database: a state is kept only after its events were
committed, and forgotten when a commit says that it was stale.
"""

from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

MAX_STATES = 1_000


class Known(Protocol):
    """What is known of an incident, as of an event."""

    @property
    def id(self) -> str:
        """The incident."""
        ...

    @property
    def seq(self) -> int:
        """The event."""
        ...


K = TypeVar("K", bound=Known)


class Memory(Generic[K]):
    """At most so many states; the least recently used goes first."""

    def __init__(self, limit: int = MAX_STATES) -> None:
        """Start empty."""
        self._states: OrderedDict[str, K] = OrderedDict()
        self._limit = limit

    def get(self, incident: str) -> K | None:
        """Return the state, if it is known."""
        state = self._states.get(incident)
        if state is not None:
            self._states.move_to_end(incident)
        return state

    def keep(self, state: K) -> None:
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
