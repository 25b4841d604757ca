"""Faults that can be added at any time, and taken away.

A point where a fault may strike has several names: a Web API call is its method,
`web_api` and `*`; a delivery is `delivery`, `delivery.events_api` (or
`.slash_commands`, `.interactive`), `delivery.` and the payload's own name (as
`delivery.view_submission` or `delivery./triage`) and `*`; the others are
`response_url`, `files`, `uploads` and `socket`.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class DropBefore:
    """The connection breaks before anything is done."""


@dataclass(frozen=True)
class DropAfter:
    """Everything is done, but the answer is lost; of a file half of the bytes come."""


@dataclass(frozen=True)
class Hang:
    """A call is done at once, but its answer takes so many seconds longer."""

    seconds: float


@dataclass(frozen=True)
class Delay:
    """It takes so many seconds longer."""

    seconds: float


@dataclass(frozen=True)
class Status:
    """Nothing is done and this HTTP status answers."""

    code: int = 500


@dataclass(frozen=True)
class RateLimited:
    """Nothing is done and 429 answers, with so many seconds to wait."""

    retry_after: int = 1


@dataclass(frozen=True)
class Duplicate:
    """It is done twice."""


@dataclass(frozen=True)
class Reorder:
    """It waits until the next at the same point has passed, at most a second."""


@dataclass(frozen=True)
class SocketLoss:
    """Every socket breaks while an envelope is on its way."""


Effect = (
    DropBefore
    | DropAfter
    | Hang
    | Delay
    | Status
    | RateLimited
    | Duplicate
    | Reorder
    | SocketLoss
)


@dataclass(frozen=True)
class Fault:
    """`what` happens at `where`: `times` times (None: until cleared), while `when`."""

    where: str
    what: Effect
    times: int | None = 1
    when: Callable[[], bool] | None = None

    def strikes(self, names: tuple[str, ...]) -> bool:
        """Tell whether the fault is for this point and its condition holds."""
        return self.where in names and (self.when is None or self.when())


class Faults:
    """The faults that wait to strike."""

    def __init__(self) -> None:
        """Begin with none."""
        self._waiting: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Arm a fault."""
        self._waiting.append((fault, fault.times))

    def outage(self, status: int = 500) -> None:
        """Let Slack answer everything with this status until `clear` is called."""
        what: Effect = RateLimited(30) if status == 429 else Status(status)  # noqa: PLR2004 -- HTTP's own number
        for where in ("web_api", "response_url", "files", "uploads"):
            self.add(Fault(where, what, times=None))

    def clear(self) -> None:
        """Take every fault away."""
        self._waiting.clear()

    def take(self, *names: str) -> tuple[Effect, ...]:
        """Give what strikes at a point now, and count it off."""
        here = (*names, "*")
        struck: list[Fault] = []
        still: list[tuple[Fault, int | None]] = []
        for fault, left in self._waiting:
            # A fault that was added twice strikes two calls, not one call twice.
            if fault in struck or not fault.strikes(here):
                still.append((fault, left))
                continue
            struck.append(fault)
            if left != 1:
                still.append((fault, None if left is None else left - 1))
        self._waiting = still
        return tuple(fault.what for fault in struck)


def seconds_of_delay(
    effects: tuple[Effect, ...], kind: type[Delay | Hang] = Delay
) -> float:
    """Add up the delays of one kind among these effects."""
    return sum(e.seconds for e in effects if isinstance(e, kind))


def has(effects: tuple[Effect, ...], kind: type) -> bool:
    """Tell whether an effect of this kind is among them."""
    return any(isinstance(e, kind) for e in effects)
