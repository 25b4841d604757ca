"""Tiny HTTP servers on a free port, for clients that are tested over the wire."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """Serve every path and method by one handler; yields the base URL."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    # a request that hangs on purpose is not waited for
    server = TestServer(app, shutdown_timeout=0.0)
    await server.start_server()
    try:
        yield str(server.make_url("")).rstrip("/")
    finally:
        await server.close()


@asynccontextmanager
async def unbound() -> AsyncIterator[str]:
    """Yield the URL of a port on which nothing listens."""
    async with serving(refuse) as url:
        pass
    yield url


async def refuse(_: web.Request) -> web.StreamResponse:
    """Answer that there is nothing here."""
    return web.Response(status=404)


def fixed(response: Callable[[], web.StreamResponse]) -> Handler:
    """Answer every request with what `response` makes."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return response()

    return answer


@asynccontextmanager
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A client session that is closed at the end."""
    async with aiohttp.ClientSession() as made:
        yield made
