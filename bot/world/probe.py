"""A passive look into a room: what a hidden participant without keys receives."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.errors import WorldError


class Why(StrEnum):
    """Why there is nothing to be told of a room."""

    NOT_INSTALLED = "not-installed"
    """The optional extra with the rtc SDK is missing."""
    EMPTY = "empty"
    """Nobody is in the room; joining would create it or keep it open."""
    REFUSED = "refused"
    """The server did not let the probe in, or was not reached by it."""
    FAULT = "fault"
    """The SDK broke; that says nothing of the room."""
    BUSY = "busy"
    """As many rooms are being watched already as may be."""
    RESTING = "resting"
    """The SDK broke several times in a row and is left alone for a while."""


class ProbeUnavailable(WorldError):  # noqa: N818  named for what is the case
    """The room could not be looked into; the text says why, for a person."""

    def __init__(self, why: Why, words: str) -> None:
        """Make one from the kind of reason and its words."""
        super().__init__(words)
        self.why = why


class Ended(StrEnum):
    """What ended a look into a room."""

    TIME = "time"
    """The time that was asked for was over."""
    EMPTIED = "emptied"
    """Everybody else left."""
    PUT_OUT = "put-out"
    """The server ended the probe's session: removed, room deleted, shut down."""
    LOST = "lost"
    """The connection to the server was lost."""
    LIMIT = "limit"
    """More was said than is kept."""
    FAULT = "fault"
    """The SDK broke in the middle."""


@dataclass(frozen=True)
class Captured:
    """One packet as it came: never show or keep its bytes, they may hold secrets."""

    wire: bytes = field(repr=False)
    at: datetime
    sender: str | None
    """Whom the server names as its sender; None: itself, or somebody hidden."""


@dataclass(frozen=True)
class Watched:
    """What was received in a room, oldest first."""

    packets: tuple[Captured, ...]
    seconds: float
    """For how long the probe was in the room."""
    dropped: int
    """Packets that came and were not kept: too large, or too many at once."""
    ended: Ended
    until: datetime | None = None
    """Until when everything that was said to all was heard, if that is known."""


class Probe(Protocol):
    """Looks into rooms. Joins hidden, sends nothing, leaves by itself."""

    async def watch(self, room: str, seconds: float) -> Watched:
        """Receive what is sent to all in the room for so many seconds.

        Directed packets are not seen (the server gives them to whom they are for), so
        what is missing says nothing. Raises ProbeUnavailable; and WorldError when the
        server does not say who is in the room.
        """
        ...
