"""The files that a scenario leaves for people to drop: what each is made from.

A page declares them by name; the models here are what it may say.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from rehearsal.cohrtz.app_log import LINES
from rehearsal.cohrtz.reporting import Reported

Words = Annotated[str, Field(min_length=1)]


class Declared(BaseModel, frozen=True, extra="forbid"):
    """One file."""


class Said(BaseModel, frozen=True, extra="forbid"):
    """One kind of line, so many times. A page may write its name alone."""

    line: str
    """A name among `rehearsal.cohrtz.app_log.LINES`."""
    times: int = Field(default=1, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _of_its_name_alone(cls, written: object) -> object:
        return {"line": written} if isinstance(written, str) else written

    @model_validator(mode="after")
    def _is_known(self) -> "Said":
        if self.line not in LINES:
            raise ValueError(f"the app has no line {self.line!r}")
        return self


class LogFile(Declared):
    """What an app logged, as somebody copied it from a terminal."""

    kind: Literal["log"]
    about: Words
    """Whom lines about another person name: one of the peers."""
    said: tuple[Said, ...] = Field(min_length=1)
    debug: bool = False
    """Of a debug build; a release prints warnings and errors only."""
    rows: int = Field(default=3, ge=0)
    """How many tasks the lines that count them speak of."""


class Befell(StrEnum):
    """What has damaged a database file."""

    NOISE = "noise"
    """Every byte is overwritten, as an encryption would."""
    NO_HEADER = "no-header"
    TORN = "torn"
    """Damaged inside: SQLite calls it malformed."""
    EMPTIED = "emptied"


class Tasks(BaseModel, frozen=True, extra="forbid"):
    """Some of the tasks that one person wrote, by number from 0."""

    by: Words
    numbers: tuple[int, ...] = Field(min_length=1)


class DatabaseFile(Declared):
    """A copy of the room's database, made while the app was closed."""

    kind: Literal["database"]
    of: Words
    """Whose device it is from: one of the peers."""
    anew: bool = False
    """The app had made the file anew: another node id, and all rows came from peers."""
    lacks: tuple[Tasks, ...] = ()
    """What never arrived there."""
    saved_again: tuple[Tasks, ...] = ()
    """What its writer has saved once more since, as every copy after that has it."""
    saved_ahead: tuple[Tasks, ...] = ()
    """What its writer saved while their clock was two hours fast."""
    befell: Befell | None = None


class SecureStoreFile(Declared):
    """The secure store of a device: names, times and lengths of its keys."""

    kind: Literal["secure-store"]
    of: Words
    vault_key: bool = True
    vault_marker: bool = True
    """Whether it says that the vault had been initialised."""
    lacks: tuple[str, ...] = ()
    """Names of keys without the room's, as `gsk` or `treekem_private`."""


class PacketStoreFile(Declared):
    """The packet store of a device: whose data chunks it received and understood."""

    kind: Literal["packet-store"]
    of: Words
    heard: tuple[Words, ...] = ()
    """Who was understood, each some times; whoever is not named was not."""
    befell: Befell | None = None


class DiagnosticsFile(Declared):
    """What devices noted of their sync, as JSON Lines."""

    kind: Literal["diagnostics"]
    events: tuple[Reported, ...] = Field(min_length=1)


DeclaredFile = Annotated[
    LogFile | DatabaseFile | SecureStoreFile | PacketStoreFile | DiagnosticsFile,
    Field(discriminator="kind"),
]
FILE_MODELS: tuple[type[BaseModel], ...] = (
    *(LogFile, DatabaseFile, SecureStoreFile, PacketStoreFile, DiagnosticsFile),
    *(Said, Tasks),
)
"""Every model of this module, for whoever guesses what a page meant."""


def people_of(file: DeclaredFile) -> tuple[str, ...]:
    """Return the names of the peers that a declaration speaks of."""
    match file:
        case LogFile():
            return (file.about,)
        case SecureStoreFile():
            return (file.of,)
        case PacketStoreFile():
            return (file.of, *file.heard)
        case DiagnosticsFile():
            named = [name for one in file.events for name in (one.by, one.peer)]
            return tuple(name for name in named if name is not None)
    tasks = (*file.lacks, *file.saved_again, *file.saved_ahead)
    return (file.of, *(one.by for one in tasks))
