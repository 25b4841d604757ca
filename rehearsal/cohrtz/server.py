"""Makes a deployment live, on two ports: token endpoint and LiveKit are two hosts."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from rehearsal.cohrtz.deployment import Deployment
from rehearsal.cohrtz.door import Door
from rehearsal.cohrtz.faults import FaultKind


@dataclass(frozen=True)
class Server:
    """Where a deployment that is being served can be reached."""

    token_url: str
    """The token endpoint: `http://…/token`, without a query."""
    livekit_url: str
    """The LiveKit server as its clients name it: `ws://…`."""

    @property
    def livekit_http_url(self) -> str:
        """Return the LiveKit server's address for plain HTTP."""
        return self.livekit_url.replace("ws", "http", 1)


@asynccontextmanager
async def serve(
    deployment: Deployment, host: str = "127.0.0.1", port: int = 0, token_port: int = 0
) -> AsyncIterator[Server]:
    """Serve LiveKit at `port` and the token endpoint at `token_port`; 0: a free one.

    On leaving, every fault is cleared, every app closed and every task ended.
    """
    async with AsyncExitStack() as stack:
        livekit, token = _livekit_door(deployment), _token_door(deployment)
        for door, wanted in ((livekit, port), (token, token_port)):
            stack.push_async_callback(door.close)
            await door.open(host, wanted, deployment.changes)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        stack.push_async_callback(deployment.stop)
        stack.callback(deployment.faults.clear)
        server = Server(f"http://{token.netloc}/token", f"ws://{livekit.netloc}")
        deployment.network.connect(http, server.token_url)
        yield server


def _livekit_door(deployment: Deployment) -> Door:
    app = deployment.livekit.application(deployment.journal)
    return Door(app, deployment.faults, FaultKind.LIVEKIT_REFUSED)


def _token_door(deployment: Deployment) -> Door:
    app = deployment.endpoint.application(deployment.journal)
    return Door(app, deployment.faults, FaultKind.ENDPOINT_REFUSED)
