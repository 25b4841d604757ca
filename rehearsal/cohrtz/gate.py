"""What can stand between a caller and one of the simulated servers."""

import asyncio
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from rehearsal.cohrtz.faults import FaultKind, Faults
from rehearsal.cohrtz.recorder import lost
from rehearsal.cohrtz.twirp import JSON

CAPTIVE_PAGE = """<!DOCTYPE html>
<html><head><title>Sign in to the network</title></head>
<body><h1>Welcome</h1><p>Accept the terms to go on.</p></body></html>
"""
INTERNAL_ERROR = "Internal Server Error: the key store does not answer"
BAD_GATEWAY = """<html>
<head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body>
</html>
"""
CLOSE_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER of zero seconds: the connection is closed by a TCP reset."""


class Place(StrEnum):
    """The two servers of a deployment."""

    ENDPOINT = "token"
    LIVEKIT = "livekit"


@dataclass(frozen=True)
class Obstacle:
    """What a caller meets in place of the server. No status: a broken connection."""

    status: int | None
    text: str = ""
    content_type: str = "text/plain"


TOO_OFTEN: Mapping[Place, Obstacle] = {
    Place.ENDPOINT: Obstacle(429, "Too many requests, please try again later."),
    Place.LIVEKIT: Obstacle(
        429, '{"code":"resource_exhausted","msg":"rate limit exceeded"}', JSON
    ),
}
"""What each says that is asked too often: LiveKit in Twirp's form."""


class Gate:
    """Applies the faults of one place to everything that comes in there."""

    def __init__(self, place: Place, faults: Faults) -> None:
        """Make the gate of one server."""
        self.place = place
        self._faults = faults

    async def obstacle(self) -> Obstacle | None:
        """Wait as the faults demand, and return what stands in the way, if anything."""
        await self._hold_up()
        if self._meets("refused") or self._meets("reset"):
            return Obstacle(None)
        if self._meets("status-500"):
            fault = self._faults.get(self._kind("status-500"))
            return Obstacle(500, (fault.text if fault else "") or INTERNAL_ERROR)
        if self._meets("status-429"):
            return TOO_OFTEN[self.place]
        return Obstacle(200, CAPTIVE_PAGE, "text/html") if self._meets("html") else None

    def bad_gateway(self) -> Obstacle | None:
        """Return what a proxy says that has lost the server's answer, if it has."""
        met = self._meets("status-502")
        return Obstacle(502, BAD_GATEWAY, "text/html") if met else None

    async def _hold_up(self) -> None:
        slow = self._faults.get(self._kind("slow"))
        if slow and self._meets("slow"):
            await asyncio.sleep(slow.seconds)
        if self._meets("hanging"):
            await self._faults.gone(self._kind("hanging"))

    def _meets(self, fault: str) -> bool:
        return self._faults.meets(self._kind(fault))

    def _kind(self, fault: str) -> FaultKind:
        return _kind(self.place, fault)

    def middleware(self) -> Middleware:
        """Return the gate as a middleware of the server's application."""

        @web.middleware
        async def pass_gate(
            request: web.Request, handler: Handler
        ) -> web.StreamResponse:
            obstacle = await self.obstacle()
            if obstacle:
                return answer(request, obstacle)
            response = await handler(request)
            instead = self._instead(response)
            if instead is None:
                return response
            lost(request)
            return answer(request, instead)

        return pass_gate

    def _instead(self, response: web.StreamResponse) -> Obstacle | None:
        """Return what comes in place of an answer; what has begun goes on."""
        if self._meets("lost"):
            return Obstacle(None)
        return None if response.prepared else self.bad_gateway()


@cache
def _kind(place: Place, fault: str) -> FaultKind:
    """Return a fault of one place; asked for several times at every request."""
    return FaultKind(f"{place}.{fault}")


def answer(request: web.Request, obstacle: Obstacle) -> web.Response:
    """Return the obstacle as an answer, or break the caller's connection."""
    if obstacle.status is None:
        _reset(request)
        return web.Response(status=502)
    return web.Response(
        status=obstacle.status, text=obstacle.text, content_type=obstacle.content_type
    )


def _reset(request: web.Request) -> None:
    transport = request.transport
    if isinstance(transport, asyncio.Transport):
        plug = transport.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CLOSE_AT_ONCE)
        transport.abort()
