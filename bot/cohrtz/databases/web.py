"""What a browser can hand over, as JSON, for the web client has no files.

Three forms, each told by its content:

- **storage**: `JSON.stringify(localStorage)`: an object of texts. The secure store is
  in it, under keys that begin `secure_blob_` (or `flutter.secure_blob_`), each a base64
  text, perhaps in quotes; so are the install id and the salt.
- **rows**: an object with a list of rows for each table: `{"tasks": [{"id", "value",
  "is_deleted", "hlc", "node_id"}]}`, the form of a DATA_CHUNK. Rows that have
  `modified` as well were written out by a native client.
- **packets**: a list of `{"requestId", "senderId", "timestamp", "packetType"}`, or an
  object with that list under `packets`; a `payload` is passed over.

CRDT rows and packets live in a browser's memory and are lost on reload.
"""

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from bot.cohrtz.databases.keys import Stored
from bot.cohrtz.databases.names import PLUGIN_PREFIX, TABLES, WEB_PREFIX
from bot.cohrtz.databases.packets_stored import StoredPacket
from bot.cohrtz.databases.rows import Row

ENVELOPE_LIMIT = 1_000_000
"""Characters of a stored value that are decoded."""


class WebForm(StrEnum):
    """Which of the three forms."""

    STORAGE = "storage"
    ROWS = "rows"
    PACKETS = "packets"


def form(found: object) -> WebForm | None:
    """Tell the form of a JSON document; None when it has none of them."""
    if isinstance(found, dict):
        return _form_of_object(found)
    return WebForm.PACKETS if _are_packets(found) else None


def _form_of_object(found: Mapping[str, Any]) -> WebForm | None:
    if any(_secure_name(name) is not None for name in found):
        return WebForm.STORAGE
    if _are_packets(found.get("packets")):
        return WebForm.PACKETS
    tables = [found[name] for name in TABLES if name in found]
    are_rows = bool(tables) and all(isinstance(rows, list) for rows in tables)
    return WebForm.ROWS if are_rows else None


def _are_packets(found: object) -> bool:
    return (
        isinstance(found, list)
        and bool(found)
        and isinstance(found[0], dict)
        and {"senderId", "packetType", "timestamp"} <= found[0].keys()
    )


def plain_name(name: str) -> str:
    """Return the name of a preference without what the plugin puts before it."""
    return name.removeprefix(PLUGIN_PREFIX)


def _secure_name(name: str) -> str | None:
    plain = plain_name(name)
    return plain.removeprefix(WEB_PREFIX) if plain.startswith(WEB_PREFIX) else None


def stored_keys(found: Mapping[str, Any]) -> Iterator[Stored]:
    """Yield the secure store's keys of a storage; a browser keeps no times."""
    for name, value in found.items():
        key = _secure_name(name)
        if key is not None:
            size, is_sound = _envelope(value)
            yield Stored(key, size, None, is_sound=is_sound)


def _envelope(value: object) -> tuple[int, bool]:
    """Return an envelope's length in bytes, and whether its version byte is 1."""
    if not isinstance(value, str) or len(value) > ENVELOPE_LIMIT:
        return 0, False
    try:
        whole = b64decode(value.strip().strip('"'), validate=True)
    except (binascii.Error, ValueError):
        return 0, False
    return len(whole), whole[:1] == b"\x01"


def rows(found: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the rows of all synced tables; what is no row is passed over."""
    for table in TABLES:
        listed = found.get(table)
        for one in listed if isinstance(listed, list) else []:
            if isinstance(one, dict) and isinstance(one.get("id"), str):
                yield _row(table, one)


def _row(table: str, one: Mapping[str, Any]) -> Row:
    hlc, node, modified = one.get("hlc"), one.get("node_id"), one.get("modified")
    return Row(
        table=table,
        id=one["id"],
        value=_value(one.get("value"), is_native=isinstance(modified, str)),
        hlc=hlc if isinstance(hlc, str) else "",
        node=node if isinstance(node, str) else "",
        modified=modified if isinstance(modified, str) else None,
        is_deleted=one.get("is_deleted") == 1,
        is_odd=not isinstance(one.get("value"), str | None) or not isinstance(hlc, str),
    )


def _value(value: object, *, is_native: bool) -> bytes | None:
    """Return the value as text; a web client has no NULL in it."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return None if is_native else b""


def packets(found: Any) -> Iterator[StoredPacket]:  # noqa: ANN401  whatever JSON can say
    """Yield the packets of a list; what is no packet is passed over."""
    listed = found.get("packets") if isinstance(found, dict) else found
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict):
            yield _packet(one)


def _packet(one: Mapping[str, Any]) -> StoredPacket:
    request, sender = one.get("requestId"), one.get("senderId")
    stamp, kind = one.get("timestamp"), one.get("packetType")
    return StoredPacket(
        request=request if isinstance(request, str) else "",
        sender=sender if isinstance(sender, str) else "",
        stamp=stamp if isinstance(stamp, int) else None,
        kind=kind if isinstance(kind, int) else None,
    )
