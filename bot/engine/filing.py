"""Reading the files that wait: fetched, read confined, told to the incident, dropped.

What is fetched lies in a private folder for as long as it is read. Nothing here is
remembered: a file that was offered and not read yet is found in the incident's state,
so a restart in the middle begins with it anew.
"""

import asyncio
from asyncio import FIRST_COMPLETED
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.artefacts.copying import NoScratch
from bot.artefacts.intake import Copies, Desk, Intake
from bot.artefacts.scratch import inner
from bot.artefacts.shape import Asked
from bot.artefacts.source import Source
from bot.core.incident.commands import Compare, Receive
from bot.core.incident.events import BOT
from bot.core.incident.file_events import Offered
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Incident
from bot.engine.service import Service
from bot.errors import BotError

log = structlog.get_logger(__name__)

FETCHED = 2
"""Files that are fetched at a time, over all incidents."""


@dataclass(frozen=True)
class Filer:
    """Reads files for incidents."""

    service: Service
    intake: Intake
    source: Source
    doors: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FETCHED))

    async def read(self, incident: str, files: Sequence[Offered]) -> None:
        """Read the files, side by side, tell each as it is read, then compare them.

        The last one is told after the comparison: as long as it waits to be read, a
        restart begins anew, and no comparison is lost in between. Where nothing can
        be kept they are told as unread: tried without end, nobody would hear of it.
        """
        state = await self.service.load(incident)
        try:
            with self.intake.scratch.folder() as folder:
                await self._read_in(Desk(folder, _asked(state)), state, files)
        except NoScratch as error:
            for one in files:
                unread = self.intake.unread(one.name, str(error))
                await self._tell(incident, Receive(one.id, (unread,)))

    async def _read_in(
        self, desk: Desk, state: Incident, files: Sequence[Offered]
    ) -> None:
        read = await self._all_read(state.id, files, desk)
        copies = [one.copies for one in read]
        earlier = await self._earlier(state, copies, desk)
        for one in await self.intake.compare((*copies, *earlier), desk):
            await self._tell(state.id, Compare(one.of, one.names, one.evidence))
        await self._tell(state.id, read[-1].told)

    async def _all_read(
        self, incident: str, files: Sequence[Offered], desk: Desk
    ) -> list["_Read"]:
        """Read them, the last one to be ready at the end; tell all but that."""
        read: list[_Read] = []
        async with asyncio.TaskGroup() as tasks:
            left = [tasks.create_task(self._read(one, desk)) for one in files]
            while left:
                done, _ = await asyncio.wait(left, return_when=FIRST_COMPLETED)
                ready = [one.result() for one in left if one in done]
                left = [one for one in left if one not in done]
                read += ready
                for one in ready if left else ready[:-1]:
                    await self._tell(incident, one.told)
        return read

    async def _read(self, file: Offered, desk: Desk) -> "_Read":
        return _Read(file, await self._copies(file, desk))

    async def _copies(self, file: Offered, desk: Desk) -> Copies:
        try:
            path = await self._fetched(file, desk)
            return await self.intake.read(path, file.name, desk)
        except BotError as error:
            return Copies((self.intake.unread(file.name, str(error)),))
        except Exception as error:
            log.exception("artefact.failed", file=file.id)
            why = f"It could not be read ({type(error).__name__})."
            return Copies((self.intake.unread(file.name, why),))

    async def _fetched(self, file: Offered, desk: Desk) -> Path:
        path = inner(desk.folder) / "file"
        async with self.doors:
            try:
                await self.source.fetch(file.id, path)
            except OSError as error:
                with suppress(OSError):
                    path.unlink()  # what came of it takes the room from the others
                raise NoScratch(error) from error
            desk.held.take(path)
        path.chmod(0o400)
        return path

    async def _earlier(
        self, state: Incident, copies: Iterable[Copies], desk: Desk
    ) -> list[Copies]:
        """Fetch anew what was read before and can be compared with what is new.

        Of what was read nothing is kept that could be compared.
        """
        new = {pair[0].kind for one in copies for pair in one.lying}
        comparers = list(self.intake.comparers.values())
        kinds = {k for c in comparers if c.kinds & new for k in c.kinds}
        again = {
            state.read_as[one.sha256]: None
            for one in state.artefacts
            if one.kind in kinds and one.sha256 in state.read_as
        }
        offered = [state.offered[file] for file in again if file in state.offered]
        return await asyncio.gather(*(self._copies(one, desk) for one in offered))

    async def _tell(self, incident: str, command: Receive | Compare) -> None:
        try:
            await self.service.change(incident, command, by=BOT)
        except NotNow as refused:
            log.info("artefact.overtaken", incident=incident, why=refused.reason)


@dataclass(frozen=True)
class _Read:
    """A file that was read, and what came of it."""

    file: Offered
    copies: Copies

    @property
    def told(self) -> Receive:
        return Receive(self.file.id, self.copies.artefacts)


def _asked(state: Incident) -> Asked:
    return Asked(state.report.room, state.report.participant, state.opened_at)
