"""The data that participants send each other through the simulated LiveKit server.

As the real server: what names destinations goes to those alone, what names none goes
to everybody else, hidden ones included; data of somebody who may not publish it is
dropped in silence; and what the server's own API sends has no sender.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from livekit.protocol.models import ParticipantInfo

from rehearsal.cohrtz.changes import Changes
from rehearsal.cohrtz.rooms import Rooms
from rehearsal.cohrtz.sessions import Session

KEPT = 2_000
"""Messages that are remembered for tests and for the page."""


@dataclass(frozen=True)
class DataMessage:
    """One data packet on its way through a room."""

    room: str
    payload: bytes
    sender: Session | None = None
    """None: the server's own API sent it."""
    to: frozenset[str] = frozenset()
    """The identities that it is for; empty: everybody."""
    reliable: bool = True
    topic: str = ""

    @property
    def shown_sender(self) -> str:
        """Return the identity that receivers are shown: none for hidden senders."""
        hidden = self.sender is None or self.sender.permission.hidden
        return "" if hidden or self.sender is None else self.sender.identity


Ear = Callable[[DataMessage], None]


class DataPlane:
    """Carries messages from one session to the others of its room."""

    def __init__(self, rooms: Rooms, changes: Changes) -> None:
        """Carry for these rooms; `changes` is told of every message."""
        self._rooms = rooms
        self._changes = changes
        self._ears: dict[str, Ear] = {}
        self.carried: deque[DataMessage] = deque(maxlen=KEPT)
        """What was sent and let through, oldest first."""
        self.dropped: deque[DataMessage] = deque(maxlen=KEPT)
        """What was sent by somebody who may not."""

    def listen(self, sid: str, ear: Ear) -> None:
        """Let a session hear from now on."""
        self._ears[sid] = ear

    def deafen(self, sid: str) -> None:
        """Let a session hear nothing any more."""
        self._ears.pop(sid, None)

    def send(self, message: DataMessage) -> None:
        """Carry a message to whom it is for."""
        if message.sender and not self._may_send(message.sender):
            self.dropped.append(message)
        else:
            self.carried.append(message)
            self._deliver(message)
        self._changes.tell()

    def _may_send(self, sender: Session) -> bool:
        """Ask the session as it is now: its permission may have been changed."""
        now = self._rooms.session(sender.room, sender.identity) or sender
        return now.permission.can_publish_data

    def _deliver(self, message: DataMessage) -> None:
        sender = message.sender.sid if message.sender else ""
        for session in self._rooms.sessions(message.room):
            ear = self._ears.get(session.sid)
            if ear and session.sid != sender and _is_for(message, session):
                ear(message)


def _is_for(message: DataMessage, session: Session) -> bool:
    named = not message.to or session.identity in message.to
    return named and session.state == ParticipantInfo.ACTIVE
