"""Who may post the diagnostics of a room, and how often.

Each room has a secret of its own, derived from one master: whoever has a room's secret
can post for that room and for no other, and the bot keeps no list of rooms. A room
costs memory only once its secret was shown, and no more than MOST_ROOMS do at a time.
"""

import base64
import hmac
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.errors import WorldError

NAME_LIMIT = 256
"""Characters of a room's name: LiveKit's own default limit."""
BURST = 30
"""Batches that a room may post at once."""
PER_SECOND = 0.5
"""Batches that it may post in the long run: ten devices, one each in 20 s."""
MOST_ROOMS = 10_000

PREFIX = "tdg_"
"""Marks a room's secret as one, for people and for those who scan for secrets."""


class NotAdmitted(WorldError):  # noqa: N818  a refusal is an answer, not a fault
    """The secret is not that of the room."""


class TooOften(WorldError):  # noqa: N818  a refusal is an answer, not a fault
    """The room posted too many batches; `wait` is in whole seconds."""

    def __init__(self, wait: int) -> None:
        """Keep how long to wait."""
        super().__init__(f"This room posts too often: wait for {wait} s.")
        self.wait = wait


@dataclass(frozen=True)
class Bucket:
    """What a room may still post, as of a time in seconds."""

    left: float
    at: float


def room_secret(master: bytes, room: str) -> str:
    """Return the bearer secret of a room: its name under HMAC-SHA256."""
    digest = hmac.digest(master, b"diagnostics/v1\0" + room.encode(), "sha256")
    return PREFIX + base64.urlsafe_b64encode(digest).decode().rstrip("=")


class DiagnosticsDoor:
    """Lets in whoever shows the secret of the room, not too often."""

    def __init__(
        self, masters: Sequence[bytes], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the masters, all of which count; `clock` is in seconds."""
        self._masters = tuple(masters)
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def admit(self, room: str, authorization: str) -> None:
        """Let one batch in; raise NotAdmitted, or TooOften if it has to wait."""
        if not self._is_secret_of(room, authorization):
            raise NotAdmitted("Authorization is not «Bearer» and this room's secret.")
        now = self._clock()
        left = self._left(room, now)
        if left < 1:
            raise TooOften(max(1, math.ceil((1 - left) / PER_SECOND)))
        self._forget_full(now)
        self._buckets[room] = Bucket(left - 1, now)

    def _is_secret_of(self, room: str, authorization: str) -> bool:
        """Compare with every master's secret, in the same time whatever is right."""
        scheme, _, given = authorization.partition(" ")
        if not 0 < len(room) <= NAME_LIMIT or scheme.lower() != "bearer":
            return False
        shown = given.strip().encode("utf-8", "surrogateescape")
        right = [
            hmac.compare_digest(shown, room_secret(master, room).encode())
            for master in self._masters
        ]
        return any(right)

    def _left(self, room: str, now: float) -> float:
        known = self._buckets.get(room)
        if known is None:
            return BURST
        return min(BURST, known.left + (now - known.at) * PER_SECOND)

    def _forget_full(self, now: float) -> None:
        """Forget rooms that may post a whole burst again; the oldest if none may."""
        if len(self._buckets) < MOST_ROOMS:
            return
        full = [room for room in self._buckets if self._left(room, now) >= BURST]
        for room in full or [min(self._buckets, key=lambda one: self._buckets[one].at)]:
            del self._buckets[room]
