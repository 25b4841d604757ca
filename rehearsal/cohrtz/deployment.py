"""A whole simulated Cohrtz deployment, put together."""

import asyncio
from collections.abc import Callable, Mapping

from rehearsal.cohrtz.apps import Apps
from rehearsal.cohrtz.changes import Changes
from rehearsal.cohrtz.data_plane import DataPlane
from rehearsal.cohrtz.faults import Faults
from rehearsal.cohrtz.journal import Journal
from rehearsal.cohrtz.keyring import Keyring
from rehearsal.cohrtz.livekit_server import LiveKitServer
from rehearsal.cohrtz.network import Network
from rehearsal.cohrtz.pace import Pace
from rehearsal.cohrtz.peer import Peer
from rehearsal.cohrtz.rooms import Happening, Rooms
from rehearsal.cohrtz.settings import DeploymentSettings
from rehearsal.cohrtz.token_endpoint import TokenEndpoint
from rehearsal.cohrtz.webhooks import WebhookSender

LOOK_AGAIN = 0.05
"""Seconds after which `wait_for` looks again though nothing was reported."""


class Deployment:
    """Token endpoint, LiveKit server, webhooks and people; `serve` makes it live."""

    def __init__(self, settings: DeploymentSettings) -> None:
        """Put the deployment together; nothing listens and nobody is connected yet."""
        self.settings = settings
        self.changes = Changes()
        self.faults = Faults(self.changes)
        self.journal = Journal(self.changes)
        self.pace = Pace(settings.speed)
        self.keyring = Keyring(settings, self.faults)
        self.webhooks = WebhookSender(
            self.keyring, self.faults, self.journal, self.pace
        )
        self.webhooks.url = settings.webhook_url
        self.rooms = Rooms(self.pace, self._happened)
        self.endpoint = TokenEndpoint(self.keyring, self.faults, settings.token_ttl)
        self.plane = DataPlane(self.rooms, self.changes)
        self.livekit = LiveKitServer(self.rooms, self.plane, self.keyring, self.faults)
        self.network = Network(self.rooms, self.livekit, self.journal)
        self.peers: Mapping[str, Peer] = {
            name: Peer(peer, self.rooms, self.network, self.pace)
            for name, peer in settings.peers.items()
        }
        self.apps = Apps(self.rooms, self.plane, self.pace)
        self.apps.admit(self.peers, settings.peers)

    def set_webhook_url(self, url: str | None) -> None:
        """Send the webhooks of all that happens from now on there; None: nowhere."""
        self.webhooks.url = url

    async def wait_for(
        self,
        predicate: Callable[[], bool],
        timeout: float = 5.0,  # noqa: ASYNC109  named as in asyncio.wait_for
    ) -> None:
        """Return once the predicate holds; TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout):
            while not predicate():
                await self._next_change()

    async def stop(self) -> None:
        """Stop the webhooks, close every app and forget the rooms."""
        self.webhooks.url = None
        await self.webhooks.stop()
        for peer in self.peers.values():
            await peer.stop()
        self.apps.stop()
        self.rooms.stop()

    async def _next_change(self) -> None:
        try:
            async with asyncio.timeout(LOOK_AGAIN):
                await self.changes.once()
        except TimeoutError:
            return

    def _happened(self, happening: Happening) -> None:
        self.webhooks.send(happening)
        self.changes.tell()
