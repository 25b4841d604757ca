"""The triage template: what a person reports when an incident is opened.

The five fields are those of the source document's *Incident Triage Template*: room
name, local participant id, packet type and request id, connection state transitions,
and whether it reproduces after a handshake or sync retry. Only the room is required.
"""

import unicodedata
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

MAX_NAME = 256
MAX_WORDS = 2_000


class Reproduces(StrEnum):
    """Whether it happens again after a handshake or sync retry."""

    YES = "yes"
    NO = "no"
    NOT_TRIED = "not tried"


class Subject(StrEnum):
    """What an incident, and a page, is about."""

    ROOM = "room"
    """Something is wrong in a room."""
    RELEASE = "release"
    """A version of the app is about to be published."""
    ROLLBACK = "rollback"
    """A version is taken back."""


class Severity(StrEnum):
    """How bad it is for the people in the room."""

    SEV1 = "SEV1"
    SEV2 = "SEV2"
    SEV3 = "SEV3"
    SEV4 = "SEV4"


MEANING = {
    Severity.SEV1: "nobody can work, or data may be lost",
    Severity.SEV2: "many are hindered",
    Severity.SEV3: "a few are hindered",
    Severity.SEV4: "a question, or cosmetic",
}


def visible(text: object) -> object:
    """Drop control and format characters, which hide or reorder what people read.

    Line breaks stay. Anything but text is handed on for the model to refuse.
    """
    if not isinstance(text, str):
        return text
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in _HIDDEN)
    return "".join(kept).strip()


_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def _optional(text: object) -> object:
    return visible(text) or None


Name = Annotated[
    str, BeforeValidator(visible), Field(min_length=1, max_length=MAX_NAME)
]
OptionalName = Annotated[
    Annotated[str, Field(max_length=MAX_NAME)] | None, BeforeValidator(_optional)
]
Words = Annotated[
    Annotated[str, Field(max_length=MAX_WORDS)] | None, BeforeValidator(_optional)
]


class Report(BaseModel, frozen=True, extra="forbid"):
    """What a person told when opening an incident.

    A release or a rollback has a version instead of a room.
    """

    about: Subject = Subject.ROOM
    version: OptionalName = None
    room: Annotated[
        Annotated[str, BeforeValidator(visible)],
        Field(max_length=MAX_NAME, validate_default=True),
    ] = ""
    participant: OptionalName = None
    packet_type: OptionalName = None
    request_id: OptionalName = None
    transitions: Words = None
    reproduces: Reproduces = Reproduces.NOT_TRIED
    severity: Severity = Severity.SEV3
    words: Words = None

    @field_validator("room")
    @classmethod
    def _room_or_version(cls, room: str, info: ValidationInfo) -> str:
        in_room = info.data.get("about", Subject.ROOM) is Subject.ROOM
        if in_room and not room:
            words = "String should have at least 1 character"
            raise PydanticCustomError("string_too_short", words)
        if not in_room and (room or not info.data.get("version")):
            words = "A release or a rollback has a version and no room"
            raise PydanticCustomError("no_version", words)
        return room

    @property
    def title(self) -> str:
        """The room's name, or «release 1.2.0»."""
        return self.room or f"{self.about} {self.version}"

    def inputs(self) -> dict[str, str | None]:
        """Return what a runbook page may fill in for `{room}` and its like."""
        return {
            "room": self.room or None,
            "participant": self.participant,
            "packet_type": self.packet_type,
            "request_id": self.request_id,
        }
