"""What a file that somebody handed over turned out to be, and what it says.

The file itself is read elsewhere, confined and once; only this is kept.
"""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel

from bot.core.evidence import Fact, Finding, Value, Verdict


class Kind(StrEnum):
    """What a file is, told from its content and never from its name."""

    LOG = "log"
    DIAGNOSTICS = "diagnostics"
    CRDT_DATABASE = "crdt-database"
    PACKET_STORE = "packet-store"
    SECURE_STORE = "secure-store"
    WEB_STORAGE = "web-storage"
    PREFERENCES = "preferences"
    PACKETS = "packets"
    ARCHIVE = "archive"
    UNRECOGNISED = "unrecognised"


class Reading(BaseModel, frozen=True):
    """What a reader saw in one file.

    `digest` is what comparing two files of a kind needs: counts, hashes and ids. It
    holds no content, leaves the confined process, and is not kept.
    """

    finding: Finding
    digest: Mapping[str, Value | Mapping[str, Value]] = {}


class Artefact(BaseModel, frozen=True):
    """One file as it is kept: its name, kind and hash, and the facts read from it."""

    name: str
    kind: Kind
    sha256: str
    size: int
    """Bytes."""
    verdict: Verdict
    headline: str
    facts: tuple[Fact, ...] = ()
    reference: str | None = None
    """Set when the reader itself failed: the id under which the log has the error."""
