"""What a file that somebody handed over turned out to be, and what it says.

The file itself is read elsewhere, confined and once; only this is kept.
"""

from collections.abc import Iterable, Mapping
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


# Of words, the later in its line is the worse.
_WORSE: Mapping[str, tuple[Value, ...]] = {
    "database.header": ("sqlite", "empty", "absent"),
    "database.integrity": (
        "ok",
        "empty",
        "unreadable",
        "not-a-database",
        "malformed",
    ),
    "keys.vault": (
        "healthy",
        "legacy",
        "never-initialised",
        "missing-after-initialised",
    ),
    "log.build": ("debug", "unknown", "release"),
}
_TO_BE = frozenset({"keys", "preferences", "store"})
"""Subjects whose yes or no says that something is there: then *no* is the worse."""


def merged(artefacts: Iterable[Artefact]) -> tuple[Fact, ...]:
    """Return one fact of each name from the facts of all files: the worst one.

    Guards ask whether a fault is there, and it is there if any file shows it. Of
    numbers the largest counts and not the sum, as two logs may tell of one event; of a
    yes or no the *yes*, where *no* does not say that something is missing; of words
    the later in their list, else those that were read last. The fact keeps the file
    that it is from as its source.
    """
    worst: dict[str, Fact] = {}
    for fact in (fact for one in artefacts for fact in one.facts):
        known = worst.get(fact.name)
        if known is None or _badness(fact) >= _badness(known):
            worst[fact.name] = fact
    return tuple(worst.values())


def _badness(fact: Fact) -> float:
    value = fact.value
    if isinstance(value, bool):
        missing_is_bad = fact.name.partition(".")[0] in _TO_BE
        return float(value is not missing_is_bad)
    if isinstance(value, str):
        order = _WORSE.get(fact.name, ())
        return float(order.index(value)) if value in order else -1.0
    return float(value)
