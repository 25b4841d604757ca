"""When a rollback is proposed: triggers over the incidents since a release. Pure.

The triggers are the source document's examples. What speaks for each are facts that
checks saw (`facts/`: never what a person guessed), counted by room, so that one noisy
room never trips what is to be widespread. Source of the fingerprints: cohrtz_app at
6470ae3 (no version is on the wire, so a partition shows only in its symptoms).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, Field

from bot.core.evidence import Value
from bot.core.incident.state import Incident
from bot.core.report import Subject


class Trigger(StrEnum):
    """What makes a rollback worth proposing."""

    DECRYPT = "decrypt-failures"
    CORRUPTION = "migration-corruption"
    PARTITION = "cross-version-partition"


MEANING = {
    Trigger.DECRYPT: "widespread decrypt failures after the release",
    Trigger.CORRUPTION: "databases that a migration has broken for good",
    Trigger.PARTITION: "versions that do not understand each other",
}
PAGES = {
    Trigger.DECRYPT: "missing-group-key",
    Trigger.CORRUPTION: "database-corruption-on-native",
    Trigger.PARTITION: "sync-divergence",
}
"""The page that recovers a room from each."""

_COUNTS = {
    Trigger.DECRYPT: (
        "log.gsk_wait_expired",
        "log.gsk_mac_failed",
        "log.unicast_decrypt_failed",
        "log.treekem_secret_failed",
        "log.vault_decrypt_failed",
        "packets.gsk_requesters",
        "packets.key_requesters",
    ),
    Trigger.CORRUPTION: (
        "log.database_recreated",
        "log.sqlite_not_a_database",
        "log.sqlite_malformed",
    ),
    Trigger.PARTITION: (
        "log.merge_schema",
        "log.signature_failed",
        "log.packet_unparsable",
        "packets.unknown_types",
        "packets.invalid_signatures",
    ),
}
_BROKEN = frozenset(["malformed", "not-a-database"])


class Thresholds(BaseModel, frozen=True, extra="forbid", strict=True):
    """In how many rooms a trigger must be seen, and within how long.

    `window` is in hours since the release; `most` and `every` pace the playbook: at
    most so many rooms, one each so many seconds.
    """

    decrypt_failures: int = Field(default=3, ge=1, le=1000)
    migration_corruption: int = Field(default=2, ge=1, le=1000)
    cross_version_partition: int = Field(default=2, ge=1, le=1000)
    window: int = Field(default=168, ge=1, le=8760)
    most: int = Field(default=10, ge=1, le=100)
    every: float = Field(default=10.0, gt=0, le=3600)

    def needed(self, trigger: Trigger) -> int:
        """Return in how many rooms a trigger must be seen."""
        return {
            Trigger.DECRYPT: self.decrypt_failures,
            Trigger.CORRUPTION: self.migration_corruption,
            Trigger.PARTITION: self.cross_version_partition,
        }[trigger]


class Tripped(BaseModel, frozen=True):
    """A trigger that has tripped, with its evidence."""

    trigger: Trigger
    needed: int
    incidents: tuple[str, ...]
    rooms: tuple[str, ...]


def tripped(
    incidents: Iterable[Incident], released: datetime, thresholds: Thresholds
) -> tuple[Tripped, ...]:
    """Return the triggers that the incidents since the release have tripped."""
    ends = released + timedelta(hours=thresholds.window)
    since = [
        one
        for one in incidents
        if one.report.about is Subject.ROOM and released <= one.opened_at <= ends
    ]
    found = (_tripped(trigger, since, thresholds) for trigger in Trigger)
    return tuple(one for one in found if one is not None)


def signs(state: Incident) -> frozenset[Trigger]:
    """Return the triggers for which an incident's facts speak."""
    values = {name: fact.value for name, fact in state.facts.items()}
    found = {
        trigger
        for trigger, names in _COUNTS.items()
        if any(_counted(values.get(name)) for name in names)
    }
    if values.get("database.integrity") in _BROKEN:
        found.add(Trigger.CORRUPTION)
    return frozenset(found)


def page_for(state: Incident) -> str | None:
    """Return the page that recovers the incident's room; None if nothing speaks."""
    found = signs(state)
    return next((PAGES[trigger] for trigger in Trigger if trigger in found), None)


def _tripped(
    trigger: Trigger, since: list[Incident], thresholds: Thresholds
) -> Tripped | None:
    seen = [one for one in since if trigger in signs(one)]
    rooms = tuple(dict.fromkeys(one.report.room for one in seen))
    needed = thresholds.needed(trigger)
    if len(rooms) < needed:
        return None
    incidents = tuple(one.id for one in seen)
    return Tripped(trigger=trigger, needed=needed, incidents=incidents, rooms=rooms)


def _counted(value: Value | None) -> bool:
    """Tell whether a fact counts something that was seen."""
    return isinstance(value, int | float) and value > 0
