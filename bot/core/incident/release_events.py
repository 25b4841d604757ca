"""What can happen to a release or a rollback, beside what happens to any incident."""

from typing import Literal

from pydantic import BaseModel


class RollbackProposed(BaseModel, frozen=True):
    """A rollback trigger tripped over incidents since the release; nothing is done."""

    kind: Literal["rollback.proposed"] = "rollback.proposed"
    trigger: str
    needed: int
    """In how many rooms it had to be seen."""
    incidents: tuple[str, ...]
    rooms: tuple[str, ...]


class RecoveryAsked(BaseModel, frozen=True):
    """Somebody named rooms that a rollback is to recover."""

    kind: Literal["recovery.asked"] = "recovery.asked"
    rooms: tuple[str, ...]


class RecoveryOpened(BaseModel, frozen=True):
    """An impacted room has an incident of its own, in which its page is started."""

    kind: Literal["recovery.opened"] = "recovery.opened"
    room: str
    incident: str
    slug: str | None
