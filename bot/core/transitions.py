"""Who came and went, as it was recorded: a participant's session changed its state."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field


class Move(StrEnum):
    """A change of a participant's connection, as LiveKit's webhooks tell it."""

    JOINED = "joined"
    """The session became active (not merely connected to signalling)."""
    LEFT = "left"
    """The session had been active and ended."""
    ABORTED = "aborted"
    """The session ended without ever becoming active."""
    SEEN = "seen"
    """Polling found a session that no webhook had told of."""
    GONE = "gone"
    """Polling missed a session whose end no webhook had told of."""


class Transition(BaseModel, frozen=True):
    """One participant's session changed its state."""

    id: str
    """The webhook event's id, or one made by the poll; unique."""
    room: str
    identity: str
    sid: str
    move: Move
    reason: str = ""
    """LiveKit's DisconnectReason, lower case with dashes, for ends."""
    at: datetime
    source: str
    """`webhook` or `poll`."""
    joined_at: datetime | None = None

    def told(self) -> str:
        """Say it in one line, times in UTC."""
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.at:%H:%M:%S} {self.identity} {self.move}{why}"


class Counted(BaseModel, frozen=True):
    """Transitions of one participant that are counted and not listed one by one."""

    identity: str
    """Empty: several participants, who are not told apart any more."""
    count: int = Field(ge=1)
    first: datetime
    """When the first of them happened."""
    last: datetime
    at_least: bool = False
    """There were more, and nobody could count them all."""

    @property
    def times(self) -> str:
        """Say how many they are."""
        return f"{'at least ' * self.at_least}{self.count:,}"
