"""Are the two secrets there from which the secure store's key is made?

The values are never read out: with the secure store they open everything.
"""

from pathlib import Path

from bot.artefacts.shape import Asked
from bot.cohrtz.databases import preferences
from bot.cohrtz.databases.preferences import LIMIT, preferences_in
from bot.core.artefact import Kind, Reading

KIND = Kind.PREFERENCES
FACTS = preferences.FACTS


def recognises(head: bytes, path: Path) -> bool:
    """Say whether it is a preferences file that names one of the two."""
    return preferences.looks_so(head) and preferences_in(_start(path)).is_ours


def read(path: Path, asked: Asked) -> Reading:  # noqa: ARG001  one shape for all readers
    """Look which of the two are there."""
    return Reading(finding=preferences.finding(preferences_in(_start(path))))


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LIMIT)
