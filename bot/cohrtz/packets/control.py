"""The control messages that peers broadcast in plain JSON.

Anybody in the room can send one, so whatever it holds is taken as hostile: what is not
exactly as the app writes it is passed over. Nothing is kept of it but its word and, of
a TreeKEM update, three numbers.

Source: cohrtz_app at 6470ae3 (packet handler, TreeKEM handler).
"""

from typing import NamedTuple

from pydantic_core import from_json

LONGEST = 65_535
"""Bytes; a server carries no longer message."""
HIGHEST = 2**31 - 1
"""Of an epoch or a leaf's place; the app counts both up by one."""


# Plain texts, and no StrEnum: its members hash in Python, slow for every packet.
GSK_REQ = "GSK_REQ"
KEY_REQ = "KEY_REQ"
TREEKEM_UPDATE = "Treekem_UPDATE"
SYNC_PING = "SYNC_PING"
SYNC_PONG = "SYNC_PONG"
WORDS = frozenset({GSK_REQ, KEY_REQ, TREEKEM_UPDATE, SYNC_PING, SYNC_PONG})
"""The messages that are broadcast, in the app's spelling."""


class Control(NamedTuple):
    """A message's word; of an update also where the sender's tree has come to."""

    word: str
    epoch: int | None = None
    leaf: int | None = None
    path: int | None = None
    """Nodes of the path: the depth of the sender's tree, and one."""


def read_control(payload: bytes) -> Control | None:
    """Read one; None for anything that the app would not have sent. Never raises."""
    said = _read(payload)
    if not isinstance(said, dict):
        return None
    word = said.get("type")
    if not isinstance(word, str) or word not in WORDS:
        return None
    if word != TREEKEM_UPDATE:
        return Control(word)
    path = said.get("updatePath")
    return Control(
        word,
        epoch=_number(said.get("epoch")),
        leaf=_number(said.get("senderLeafIndex")),
        path=len(path) if isinstance(path, list) else None,
    )


def _read(payload: bytes) -> object:
    if len(payload) > LONGEST:
        return None
    try:
        said: object = from_json(payload)
    except ValueError:
        return None
    return said


def _number(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= HIGHEST else None
