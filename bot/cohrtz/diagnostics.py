"""The JSON Lines form of the app's diagnostic events, and what is kept of them.

The app shows its last 500 sync diagnostics in a panel and cannot export them, so the
form is ours: the fields of the app's own event under their own names, one JSON object
a line, and three that it lacks (see docs/diagnostics.md). Words that somebody wrote do
not go further than `reduced`: of `message` only the packet type that it names is kept.

Source: cohrtz_app at 6470ae3, lib/shared/utils/sync_diagnostics.dart and the nine
places that emit an event.
"""

import difflib
import re
from datetime import UTC
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from bot.errors import BotError

MOST_EVENTS = 500
"""Events of one batch: the app's own ring holds no more."""
LINE_LIMIT = 4096
"""Bytes of one line."""
NAME_LIMIT = 256
"""Characters of an identity or a room's name: LiveKit's own default limit."""

_CONTROLS = r"^[^\x00-\x1f\x7f]+$"
Name = Annotated[str, Field(min_length=1, max_length=NAME_LIMIT, pattern=_CONTROLS)]


class DiagnosticKind(StrEnum):
    """What an event is about; the app emits only the first three and `info`."""

    HANDSHAKE = "handshake"
    SYNC = "sync"
    DATA = "data"
    INFO = "info"
    CONNECTION = "connection"
    SECURITY = "security"
    WARNING = "warning"
    ERROR = "error"


class Direction(StrEnum):
    """Which way a packet went; `local`: none did."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    LOCAL = "local"


class PacketType(StrEnum):
    """The packet types, as the app labels them."""

    SYNC_REQ = "SYNC_REQ"
    SYNC_CLAIM = "SYNC_CLAIM"
    DATA_CHUNK = "DATA_CHUNK"
    HANDSHAKE = "HANDSHAKE"
    CONSISTENCY_CHECK = "CONSISTENCY_CHECK"
    INVITE_REQ = "INVITE_REQ"
    INVITE_ACK = "INVITE_ACK"
    INVITE_NACK = "INVITE_NACK"
    UNICAST_REQ = "UNICAST_REQ"
    UNICAST_ACK = "UNICAST_ACK"
    UNKNOWN = "UNKNOWN"


class ConnectionState(StrEnum):
    """How the app itself sees its connection to the room."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"


class DiagnosticEvent(BaseModel):
    """One sync diagnostic of one device: a line of a file, or of a posted batch."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        hide_input_in_errors=True,
    )

    timestamp: Annotated[
        AwareDatetime, Field(description="when, by the device's clock, with its zone")
    ]
    participant: Annotated[
        Name, Field(description="whose device recorded it: its LiveKit identity")
    ]
    kind: DiagnosticKind
    direction: Direction
    room_name: Annotated[
        Name | None, Field(description="the data room; a batch's address names it")
    ] = None
    tag: Annotated[
        str | None, Field(max_length=64, description="the part of the app; not kept")
    ] = None
    message: Annotated[
        str | None,
        Field(
            max_length=1000,
            description="the app's words; only the packet type in them is kept",
        ),
    ] = None
    peer_id: Annotated[
        Name | None, Field(description="the other side, as the packet names itself")
    ] = None
    bytes: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    is_sync_completion: bool = False
    packet_type: Annotated[
        PacketType | None, Field(description="else it is read from the message")
    ] = None
    connection_state: Annotated[
        ConnectionState | None, Field(description="for events of kind `connection`")
    ] = None


class SyncEvent(BaseModel, frozen=True):
    """What is kept of an event: nothing that somebody wrote but identities."""

    at: AwareDatetime
    participant: str
    kind: DiagnosticKind
    direction: Direction
    peer: str | None = None
    packet: PacketType | None = None
    size: int | None = None
    """Bytes; of the packet, the payload or its plaintext, as the app counts it."""
    state: ConnectionState | None = None

    def is_(self, direction: Direction, packet: PacketType) -> bool:
        """Say whether it is a packet of that type, going that way."""
        return self.direction is direction and self.packet is packet


class LineRefused(BotError):  # noqa: N818  a refusal is an answer, not a fault
    """A line is not a diagnostic event; the text says why and quotes nothing of it."""


class BatchTooLarge(LineRefused):
    """The batch, or one of its lines, is larger than it may be."""


def read_line(line: bytes) -> DiagnosticEvent:
    """Read one line; raise LineRefused."""
    if len(line) > LINE_LIMIT:
        raise BatchTooLarge(f"the line is over {LINE_LIMIT} bytes.")
    try:
        return DiagnosticEvent.model_validate_json(line)
    except ValidationError as error:
        raise LineRefused(_why(error)) from None


def read_batch(body: bytes, room: str) -> tuple[SyncEvent, ...]:
    """Read a batch for one room, whole or not at all.

    Blank lines are passed over. Raise LineRefused with the number of the first line
    that is not in order, counted from 1; BatchTooLarge beyond MOST_EVENTS events.
    """
    events: list[SyncEvent] = []
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not line.strip():
            continue
        if len(events) == MOST_EVENTS:
            raise BatchTooLarge(f"The batch has more than {MOST_EVENTS} events.")
        events.append(_of_room(line, number, room))
    if not events:
        raise LineRefused("The batch has no event: send one JSON object a line.")
    return tuple(events)


def _of_room(line: bytes, number: int, room: str) -> SyncEvent:
    try:
        event = read_line(line)
    except LineRefused as refused:
        raise type(refused)(f"Line {number}: {refused}") from None
    if event.room_name not in (None, room):
        raise LineRefused(
            f"Line {number}: roomName is another room than the address names."
        )
    return reduced(event)


def reduced(event: DiagnosticEvent) -> SyncEvent:
    """Return what is kept of an event."""
    return SyncEvent(
        at=event.timestamp.astimezone(UTC),
        participant=event.participant,
        kind=event.kind,
        direction=event.direction,
        peer=event.peer_id,
        packet=event.packet_type or _packet(event),
        size=event.bytes,
        state=event.connection_state,
    )


_MESSAGES = re.compile(
    r"Received (\w+) packet from "
    r"|Broadcasting (SYNC_REQ) for room sync\."
    r"|Sent (DATA_CHUNK) sync response to "
    r"|Merged (DATA_CHUNK) from "
    r"|Broadcast (\w+) control packet to room peers\."
    r"|Broadcast encrypted (\w+) (?:packet|payload)"
    r"|Sent secure (\w+) packet to "
)
"""Every message that the app emits, as far as it names the packet type."""

_BY_KIND = {
    DiagnosticKind.HANDSHAKE: PacketType.HANDSHAKE,
    DiagnosticKind.DATA: PacketType.DATA_CHUNK,
}
"""The kinds that stand for one packet type."""


def _packet(event: DiagnosticEvent) -> PacketType | None:
    return packet_of(event.message or "") or _BY_KIND.get(event.kind)


def packet_of(message: str) -> PacketType | None:
    """Return the packet type that one of the app's messages names; None if none."""
    found = _MESSAGES.match(message)
    label = found[found.lastindex or 0] if found else ""
    if label in set(PacketType):
        return PacketType(label)
    return PacketType.UNKNOWN if found else None


_KEPT: TypeAdapter[tuple[SyncEvent, ...]] = TypeAdapter(tuple[SyncEvent, ...])


def to_json(events: tuple[SyncEvent, ...]) -> bytes:
    """Write events as they are kept."""
    return _KEPT.dump_json(events, exclude_none=True)


def from_json(kept: bytes) -> tuple[SyncEvent, ...]:
    """Read events as they were kept; raise ValueError for anything else."""
    return _KEPT.validate_json(kept)


_FIELDS = tuple(
    field.alias or name for name, field in DiagnosticEvent.model_fields.items()
)


def _why(error: ValidationError) -> str:
    """Say what is wrong by our own words: the input may hold anything."""
    first = error.errors(include_input=False, include_url=False)[0]
    return _words(first["type"], first["loc"], first["msg"])


def _words(kind: str, place: tuple[Any, ...], message: str) -> str:
    if kind == "json_invalid":
        return "it is not JSON."
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(str(place[0])[:64], _FIELDS, n=1)
        meant = f" Did you mean {close[0]}?" if close else ""
        return f"it has a field that is not known.{meant}"
    if not place:
        return "it is not a JSON object."
    if kind == "missing":
        return f"{place[0]} is missing."
    return f"{place[0]} is wrong: {message[0].lower()}{message[1:]}."
