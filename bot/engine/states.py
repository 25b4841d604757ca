"""The states of several incidents: one that does not open is left out."""

from collections.abc import Iterable

from bot.core.incident.state import Incident
from bot.engine.service import Service
from bot.store.rows import Head
from bot.store.seal import SealBroken


async def states_of(service: Service, heads: Iterable[Head]) -> list[Incident]:
    """Return the states of the incidents that open; the store tells of the others."""
    found = [await _state(service, head.incident) for head in heads]
    return [state for state in found if state is not None]


async def _state(service: Service, incident: str) -> Incident | None:
    try:
        return await service.load(incident)
    except SealBroken:
        return None
