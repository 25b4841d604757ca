"""Lets every open app synchronise the rooms that it is in."""

from collections.abc import Mapping

from livekit.protocol.models import ParticipantInfo

from rehearsal.cohrtz.data_plane import DataPlane
from rehearsal.cohrtz.device import Device
from rehearsal.cohrtz.memory import Past
from rehearsal.cohrtz.pace import Pace
from rehearsal.cohrtz.peer import Peer
from rehearsal.cohrtz.rooms import Rooms
from rehearsal.cohrtz.sessions import Session
from rehearsal.cohrtz.settings import PeerSettings
from rehearsal.cohrtz.sync_runtime import SyncRuntime


class Apps:
    """The runtimes of all devices, begun and ended with their sessions."""

    def __init__(self, rooms: Rooms, plane: DataPlane, pace: Pace) -> None:
        """Watch the rooms; there is nobody yet."""
        self._rooms = rooms
        self._plane = plane
        self._pace = pace
        self._people: list[tuple[Peer, PeerSettings]] = []
        self._runtimes: dict[tuple[Device, str], SyncRuntime] = {}
        self._running: dict[str, SyncRuntime] = {}
        self._pasts: dict[str, Past] = {}
        rooms.watch(self._see)

    def admit(
        self, peers: Mapping[str, Peer], settings: Mapping[str, PeerSettings]
    ) -> None:
        """Take these people's apps into the world."""
        self._people += [(peer, settings[name]) for name, peer in peers.items()]

    def of(self, identity: str, room: str) -> SyncRuntime | None:
        """Return what runs for somebody in a room now."""
        session = self._rooms.session(room, identity)
        return self._running.get(session.sid) if session else None

    def cure(self, identity: str) -> None:
        """End the faults of somebody's apps, also for sessions to come."""
        cured = [one for one in self._people if one[0].identity == identity]
        for peer, settings in cured:
            self._people.remove((peer, settings))
            self._people.append((peer, settings.model_copy(update={"faults": ()})))
        for runtime in self._runtimes.values():
            if runtime.identity == identity:
                runtime.cure()

    def stop(self) -> None:
        """End every runtime."""
        for runtime in self._runtimes.values():
            runtime.end()
        self._running.clear()

    def _see(self, session: Session) -> None:
        if session.state == ParticipantInfo.DISCONNECTED:
            self._gone(session)
        elif session.state == ParticipantInfo.ACTIVE:
            self._begin(session)
        self._look_around(session.room)
        if session.state == ParticipantInfo.ACTIVE and not session.permission.hidden:
            self._introduce(session)

    def _begin(self, session: Session) -> None:
        for peer, settings in self._people:
            for device in peer.devices:
                mine = device.sessions.get(session.room)
                if mine is not None and mine.sid == session.sid:
                    runtime = self._runtime(device, session.room, settings)
                    self._running[session.sid] = runtime
                    runtime.begin(session, settings.faults)

    def _runtime(
        self, device: Device, room: str, settings: PeerSettings
    ) -> SyncRuntime:
        known = self._runtimes.get((device, room))
        if known is not None:
            return known
        past = self._pasts.setdefault(room, Past())
        made = SyncRuntime(device.identity, past, self._plane, self._pace, room)
        if settings.holds_vault_key:
            made.memory.vault_key = past.vault_key
        self._runtimes[device, room] = made
        return made

    def _gone(self, session: Session) -> None:
        runtime = self._running.pop(session.sid, None)
        if runtime is not None:
            runtime.end()

    def _introduce(self, newcomer: Session) -> None:
        for session in self._rooms.sessions(newcomer.room):
            runtime = self._running.get(session.sid)
            if runtime is not None and session.sid != newcomer.sid:
                runtime.met(newcomer.identity)

    def _look_around(self, room: str) -> None:
        here = [
            session
            for session in self._rooms.sessions(room)
            if not session.permission.hidden
        ]
        for session in here:
            runtime = self._running.get(session.sid)
            if runtime is not None:
                names = {each.identity for each in here} - {session.identity}
                runtime.others = frozenset(names)
