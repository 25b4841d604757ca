"""Tells when the body of a request to Slack has gone out to whoever answers it.

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
    """Have `told` called for each body that goes out within the context.

    One that goes out on a new connection without TLS is not told of: only the other
    side's kernel has taken it yet. With TLS the other side itself has shaken hands.
    """
    token = _TOLD.set(told)
    try:
        yield
    finally:
        _TOLD.reset(token)


def tracing() -> aiohttp.TraceConfig:
    """Return what a session needs so that `when_sent` hears of its requests."""
    config = aiohttp.TraceConfig()
    config.on_connection_reuseconn.append(_reused)
    config.on_request_chunk_sent.append(_sent)
    return config


async def _reused(
    _session: aiohttp.ClientSession,
    context: SimpleNamespace,
    _reuse: aiohttp.TraceConnectionReuseconnParams,
) -> None:
    context.is_in_use = True


async def _sent(
    _session: aiohttp.ClientSession,
    context: SimpleNamespace,
    chunk: aiohttp.TraceRequestChunkSentParams,
) -> None:
    told = _TOLD.get()
    is_taken = chunk.url.scheme == "https" or getattr(context, "is_in_use", False)
    if told is not None and is_taken:
        await told()
