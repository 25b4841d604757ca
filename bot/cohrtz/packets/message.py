"""P2PPacket, the one protobuf message of the app's data channel.

The descriptor is built here, so nothing has to be generated. A field that is there
twice counts as it is there last, unknown fields are passed over, an unknown type keeps
its number: protobuf's own rules, by which the app reads too (but a type that it does
not know it takes for type 0).

Source: cohrtz_app at 6470ae3, protos/p2p_packet.proto.
"""

from operator import attrgetter
from typing import NamedTuple, Protocol, cast

from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

LONGEST = 4 * 1024 * 1024
"""Bytes of a message that are read at all; a server carries no more than 65,535."""
SIGNABLE_TYPES = 256
"""The signature covers the type as one byte, so a larger one cannot be signed."""

KINDS = (
    "SYNC_REQ",
    "SYNC_CLAIM",
    "DATA_CHUNK",
    "HANDSHAKE",
    "CONSISTENCY_CHECK",
    "INVITE_REQ",
    "INVITE_ACK",
    "INVITE_NACK",
    "UNICAST_REQ",
    "UNICAST_ACK",
)
"""The names of the types, by their numbers."""
(
    SYNC_REQ,
    SYNC_CLAIM,
    DATA_CHUNK,
    HANDSHAKE,
    CONSISTENCY_CHECK,
    INVITE_REQ,
    INVITE_ACK,
    INVITE_NACK,
    UNICAST_REQ,
    UNICAST_ACK,
) = range(len(KINDS))

_FIELDS = (
    ("type", 1, Field.TYPE_ENUM),
    ("request_id", 2, Field.TYPE_STRING),
    ("sender_id", 3, Field.TYPE_STRING),
    ("signature", 4, Field.TYPE_BYTES),
    ("payload", 5, Field.TYPE_BYTES),
    ("uncompressed_size", 6, Field.TYPE_INT32),
    ("chunk_index", 7, Field.TYPE_INT32),
    ("is_last_chunk", 8, Field.TYPE_BOOL),
    ("target_id", 9, Field.TYPE_STRING),
    ("encrypted", 10, Field.TYPE_BOOL),
    ("encryption_public_key", 11, Field.TYPE_BYTES),
    ("sender_public_key", 12, Field.TYPE_BYTES),
    ("physical_time", 13, Field.TYPE_INT64),
    ("logical_time", 14, Field.TYPE_INT64),
)


class Packet(NamedTuple):
    """A message as it was parsed; what the app never sets (field 6) is left out.

    A tuple because one is made for every packet: a frozen dataclass takes four times
    as long.
    """

    type: int
    request_id: str
    sender_id: str
    signature: bytes
    payload: bytes
    chunk_index: int
    is_last_chunk: bool
    target_id: str
    encrypted: bool
    encryption_public_key: bytes
    sender_public_key: bytes
    physical_time: int
    """Milliseconds, but of a clock that is off by the difference of uptimes."""
    logical_time: int

    @property
    def kind(self) -> str:
        """Return the type's name, or its number if this version has none for it."""
        return KINDS[self.type] if self.is_known else f"UNKNOWN({self.type})"

    @property
    def is_known(self) -> bool:
        """Say whether this version of the app has a name for the type."""
        return 0 <= self.type < len(KINDS)


class Malformed(NamedTuple):
    """Bytes that are no packet of the app, and why not, in words without content."""

    reason: str


def parse(wire: bytes) -> Packet | Malformed:
    """Read one message. Never raises, whatever the bytes are."""
    if len(wire) > LONGEST:
        return Malformed("longer than any packet that a server carries")
    try:
        message = _MESSAGE.FromString(wire)
    except DecodeError:
        return Malformed("not a protobuf message of this shape, or text not UTF-8")
    if not 0 <= message.type < SIGNABLE_TYPES:
        return Malformed("its type does not fit into the byte that is signed")
    return Packet(*_VALUES(message))


class _Message(Protocol):
    """What the class that protobuf makes from the descriptor can do."""

    type: int

    @staticmethod
    def FromString(wire: bytes) -> "_Message":  # noqa: N802  protobuf's name
        """Parse a message, or raise DecodeError."""
        ...


def _message_class() -> type[_Message]:
    pool = DescriptorPool()
    pool.Add(_file())
    descriptor = pool.FindMessageTypeByName("cohrtz.P2PPacket")
    return cast(type[_Message], GetMessageClass(descriptor))


def _file() -> FileDescriptorProto:
    file = FileDescriptorProto(name="p2p_packet.proto", package="cohrtz")
    file.syntax = "proto3"
    kinds = file.enum_type.add(name="PacketType")
    for number, name in enumerate(KINDS):
        kinds.value.add(name=name, number=number)
    message = file.message_type.add(name="P2PPacket")
    for field, place, shape in _FIELDS:
        added = message.field.add(name=field, number=place, type=shape)
        added.label = Field.LABEL_OPTIONAL
        if shape == Field.TYPE_ENUM:
            added.type_name = ".cohrtz.PacketType"
    return file


_MESSAGE = _message_class()
_VALUES = attrgetter(*Packet._fields)
