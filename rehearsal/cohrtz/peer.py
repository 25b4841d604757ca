"""One person in the simulated deployment, with the devices that they use."""

from livekit.protocol.models import DisconnectReason

from rehearsal.cohrtz.device import Backend, Device
from rehearsal.cohrtz.pace import Pace
from rehearsal.cohrtz.rooms import Rooms
from rehearsal.cohrtz.sessions import Session
from rehearsal.cohrtz.settings import PeerSettings


class Peer:
    """A person: one identity, one or two devices."""

    def __init__(
        self, settings: PeerSettings, rooms: Rooms, backend: Backend, pace: Pace
    ) -> None:
        """Make a person whose apps are all closed."""
        self.identity = settings.identity
        self.rooms = settings.rooms
        self._server_rooms = rooms
        self._backend = backend
        self._pace = pace
        self.devices: list[Device] = [self._new_device()]

    @property
    def device(self) -> Device:
        """Return the first device."""
        return self.devices[0]

    async def connect(self) -> None:
        """Open the app: it joins its rooms if it can and keeps trying if it cannot."""
        await self.device.start()

    async def second_device(self) -> Device:
        """Open the app on another device too, with the same identity."""
        device = self._new_device()
        self.devices.append(device)
        await device.start()
        return device

    def lose(self, reason: DisconnectReason = DisconnectReason.SIGNAL_CLOSE) -> None:
        """Lose every session on every device; the apps will try to come back."""
        for device in self.devices:
            device.lose(reason)

    async def come_back_half_way(self, room: str) -> None:
        """Reconnect to the room with signalling only: the session stays in JOINED."""
        self.device.stick_next.add(room)
        await self.device.connect(room)

    async def reconnect_by_hand(self) -> None:
        """Press Reconnect in the app for every room that has no session."""
        for room in tuple(self.device.rooms):
            if room not in self.device.sessions:
                await self.device.reconnect_by_hand(room)

    async def keep_one_device(self) -> None:
        """Close the app everywhere but on the first device."""
        for device in self.devices[1:]:
            await device.stop()
        del self.devices[1:]

    def hold(self, room: str, token: str) -> None:
        """Let every device have saved this token for the room."""
        for device in self.devices:
            device.tokens[room] = token

    def session(self, room: str) -> Session | None:
        """Return the person's current session in the room, as the server sees it."""
        return self._server_rooms.session(room, self.identity)

    async def stop(self) -> None:
        """Close the app on every device."""
        for device in self.devices:
            await device.stop()

    def _new_device(self) -> Device:
        return Device(self.identity, self.rooms, self._backend, self._pace)
