"""The files that people handed over for an incident, as far as they were read."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.artefact import Artefact, Kind

__all__ = ["Artefact", "Artefacts", "Kind"]


class Artefacts(Protocol):
    """What is known of an incident's files; their content is not kept anywhere."""

    async def of(self, incident: str) -> Sequence[Artefact]:
        """Return what was read, oldest first; nothing for an unknown incident."""
        ...
