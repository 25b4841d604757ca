"""The files of an incident for whoever may look at the world, from its timeline."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.artefact import Artefact
from bot.engine.service import Service
from bot.errors import UsageError


@dataclass(frozen=True)
class Kept:
    """Reads them from the incident's state."""

    service: Service

    async def of(self, incident: str) -> Sequence[Artefact]:
        """Return what was read, oldest first; nothing for an unknown incident."""
        try:
            state = await self.service.load(incident)
        except UsageError:
            return ()
        return state.artefacts
