"""What parent and child say to each other: one JSON object a line.

The errand goes down on standard input (it holds a token: never on the command line or
in the environment). What was heard comes up on standard output. Light to import: the
child needs nothing else of this bot.
"""

import base64
import binascii
import json
import math
from dataclasses import asdict, dataclass, field

PACKET_LIMIT = 65_535
"""Bytes of a packet; the server reads no more of one message."""
TOTAL_LIMIT = 16 * 1024 * 1024
"""Bytes of all packets of one look."""
NAME_LIMIT = 256
"""Characters of an identity; more is not LiveKit's."""
WORDS_LIMIT = 400
LINE_LIMIT = 192 * 1024
"""Bytes of a line: a packet in base64, an identity, and room to spare."""


@dataclass(frozen=True)
class Errand:
    """Where to go, and for how long."""

    url: str
    token: str = field(repr=False)
    seconds: float


@dataclass(frozen=True)
class Connected:
    """The child is in the room."""


@dataclass(frozen=True)
class Heard:
    """A packet came."""

    at: float
    """Seconds since the epoch."""
    sender: str | None
    wire: bytes = field(repr=False)


@dataclass(frozen=True)
class Refused:
    """The child did not get in; the SDK's words, which may quote anything."""

    words: str


@dataclass(frozen=True)
class Left:
    """The child has left the room; its last words."""

    why: str
    """`time`, `emptied`, `limit`, `stopped`, or LiveKit's reason for a disconnect."""
    dropped: int


Told = Connected | Heard | Refused | Left


def write_errand(errand: Errand) -> bytes:
    """Return the line that sends the child out."""
    return json.dumps(asdict(errand)).encode() + b"\n"


def read_errand(line: bytes) -> Errand:
    """Read it; ValueError, TypeError or KeyError if it is none."""
    told = json.loads(line)
    return Errand(str(told["url"]), str(told["token"]), float(told["seconds"]))


def write(told: Told) -> bytes:
    """Return what the child tells as a line."""
    match told:
        case Connected():
            fields: dict[str, object] = {"ev": "connected"}
        case Heard():
            wire = base64.b64encode(told.wire).decode()
            fields = {"ev": "heard", "at": told.at, "sender": told.sender, "wire": wire}
        case Refused():
            fields = {"ev": "refused", "words": told.words[:WORDS_LIMIT]}
        case Left():
            fields = {"ev": "left", "why": told.why, "dropped": told.dropped}
    return json.dumps(fields).encode() + b"\n"


def read(line: bytes) -> Told:
    """Read a line of the child's; ValueError if it is none of these."""
    try:
        return _read(json.loads(line))
    except (
        ArithmeticError,
        KeyError,
        TypeError,
        RecursionError,
        binascii.Error,
    ) as error:
        raise ValueError("the line is none of the probe's") from error


def _read(fields: dict[str, object]) -> Told:
    match fields["ev"]:
        case "connected":
            return Connected()
        case "heard":
            return _heard(fields)
        case "refused":
            return Refused(str(fields["words"])[:WORDS_LIMIT])
        case "left":
            why, dropped = str(fields["why"])[:NAME_LIMIT], fields["dropped"]
            return Left(why, _count(dropped))
    raise ValueError("the line tells nothing known")


def _heard(fields: dict[str, object]) -> Heard:
    at, sender = fields["at"], fields["sender"]
    if not isinstance(at, float | int) or not math.isfinite(at):
        raise ValueError("the line has no time")
    if sender is not None and not isinstance(sender, str):
        raise ValueError("the sender is no name")
    # JSON can spell half a surrogate pair, which can be neither hashed nor shown.
    sender = sender and sender.encode("utf-8", "replace").decode("utf-8")
    wire = base64.b64decode(str(fields["wire"]), validate=True)
    if len(wire) > PACKET_LIMIT or len(sender or "") > NAME_LIMIT:
        raise ValueError("the packet or its sender's name is too long")
    return Heard(float(at), sender or None, wire)


def _count(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("the line has no count")
    return value
