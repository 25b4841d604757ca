"""Makes Slack match the state: the difference between wanted and shown is drawn.

Nothing else posts. An incident's parts are drawn side by side, each by a task of its
own that goes on until Slack shows what is wanted; changes that come meanwhile are
drawn once, as they are then. Trouble is waited out; nothing is posted blindly twice.
"""

import asyncio

import structlog
from structlog.contextvars import bound_contextvars

from handlers.drawer import Drawer, Pauses, Studio
from handlers.easel import Easel

__all__ = ["Pauses", "Reconciler", "Studio"]

log = structlog.get_logger(__name__)

MANY = 500
"""Incidents that are looked at together, and whose easels are kept."""


class Reconciler:
    """Draws all incidents of one store."""

    def __init__(self, studio: Studio) -> None:
        """Make a reconciler; `run` starts it."""
        self._studio = studio
        self._drawer = Drawer(studio)
        self._easels: dict[str, Easel] = {}
        self._busy: set[asyncio.Task[None]] = set()
        self._looking: dict[str, bool] = {}
        self._inherited: frozenset[str] = frozenset()
        """What was not drawn at the start: the bot before may have died in a call."""
        self._returning: set[str] = set()
        self._stopped = False

    async def run(self) -> None:
        """Draw until cancelled; what is half drawn is found again at the next start."""
        service, loop = self._studio.service, asyncio.get_running_loop()
        changed = tuple(await service.store.behind(MANY))
        self._inherited = frozenset(changed)
        rested_at = loop.time() + self._studio.pauses.rest
        while True:
            if loop.time() >= rested_at:
                changed = (*changed, *await service.store.behind(MANY))
                rested_at = loop.time() + self._studio.pauses.rest
            for incident in dict.fromkeys(changed):
                self._look_soon(incident)
            rest = max(0.0, rested_at - loop.time())
            changed = await service.bells.drawing.wait(rest)

    async def stop(self) -> None:
        """Cancel what is under way and begin nothing more."""
        self._stopped = True
        drawing = (t for e in self._easels.values() for t in e.tasks.values())
        tasks = [*self._busy, *drawing]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _look_soon(self, incident: str) -> None:
        if self._stopped:
            return
        if incident in self._looking:
            self._looking[incident] = True
            return
        self._looking[incident] = False
        task = asyncio.create_task(self._look(incident), name=f"draw/{incident}")
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def _look(self, incident: str) -> None:
        again = False
        with bound_contextvars(incident=incident):
            try:
                await self._studio.foreground.quiet()
                await self._compare(incident)
            except Exception:
                log.exception("drawing.failed")
            finally:
                again = self._looking.pop(incident)
        if again:
            self._look_soon(incident)

    async def _compare(self, incident: str) -> None:
        easel = await self._easel(incident)
        await self._drawer.aim(easel)
        easel.doubt(asyncio.get_running_loop().time())
        for part in easel.stale():
            if part not in easel.tasks:
                self._start(easel, part)
        await self._settle(easel)

    async def _easel(self, incident: str) -> Easel:
        if incident not in self._easels:
            drawings = await self._studio.service.store.drawings(incident)
            shown = {one.part: one for one in drawings}
            inherited = incident in self._inherited
            unsure = dict.fromkeys(shown, self._late()) if inherited else {}
            self._inherited -= {incident}
            self._easels[incident] = Easel(incident, shown, unsure=unsure)
        return self._easels[incident]

    def _late(self) -> float:
        return asyncio.get_running_loop().time() + self._studio.pauses.late

    async def _settle(self, easel: Easel) -> None:
        """Write down how far Slack is, and forget what nobody needs any more."""
        if easel.tasks or easel.stale():
            return
        if easel.unsure:
            self._return(easel)
            return
        await self._studio.service.store.drawn(easel.incident, easel.seq)
        if len(self._easels) > MANY:
            self._easels.pop(easel.incident, None)

    def _return(self, easel: Easel) -> None:
        """Look again when a call that got no answer is done, if it ever is."""
        if easel.incident not in self._returning and not self._stopped:
            self._returning.add(easel.incident)
            task = asyncio.create_task(self._come_back(easel), name="draw/late")
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)

    async def _come_back(self, easel: Easel) -> None:
        pause = min(easel.unsure.values()) - asyncio.get_running_loop().time()
        try:
            await asyncio.sleep(max(pause, 0.0))
        finally:
            self._returning.discard(easel.incident)
        self._look_soon(easel.incident)

    def _start(self, easel: Easel, part: str) -> None:
        easel.tasks[part] = asyncio.create_task(
            self._draw(easel, part), name=f"draw/{easel.incident}/{part}"
        )

    async def _draw(self, easel: Easel, part: str) -> None:
        with bound_contextvars(incident=easel.incident, part=part):
            try:
                await self._drawer.until_shown(easel, part)
            # A bug or a full disk: it must not stop other parts, nor spin.
            except Exception:
                log.exception("drawing.failed")
                easel.failed.add(part)
                await asyncio.sleep(self._studio.pauses.longest)
            finally:
                del easel.tasks[part]
                await easel.tell()
        self._look_soon(easel.incident)
