"""Tells when the body of a request to Slack has been handed to the network.

Calls that run side by side take their connections as they find them: one that was
begun first and must open its own is overtaken by one that finds another idle. Whoever
needs an order waits for this and not for the beginning of the call.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp

Sent = Callable[[], Awaitable[None]]

_TOLD: ContextVar[Sent | None] = ContextVar("told", default=None)


@contextmanager
def when_sent(told: Sent) -> Iterator[None]:
    """Have `told` called for each body that goes out within the context."""
    token = _TOLD.set(told)
    try:
        yield
    finally:
        _TOLD.reset(token)


def tracing() -> aiohttp.TraceConfig:
    """Return what a session needs so that `when_sent` hears of its requests."""
    config = aiohttp.TraceConfig()
    config.on_request_chunk_sent.append(_sent)
    return config


async def _sent(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    _chunk: aiohttp.TraceRequestChunkSentParams,
) -> None:
    told = _TOLD.get()
    if told is not None:
        await told()
