"""Every Web API call and every delivery, in the order in which they ended."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from rehearsal.slack.clock import Clock
from rehearsal.slack.hub import Hub

Json = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One thing that passed between Slack and the app.

    `kind` is call, delivery, response_url, or answer (an app's answer to a delivery
    that Slack would not take). `name` is the method or the payload's type, `outcome`
    ok, Slack's error code or what a fault did, `status` the HTTP status if there was
    an answer, `retry` which redelivery it was; `began` and `took` are seconds.
    """

    kind: str
    name: str
    arguments: Json
    outcome: str = "ok"
    status: int | None = 200
    answer: Any = None
    began: float = 0.0
    took: float = 0.0
    retry: int = 0
    number: int = 0

    @property
    def ok(self) -> bool:
        """Tell whether it went well."""
        return self.outcome == "ok"


class Journal:
    """An append-only record; the oldest entries go when it is full."""

    def __init__(self, hub: Hub, clock: Clock, size: int) -> None:
        """Keep at most `size` entries and wake the hub at each."""
        self._hub = hub
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=size)
        self._count = 0

    def __iter__(self) -> Iterator[Entry]:
        """Give the entries, oldest first."""
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        """Count everything ever recorded."""
        return self._count

    def record(self, entry: Entry) -> Entry:
        """Keep an entry, numbered and with the time that it took."""
        self._count += 1
        took = self._clock.now() - entry.began if entry.began else 0.0
        kept = replace(entry, number=self._count, took=took)
        self._entries.append(kept)
        self._hub.touch()
        return kept

    def calls(self, method: str | None = None) -> tuple[Entry, ...]:
        """Give the Web API calls, of one method or of all."""
        return self._of("call", method)

    def deliveries(self, name: str | None = None) -> tuple[Entry, ...]:
        """Give the deliveries to the app, of one payload type or of all."""
        return self._of("delivery", name)

    def refused(self) -> tuple[Entry, ...]:
        """Give every call that Slack refused, with its reason."""
        return tuple(e for e in self if e.kind != "delivery" and not e.ok)

    def _of(self, kind: str, name: str | None) -> tuple[Entry, ...]:
        return tuple(
            e for e in self if e.kind == kind and (name is None or e.name == name)
        )
