"""The plain values that go into the store and come out of it.

Every `datetime` here is aware; what comes out is in UTC, exact to the microsecond.
Nothing here knows SQL, and nothing here knows what an incident means.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from bot.errors import StoreError

DrawingState = Literal["posting", "drawn", "blocked"]
Reach = Literal["one-participant", "room"]

STATUSES = ("open", "resolving", "held", "resolved")
"""The words that say where an incident stands."""

MOVES = ("joined", "left", "aborted", "seen", "gone")
"""The words that say how a participant came, went or changed."""

ACTS_COUNTED = timedelta(hours=1)
"""How long an act counts against the cap of its room."""

UNSTORED = 0
"""The id of a notice that the store has not numbered yet."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of one incident; `seq` counts from 1, `body` is JSON text."""

    incident: str
    seq: int
    at: datetime
    by: str
    kind: str
    body: str


@dataclass(frozen=True, slots=True)
class LinkRow:
    """An event's link of the trail, signed (see bot/core/trail/chain.py).

    `salt` is None once the event's words were erased; `signer` is the public key.
    """

    incident: str
    seq: int
    salt: bytes | None
    digest: bytes
    link: bytes
    signer: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Erasure:
    """An event that loses its words, and the body that is left of it."""

    seq: int
    body: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where an incident stands: derived from its events, rewritten with each batch."""

    incident: str
    channel: str
    room: str
    status: str
    seq: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ActRow:
    """An act that an incident is about to begin, by the event that is its intent.

    It holds its target, `participant` None being the whole room, until the incident
    settles it. At most `most` acts of its `reach` may have begun in the room within
    ACTS_COUNTED, this one among them.
    """

    incident: str
    seq: int
    room: str
    participant: str | None
    reach: Reach
    by: str
    at: datetime
    most: int


@dataclass(frozen=True, slots=True)
class HeldRow:
    """Which incident holds a target, who pressed there, and since when."""

    incident: str
    by: str
    at: datetime
    whole_room: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One guarded batch: the events, the head after them, a receipt and a wake.

    It expects that the stored incident ends at `events[0].seq - 1` (0: there is no
    such incident yet). `receipt` names the delivery that asked for the change, so
    that a redelivery is harmless. `wake` is when the engine shall look again.

    Raises StoreError if the events are none, have a gap, belong to another incident
    than the head, or do not end at `head.seq`.

    `links` are those of the events, and of events before them that have none yet.
    `erasures` take the words from events that are stored, and the salts from their
    links. `act` is what one of the events intends, and is refused if its target is held
    or a cap is reached; `settles` says that the incident's act under way is settled.
    """

    head: Head
    events: tuple[EventRow, ...]
    receipt: str | None = None
    wake: datetime | None = None
    links: tuple[LinkRow, ...] = ()
    erasures: tuple[Erasure, ...] = ()
    act: ActRow | None = None
    settles: bool = False

    def __post_init__(self) -> None:
        """Refuse a batch that would leave a gap or mix two incidents."""
        if not self._is_whole():
            raise StoreError(
                f"The batch for incident {self.head.incident} is malformed: its "
                f"events are numbered {[event.seq for event in self.events]} and its "
                f"head says {self.head.seq}. Nothing was saved; please report this."
            )

    def _is_whole(self) -> bool:
        seq = self.head.seq - len(self.events)
        if seq < 0 or not self.events:
            return False
        for event in self.events:
            seq += 1
            if event.seq != seq or event.incident != self.head.incident:
                return False
        return True

    @property
    def expected(self) -> int:
        """The sequence number that the stored incident must have; 0 if none."""
        return self.events[0].seq - 1


class Commit(StrEnum):
    """What became of a batch; anything but DONE changed nothing."""

    DONE = "done"
    STALE = "stale"
    """Somebody else was first: the stored sequence number is another."""
    REPEATED = "repeated"
    """The receipt is known: this delivery was taken before."""
    TAKEN = "taken"
    """Another incident holds the target of the act, or a part of it."""
    CAPPED = "capped"
    """As many acts as the cap allows have begun in the room within the hour."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What Slack shows of one part of an incident.

    `posting` is written before a message is sent, so `ts` may be missing; `digest`
    tells what was shown; `reason` says why a part is `blocked`.
    """

    incident: str
    part: str
    channel: str
    ts: str | None
    thread_ts: str | None
    digest: str
    state: DrawingState
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for one person that still has to be delivered.

    Give `id=UNSTORED` for a new one: the store numbers it, and no number is used
    twice. From `expires` on it is not worth delivering.
    """

    id: int
    channel: str
    user: str
    thread_ts: str | None
    text: str
    at: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class TransitionRow:
    """One participant coming, going or changing in a room.

    `id` is unique: that of the webhook event, or a made one. `source` says who saw it.
    """

    id: str
    room: str
    identity: str
    sid: str
    kind: str
    reason: str
    at: datetime
    source: str
    joined_at: datetime | None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One posted batch of a room's diagnostics.

    `batch` tells one from another, of whatever room, so that a batch that comes again
    is known; `at` is when it came in. `body` None: what is stored does not open.
    """

    room: str
    batch: str
    at: datetime
    events: int
    body: bytes | None
