"""What carries data between the server and one rtc client, apart from the library.

The library that does it is slow to load (it brings a codec library along), and most
rehearsals need none of it. So its module is loaded by name when the first client comes.
"""

import asyncio
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

MODULE = "rehearsal.cohrtz.aiortc_links"


class LinksMissing(Exception):  # noqa: N818  named for what is the case
    """The library is not installed, so no rtc client can join."""


@dataclass(frozen=True)
class Ears:
    """What a link tells: that data can flow, and each packet that comes."""

    opened: Callable[[], None]
    heard: Callable[[bytes, bool], None]
    """The packet, and whether it came on the reliable channel."""


class Link(Protocol):
    """Two peer connections with one client: one to send on, one to hear on."""

    async def offer(self) -> str:
        """Return the session description that the client is to answer."""
        ...

    async def answered(self, sdp: str) -> None:
        """Take the client's answer."""
        ...

    async def offered(self, sdp: str) -> str:
        """Take the client's own offer and return the answer to it."""
        ...

    async def trickled(self, candidate: str, *, publisher: bool) -> None:
        """Take an address of the client's, as JSON, for one of the connections."""
        ...

    def send(self, packet: bytes, *, reliable: bool) -> None:
        """Send to the client if the channel is open."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


LinkMaker = Callable[[Ears], Link]


async def load_links() -> LinkMaker:
    """Return what makes links; LinksMissing if the library is not installed.

    The one place where a module is imported by name: in a thread, so that the rooms
    go on while it loads (about a second).
    """
    try:
        module = await asyncio.to_thread(importlib.import_module, MODULE)
    except ImportError as error:
        raise LinksMissing(str(error)) from error
    return cast("LinkMaker", module.AiortcLink)
