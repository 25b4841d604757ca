"""Captures: packets written down one a line, as JSON objects.

Such a line has `wire_base64`, the message as it came over the wire. It may have `at`,
when it came (ISO 8601 text, or milliseconds since 1970), and `sfu_identity` or `from`,
whom the server named as its sender. Whatever else it has is passed over. A value that
cannot be true, as a time that is none, is taken as not noted.
"""

import math
from binascii import a2b_base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic_core import from_json

from bot.cohrtz.packets.folding import Sighting
from bot.cohrtz.packets.message import LONGEST, parse

LONGEST_LINE = 2 * LONGEST
"""Bytes of a line: the longest message in base64, and what else stands beside it."""
LATEST = 253_402_300_799
"""Seconds since 1970 of the last date that can be written with four digits."""


class Unreadable(NamedTuple):
    """A line that holds no message, and why, in words without its content."""

    reason: str
    is_json: bool = True


def read_line(line: bytes) -> Sighting | Unreadable:
    """Read one line. Never raises, whatever it holds."""
    if len(line) > LONGEST_LINE:
        return Unreadable("the line is longer than any packet")
    try:
        said: object = from_json(line)
    except ValueError:
        return Unreadable("the line is not JSON", is_json=False)
    return read_entry(said)


def read_entry(said: object) -> Sighting | Unreadable:
    """Read what a line says, or one element of a list of such objects."""
    if not isinstance(said, dict):
        return Unreadable("not an object with wire_base64")
    written = said.get("wire_base64")
    if not isinstance(written, str):
        return Unreadable("no text wire_base64")
    try:
        wire = a2b_base64(written, strict_mode=True)
    except ValueError:
        return Unreadable("wire_base64 is not base64")
    return Sighting(parse(wire), _time(said.get("at")), _identity(said))


def _identity(said: Mapping[str, object]) -> str | None:
    for name in ("sfu_identity", "from"):
        identity = said.get(name)
        if isinstance(identity, str):
            return identity
    return None


def _time(at: object) -> float | None:
    if isinstance(at, str):
        return _seconds(_read_date(at))
    if isinstance(at, int | float) and not isinstance(at, bool):
        return _seconds(at / 1000 if abs(at) < LATEST * 1000 else math.inf)
    return None


def _read_date(text: str) -> float:
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return math.inf
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()


def _seconds(seconds: float) -> float | None:
    return seconds if 0 <= seconds <= LATEST else None
