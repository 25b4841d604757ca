"""The probe as checks see it: what may be watched, how many at once, when to rest."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.util import find_spec

import structlog
from livekit.api import AccessToken, VideoGrants

from bot.cohrtz import plain
from bot.cohrtz.ourselves import PREFIX
from bot.probe.conversation import COMMAND, Broke, Limits, converse
from bot.probe.lines import Errand
from bot.world.probe import Ended, ProbeUnavailable, Watched, Why
from bot.world.rooms import Participant, Presence, Rooms

MOST_SECONDS = 60.0
MOST_AT_ONCE = 2
TOKEN_LIFE = timedelta(minutes=2)
"""The SDK may try four times, for some 16 s each; nobody needs it longer."""
FAULTS = 3
"""So many in a row, and the SDK is left alone for a while."""
REST = 60.0
"""Seconds of the first rest; each further fault doubles it."""
LONGEST_REST = 960.0

log = structlog.get_logger(__name__)


def say_whether_installed() -> None:
    """Write into the log whether rooms can be watched, for whoever runs the bot."""
    if is_installed():
        log.info("probe.ready")
    else:
        log.warning("probe.absent", without="livekit", how="install the extra «probe»")


def is_installed() -> bool:
    """Tell whether the optional extra is there, without loading it."""
    return find_spec("livekit.rtc") is not None


@dataclass(frozen=True)
class ProbeServer:
    """Where the probe goes, and what signs its tokens."""

    url: str
    api_key: str
    api_secret: str = field(repr=False)

    @property
    def websocket_url(self) -> str:
        """Return the address with the scheme that the SDK wants."""
        return f"ws{self.url[4:]}" if self.url.startswith("http") else self.url


class Rest:
    """Leaves the SDK alone for a while when it broke several times in a row."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Begin without faults; `clock` counts seconds and never goes back."""
        self._clock = clock
        self._faults = 0
        self._until = 0.0

    def left(self) -> float:
        """Return the seconds until it may be tried again."""
        return max(0.0, self._until - self._clock())

    def faulted(self) -> None:
        """Count a fault."""
        self._faults += 1
        if self._faults >= FAULTS:
            rest = min(REST * 2.0 ** (self._faults - FAULTS), LONGEST_REST)
            self._until = self._clock() + rest

    def worked(self) -> None:
        """Forget the faults."""
        self._faults = 0


class RoomProbe:
    """Watches rooms, each by a child of its own."""

    def __init__(
        self,
        rooms: Rooms,
        server: ProbeServer,
        *,
        limits: Limits | None = None,
        command: Sequence[str] = COMMAND,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Watch rooms of this server; `rooms` says who is in them."""
        self._rooms = rooms
        self._server = server
        self._limits = limits or Limits()
        self._command = command
        self._rest = Rest(clock or time.monotonic)
        self._watching = 0

    async def watch(self, room: str, seconds: float) -> Watched:
        """Receive what is sent to all in the room; see bot.world.probe."""
        self._must_be_able()
        with self._slot():
            await self._must_be_occupied(room)
            errand = self._errand(room, min(seconds, MOST_SECONDS))
            return await self._sent(errand)

    async def _sent(self, errand: Errand) -> Watched:
        try:
            watched = await converse(errand, self._limits, self._command)
        except Broke as broke:
            self._rest.faulted()
            log.warning("probe.broke", why=str(broke))
            raise ProbeUnavailable(
                Why.FAULT,
                f"The rtc SDK broke ({broke}). That says nothing of the room.",
            ) from None
        if watched.ended is Ended.FAULT:
            self._rest.faulted()
            log.warning("probe.broke", why="it ended while it watched")
        else:
            self._rest.worked()
        return watched

    def _must_be_able(self) -> None:
        if not is_installed():
            raise ProbeUnavailable(
                Why.NOT_INSTALLED,
                "The room's packets cannot be watched: the optional extra is not "
                "installed (pip install 'cohrtz-triage[probe]').",
            )
        if left := self._rest.left():
            raise ProbeUnavailable(
                Why.RESTING,
                f"The rtc SDK broke {FAULTS} times in a row and is left alone for "
                f"{left:.0f} s more. That says nothing of the room.",
            )

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if self._watching >= MOST_AT_ONCE:
            raise ProbeUnavailable(
                Why.BUSY,
                f"{self._watching} rooms are being watched already, which is the most "
                "at once: look again in a minute.",
            )
        self._watching += 1
        try:
            yield
        finally:
            self._watching -= 1

    async def _must_be_occupied(self, room: str) -> None:
        """Refuse a room that joining would create, or keep open."""
        is_open = await self._rooms.rooms([room])
        people = await self._rooms.participants(room) if is_open else ()
        if not any(_is_there(person) for person in people):
            raise ProbeUnavailable(
                Why.EMPTY,
                f"Nobody is in room {plain.name(room)}, so there is nothing to hear; "
                "the probe joins no empty room, for that would open it.",
            )

    def _errand(self, room: str, seconds: float) -> Errand:
        server = self._server
        token = AccessToken(server.api_key, server.api_secret)
        token = token.with_identity(f"{PREFIX}{secrets.token_hex(8)}")
        token = token.with_kind("agent").with_ttl(TOKEN_LIFE).with_grants(_grants(room))
        return Errand(server.websocket_url, token.to_jwt(), seconds)


def _is_there(person: Participant) -> bool:
    return not person.hidden and person.presence is not Presence.DISCONNECTED


def _grants(room: str) -> VideoGrants:
    return VideoGrants(
        room_join=True,
        room=room,
        hidden=True,
        can_subscribe=True,
        can_publish=False,
        can_publish_data=False,
    )
