"""One device that runs the app: its saved tokens, its sessions, its reconnect janitor.

Modelled on the app: a token is asked for only if the saved one does not look valid, a
connect is tried three times with the same token, and a janitor looks every thirty
seconds, room after room, which of them has no session.

One assumption is ours: an app whose connect came half way (signalling up, no media)
takes itself for connected, so its janitor leaves the room alone until the server ends
that session.
"""

import asyncio
import time
from typing import Protocol

from livekit.protocol.models import DisconnectReason

from rehearsal.cohrtz.held_token import looks_valid
from rehearsal.cohrtz.livekit_server import JoinFailed
from rehearsal.cohrtz.pace import Pace
from rehearsal.cohrtz.rooms import Ended
from rehearsal.cohrtz.sessions import Session

JANITOR_SECONDS = 30.0
ATTEMPT_SECONDS = 35.0
"""After which one attempt to connect is given up."""
WAITS = (2.0, 4.0, 0.0)
"""Seconds that pass after each failed attempt."""


class FetchFailed(Exception):  # noqa: N818  named for what is the case
    """The endpoint gave no token that the app could read; the text says why."""


class Backend(Protocol):
    """What a device reaches over the network."""

    async def fetch_token(self, room: str, identity: str) -> str:
        """Return a token of the endpoint; FetchFailed if there is none."""
        ...

    async def join(self, token: str, ended: Ended, *, stuck: bool) -> Session:
        """Present a token to the server; JoinFailed if it does not let in."""
        ...

    def leave(self, session: Session, reason: DisconnectReason) -> None:
        """End a session of this device."""
        ...

    def note(self, act: str, room: str, identity: str, outcome: str) -> None:
        """Write what the device did into the journal."""
        ...


class Device:
    """The app on one device."""

    def __init__(
        self, identity: str, rooms: tuple[str, ...], backend: Backend, pace: Pace
    ) -> None:
        """Install the app; nothing happens before `start`."""
        self.identity = identity
        self.rooms = list(rooms)
        self.tokens: dict[str, str] = {}
        self.sessions: dict[str, Session] = {}
        self.stick_next: set[str] = set()
        """Rooms whose next join comes only half way."""
        self._backend = backend
        self._pace = pace
        self._connecting: set[str] = set()
        self._lost = asyncio.Event()
        """Set when a session ended since the janitor looked."""
        self._janitor: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the app: connect once to every room, then let the janitor look."""
        await self._connect_all()
        self._restart_janitor()

    async def stop(self) -> None:
        """Close the app; its sessions end as the client's own wish."""
        await self._stop_janitor()
        self.lose(DisconnectReason.CLIENT_INITIATED)

    def lose(self, reason: DisconnectReason = DisconnectReason.SIGNAL_CLOSE) -> None:
        """Lose the sessions in every room; the janitor will notice."""
        for session in tuple(self.sessions.values()):
            self._backend.leave(session, reason)

    async def connect(self, room: str) -> bool:
        """Connect as the janitor does; tell whether there is a session now."""
        if room in self._connecting or room in self.sessions:
            return room in self.sessions
        self._connecting.add(room)
        try:
            await self._connect(room)
        except (FetchFailed, JoinFailed) as failure:
            self._note("reconnect", room, str(failure))
        finally:
            self._connecting.discard(room)
        return room in self.sessions

    async def reconnect_by_hand(self, room: str) -> bool:
        """Press Reconnect in the app's dialog: always with a fresh token.

        As in the app, a failure makes the device forget the group.
        """
        try:
            self.tokens[room] = await self._backend.fetch_token(room, self.identity)
            await self._try_to_join(room)
        except (FetchFailed, JoinFailed) as failure:
            self._forget(room, str(failure))
        return room in self.sessions

    async def _connect(self, room: str) -> None:
        token = self.tokens.get(room)
        if token is None or not looks_valid(token, time.time()):
            self.tokens[room] = await self._backend.fetch_token(room, self.identity)
        await self._try_to_join(room)

    async def _try_to_join(self, room: str) -> None:
        failure = JoinFailed("no attempt was made")
        for wait in WAITS:
            try:
                return await self._attempt(room)
            except JoinFailed as error:
                failure = error
                self._note("join", room, str(error))
                await self._pace.sleep(wait)
        raise failure

    async def _attempt(self, room: str) -> None:
        stuck = room in self.stick_next
        self.stick_next.discard(room)
        if room not in self.tokens:  # another's press failed, and the group is gone
            raise JoinFailed("the group was forgotten meanwhile")
        try:
            async with asyncio.timeout(self._pace.seconds(ATTEMPT_SECONDS)):
                session = await self._backend.join(
                    self.tokens[room], self._ended, stuck=stuck
                )
        except TimeoutError as error:
            raise JoinFailed("the attempt took longer than 35 seconds") from error
        self.sessions[room] = session
        self._note("join", room, "half way" if stuck else "in")

    def _ended(self, session: Session) -> None:
        here = [room for room, mine in self.sessions.items() if mine.sid == session.sid]
        for room in here:
            del self.sessions[room]
            self._lost.set()

    def _forget(self, room: str, why: str) -> None:
        self._note("forget-group", room, why)
        self.tokens.pop(room, None)
        if room in self.rooms:
            self.rooms.remove(room)

    async def _connect_all(self) -> None:
        for room in tuple(self.rooms):
            await self.connect(room)

    def _restart_janitor(self) -> None:
        self._janitor = asyncio.create_task(self._clean())

    async def _clean(self) -> None:
        """Look every thirty seconds; sleep over the looks that would find nothing."""
        began, every = time.monotonic(), self._pace.seconds(JANITOR_SECONDS)
        while True:
            await self._until_something_lacks()
            await asyncio.sleep(every - (time.monotonic() - began) % every)
            await self._connect_all()

    async def _until_something_lacks(self) -> None:
        while all(room in self.sessions for room in self.rooms):
            self._lost.clear()
            await self._lost.wait()

    async def _stop_janitor(self) -> None:
        if self._janitor is None:
            return
        self._janitor.cancel()
        await asyncio.gather(self._janitor, return_exceptions=True)
        self._janitor = None

    def _note(self, act: str, room: str, outcome: str) -> None:
        self._backend.note(act, room, self.identity, outcome)
