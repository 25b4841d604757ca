"""What can happen with files that people hand over for an incident."""

from typing import Literal

from pydantic import BaseModel

from bot.core.artefact import Artefact
from bot.core.evidence import Evidence


class Offered(BaseModel, frozen=True):
    """A file that somebody handed over; it is fetched by its id, and by nothing else.

    `name` has been made visible and redacted before it got here.
    """

    id: str
    name: str


class ArtefactOffered(BaseModel, frozen=True):
    """Somebody handed over files; they have not been read yet."""

    kind: Literal["artefact.offered"] = "artefact.offered"
    files: tuple[Offered, ...]


class ArtefactRead(BaseModel, frozen=True):
    """A file was read and dropped; `file` is the one that it came as or in."""

    kind: Literal["artefact.read"] = "artefact.read"
    file: str
    artefact: Artefact


class ArtefactRepeated(BaseModel, frozen=True):
    """A file has nothing in it that was not read before."""

    kind: Literal["artefact.repeated"] = "artefact.repeated"
    file: str
    name: str
    sha256: str


class ArtefactsCompared(BaseModel, frozen=True):
    """Files were compared: `of` says what about them, `names` are theirs."""

    kind: Literal["artefacts.compared"] = "artefacts.compared"
    of: str
    names: tuple[str, ...]
    evidence: Evidence


FileBody = ArtefactOffered | ArtefactRead | ArtefactRepeated | ArtefactsCompared
