"""The rooms of the simulated LiveKit server and who is in them.

A session goes from JOINING over JOINED to ACTIVE; one that is stuck stays in JOINED. A
second session of the same identity in a room ends the first with DUPLICATE_IDENTITY.
Rooms open at the first join and close a while after the last one has left. Webhooks are
told as the real server tells them: `participant_joined` when a session became ACTIVE,
`participant_connection_aborted` when one ended without ever having been.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from livekit.protocol.models import DisconnectReason, ParticipantInfo, Room

from rehearsal.cohrtz.pace import Pace
from rehearsal.cohrtz.sessions import OpenRoom, Session

SIGNAL_SECONDS = 0.2
"""From JOINING to JOINED: the signalling connection is up."""
MEDIA_SECONDS = 0.6
"""From JOINED to ACTIVE: the data path is up."""
FADE_SECONDS = 20.0
"""From a client's silent death to the end of its session: ICE times out."""

Ended = Callable[[Session], None]


@dataclass(frozen=True)
class Happening:
    """What a webhook tells: the event's name, the room and whom it is about."""

    event: str
    room: Room
    participant: ParticipantInfo | None = None


class Rooms:
    """Everything that the server knows, and the only place where it changes."""

    def __init__(self, pace: Pace, tell: Callable[[Happening], None]) -> None:
        """Start without any room; `tell` gets every happening in order."""
        self._pace = pace
        self._tell = tell
        self._rooms: dict[str, OpenRoom] = {}
        self._sessions: dict[str, Session] = {}
        self._ended: dict[str, Ended] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._watchers: list[Callable[[Session], None]] = []

    def watch(self, seen: Callable[[Session], None]) -> None:
        """Tell `seen` of each session that gets another state, as it is then."""
        self._watchers.append(seen)

    def open_rooms(self, names: Sequence[str] = ()) -> tuple[Room, ...]:
        """Return the open rooms, or those of the given names that are open."""
        return tuple(
            self._info(room)
            for name, room in sorted(self._rooms.items())
            if not names or name in names
        )

    def room(self, name: str) -> Room | None:
        """Return the room if it is open."""
        room = self._rooms.get(name)
        return self._info(room) if room else None

    def sessions(self, room: str) -> tuple[Session, ...]:
        """Return who is in the room, in the order of joining, hidden ones included."""
        return tuple(each for each in self._sessions.values() if each.room == room)

    def session(self, room: str, identity: str) -> Session | None:
        """Return the identity's current session in the room, if there is one."""
        here = (each for each in self.sessions(room) if each.identity == identity)
        return next(here, None)

    def create(self, wanted: OpenRoom) -> Room:
        """Open a room, or return the one of that name that is open already."""
        if wanted.name not in self._rooms:
            self._open(wanted)
            self._later(wanted.sid, wanted.empty_timeout, self._close_empty, wanted)
        return self._info(self._rooms[wanted.name])

    def join(self, session: Session, ended: Ended, *, stuck: bool = False) -> Session:
        """Let a session in; `ended` is called once, with the session as it ended."""
        older = self.session(session.room, session.identity)
        if older:
            self.end(older.sid, DisconnectReason.DUPLICATE_IDENTITY)
        self._seat(session, ended)
        self._later(session.sid, SIGNAL_SECONDS, self._signalled, session.sid, stuck)
        return session

    def end(self, sid: str, reason: DisconnectReason) -> None:
        """End a session; nothing happens if it has ended already."""
        session = self._sessions.pop(sid, None)
        if session is None:
            return
        self._cancel(sid)
        gone = _changed(session, state=ParticipantInfo.DISCONNECTED, reason=reason)
        self._report_end(gone)
        self._vacate(session.room)
        self._ended.pop(sid)(gone)
        self._show(gone)

    def fade(self, sid: str) -> None:
        """Notice that a client is gone without a word: its session ends a while later.

        The real server waits for ICE to fail first.
        """
        if sid in self._sessions:
            lost = DisconnectReason.SIGNAL_CLOSE
            self._later(sid, FADE_SECONDS, self.end, sid, lost)

    def connected(self, sid: str) -> None:
        """Let a session become ACTIVE: its data path is up."""
        session = self._sessions.get(sid)
        if session is None or session.state == ParticipantInfo.ACTIVE:
            return
        self._cancel(sid)
        active = ParticipantInfo.ACTIVE
        now = self.change(sid, state=active, was_active=True)
        self._report("participant_joined", now)
        self._show(now)

    def change(self, sid: str, **changed: object) -> Session:
        """Change a session's name, metadata, attributes or permission."""
        self._sessions[sid] = _changed(self._sessions[sid], **changed)
        return self._sessions[sid]

    def delete(self, name: str) -> None:
        """End every session of the room with ROOM_DELETED, and close it."""
        self._close(self._rooms[name], DisconnectReason.ROOM_DELETED)

    def stop(self) -> None:
        """Forget everything in silence and let no timer fire any more."""
        for key in tuple(self._timers):
            self._cancel(key)
        self._sessions.clear()
        self._rooms.clear()

    def _seat(self, session: Session, ended: Ended) -> None:
        if session.room not in self._rooms:
            self._open(OpenRoom(session.room))
        self._cancel(self._rooms[session.room].sid)
        self._sessions[session.sid] = session
        self._ended[session.sid] = ended

    def _signalled(self, sid: str, stuck: bool) -> None:  # noqa: FBT001  a timer passes arguments by position
        self._show(self.change(sid, state=ParticipantInfo.JOINED))
        if not stuck:
            self._later(sid, MEDIA_SECONDS, self.connected, sid)

    def _open(self, room: OpenRoom) -> None:
        self._rooms[room.name] = room
        self._tell(Happening("room_started", self._info(room)))

    def _vacate(self, name: str) -> None:
        room = self._rooms[name]
        if not self._occupied(name):
            self._later(room.sid, room.departure_timeout, self._close_empty, room)

    def _close_empty(self, room: OpenRoom) -> None:
        if not self._occupied(room.name):
            self._close(room, DisconnectReason.ROOM_CLOSED)

    def _close(self, room: OpenRoom, reason: DisconnectReason) -> None:
        for session in self.sessions(room.name):
            self.end(session.sid, reason)
        self._cancel(room.sid)
        info = self._info(room)
        del self._rooms[room.name]
        self._tell(Happening("room_finished", info))

    def _occupied(self, name: str) -> bool:
        return any(not session.dependent for session in self.sessions(name))

    def _show(self, session: Session) -> None:
        for seen in self._watchers:
            seen(session)

    def _report_end(self, gone: Session) -> None:
        left = "participant_left"
        aborted = "participant_connection_aborted"
        self._report(left if gone.was_active else aborted, gone)

    def _report(self, event: str, session: Session) -> None:
        room = self._info(self._rooms[session.room])
        self._tell(Happening(event, room, session.info()))

    def _info(self, room: OpenRoom) -> Room:
        counted = [each for each in self.sessions(room.name) if not each.dependent]
        return room.info(len(counted))

    def _later(
        self, key: str, seconds: float, act: Callable[..., None], *args: object
    ) -> None:
        self._cancel(key)
        loop = asyncio.get_running_loop()
        self._timers[key] = loop.call_later(self._pace.seconds(seconds), act, *args)

    def _cancel(self, key: str) -> None:
        timer = self._timers.pop(key, None)
        if timer:
            timer.cancel()


def _changed(session: Session, **changed: object) -> Session:
    version = session.version + 1
    return replace(session, version=version, **changed)  # type: ignore[arg-type]  # the callers name fields of Session
