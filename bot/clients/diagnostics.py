"""Who may post the diagnostics of a room, and how often.

Each room has a secret of its own, derived from one master: whoever has a room's secret
can post for that room and for no other, and the bot keeps no list of rooms. A room
costs memory only once its secret was shown, and no more than MOST_ROOMS do at a time.
"""

import base64
import hmac
import time
from collections.abc import Callable, Sequence

from bot.clients.allowance import Allowance, Rate
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
        self._rooms = Allowance(Rate(BURST, PER_SECOND), clock, MOST_ROOMS)

    def admit(self, room: str, authorization: str) -> None:
        """Let one batch in; raise NotAdmitted, or TooOften if it has to wait."""
        if not self._is_secret_of(room, authorization):
            raise NotAdmitted("Authorization is not «Bearer» and this room's secret.")
        wait = self._rooms.take(room)
        if wait:
            raise TooOften(wait)

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
