"""A listening port that can be shut, so that callers are refused, and opened again."""

import asyncio
import socket

from aiohttp import web

from rehearsal.cohrtz.changes import Changes
from rehearsal.cohrtz.faults import FaultKind, Faults

SHUTDOWN_SECONDS = 0.05
"""For requests in flight when the deployment ends."""


class Door:
    """Serves an application on a port, except while a fault keeps it shut."""

    def __init__(
        self, app: web.Application, faults: Faults, shut_by: FaultKind
    ) -> None:
        """Make the door of an application; it opens with `open`."""
        self._faults = faults
        self._shut_by = shut_by
        self._runner = web.AppRunner(
            app, shutdown_timeout=SHUTDOWN_SECONDS, access_log=None
        )
        self._holder = socket.socket()
        self._site: web.TCPSite | None = None
        self._keeper: asyncio.Task[None] | None = None
        self.netloc = ""

    async def open(self, host: str, port: int, changes: Changes) -> None:
        """Listen; port 0 takes a free one, which stays ours while the door is shut."""
        self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._holder.bind((host, port))
        self.netloc = f"{host}:{self._holder.getsockname()[1]}"
        await self._runner.setup()
        await self._listen()
        self._keeper = asyncio.create_task(self._keep(changes))

    async def close(self) -> None:
        """Stop listening for good, and give requests in flight a moment."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self._runner.cleanup()
        self._holder.close()

    async def _keep(self, changes: Changes) -> None:
        while True:
            await changes.until(
                lambda: self._should_be_shut == (self._site is not None)
            )
            await (self._shut() if self._should_be_shut else self._listen())

    @property
    def _should_be_shut(self) -> bool:
        return self._shut_by in self._faults

    async def _listen(self) -> None:
        host, port = self._holder.getsockname()
        self._site = web.TCPSite(self._runner, host, port, reuse_address=True)
        await self._site.start()

    async def _shut(self) -> None:
        if self._site:
            await self._site.stop()
        self._site = None
