"""Makes every bot in this process mind its life, in all that it does outside of it.

Writes pass `life.MortalWriter`; calls over the network, and what processes of their own
do in life, pass here.
"""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from functools import cache, partial
from typing import Any, TypeVar

import aiohttp
import pytest
from yarl import URL

from bot import app
from bot.artefacts import child, intake
from bot.artefacts.comparing import COMPARERS
from bot.artefacts.readers import READERS
from bot.artefacts.wire import Answer, Order
from bot.clients.livekit import LiveKitRooms
from bot.pages import load_library
from bot.probe.room_probe import RoomProbe
from bot.store import store as store_module
from handlers import listening
from handlers import slack as slack_client
from handlers.socket import Sockets
from handlers.socket_line import Tempo as SocketTempo
from tests.e2e.life import LIFE, MortalRunner, MortalWriter

ANSWER = 2.0
"""Seconds that the bot waits for an answer of Slack or LiveKit; in life 10 and 5."""

REQUEST = aiohttp.ClientSession._request
"""What every call of aiohttp's clients goes through, a socket's opening as well."""

SENT = RoomProbe._sent
"""What a probe's process is started by, and heard."""

PLACES = {
    "api": "slack",
    "files-pri": "slack file",
    "upload": "slack upload",
    "response": "slack response_url",
    "twirp": "livekit",
    "rtc": "livekit",
    "token": "token",
    "link": "slack socket",
}
"""What is called, by the first part of the URL's path in the rehearsal."""


Done = TypeVar("Done")


async def passing(kind: str, work: Callable[[], Awaitable[Done]]) -> Done:
    """Count a point of a life, end it at its blow, and let nothing by after."""
    life = LIFE.get()
    if life is None:
        return await work()
    number = life.reach(kind)
    if life.dies(kind, number, "before"):
        life.end()
    if life.over:
        await asyncio.Future()
    done = await work()
    if life.dies(kind, number, "after"):
        if isinstance(done, aiohttp.ClientResponse):
            done.close()
        life.end()
        await asyncio.Future()
    return done


async def mortal_request(
    session: aiohttp.ClientSession, method: str, url: Any, **how: Any
) -> aiohttp.ClientResponse:
    """Make a call, which is a point of the life that makes it."""
    call = partial(REQUEST, session, method, url, **how)
    return await (passing(call_kind(URL(url)), call) if LIFE.get() else call())


async def mortal_probe(probe: RoomProbe, *what: Any) -> Any:
    """Send the probe into a room, which is a point too."""
    return await passing("probe", partial(SENT, probe, *what))


def call_kind(url: URL) -> str:
    """Name a call by whom it is for and its method, without what it is about."""
    place, method = PLACES[url.parts[1]], url.parts[-1]
    return f"{place} {method}" if place in {"slack", "livekit"} else place


def make_mortal(patch: pytest.MonkeyPatch) -> None:
    """Let every bot that is started mind its life.

    What is alive by now stays: the collector need not look at it hundreds of times.
    """
    gc.collect()
    gc.freeze()
    patch.setattr(store_module, "Writer", MortalWriter)
    patch.setattr(listening.web, "AppRunner", MortalRunner)
    patch.setattr(aiohttp.ClientSession, "_request", mortal_request)
    patch.setattr(RoomProbe, "_sent", mortal_probe)
    patch.setattr(slack_client, "TIMEOUT", aiohttp.ClientTimeout(total=ANSWER))
    patch.setitem(_of(Sockets), "tempo", SocketTempo(first_wait=0.02, longest_wait=0.1))
    patch.setitem(_of(LiveKitRooms), "seconds", ANSWER)
    # The pages do not change, and reading them is a third of a short life.
    patch.setattr(app, "load_library", cache(load_library))
    # A process of its own for each file would be most of an incident's time.
    patch.setattr(intake, "confined", unconfined)


def _of(made: type) -> dict[str, Any]:
    """Return what a class takes when nothing else is given."""
    defaults: dict[str, Any] = made.__init__.__kwdefaults__
    return defaults


async def unconfined(order: Order, _: str = "") -> Answer:
    """Read a file as the confined process does, in this one."""
    bench = child.Bench(READERS, COMPARERS, order.question.asked())
    return await passing("reader", partial(asyncio.to_thread, child.done, order, bench))
