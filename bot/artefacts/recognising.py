"""What is this file? Told from its content; its name is never asked."""

from collections.abc import Sequence
from pathlib import Path

from bot.artefacts.archive import MAGIC
from bot.artefacts.shape import HEAD, Reader

EXPECTED = (
    "Expected: a log of the app, its diagnostics, a Cohrtz database "
    "(cohrtz_*.db, packet_store_*.db, cohrtz_secure.db), preferences, packets, or a "
    "zip of these."
)

# How other files begin that people hand over by mistake, and what to do instead.
_KNOWN: tuple[tuple[bytes, str], ...] = (
    (b"\x37\x7f\x06\x82", "an SQLite write-ahead log; hand over the database itself"),
    (b"\x37\x7f\x06\x83", "an SQLite write-ahead log; hand over the database itself"),
    (b"\xd9\xd5\x05\xf9", "an SQLite rollback journal; hand over the database itself"),
    (b"\x1f\x8b", "packed by gzip; unpack it, or pack it as a zip"),
    (b"7z\xbc\xaf", "packed by 7-Zip; pack it as a zip"),
    (b"Rar!", "packed by RAR; pack it as a zip"),
    (b"\xfd7zXZ", "packed by xz; unpack it, or pack it as a zip"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd; unpack it, or pack it as a zip"),
    (b"\x89PNG", "a picture; hand over the log itself as text"),
    (b"\xff\xd8\xff", "a picture; hand over the log itself as text"),
    (b"%PDF", "a PDF; hand over the log itself as text"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)


def recognise(path: Path, readers: Sequence[Reader]) -> Reader | None:
    """Return the first reader that takes the file; None if none does.

    A reader that fails on the file does not take it.
    """
    head = head_of(path)
    return next((one for one in readers if _takes(one, head, path)), None)


def head_of(path: Path) -> bytes:
    """Return the bytes by which a file is recognised."""
    with path.open("rb") as file:
        return file.read(HEAD)


def unrecognised(head: bytes) -> str:
    """Say what a file that no reader takes seems to be, and what was expected."""
    if not head:
        return f"It is empty: 0 bytes. {EXPECTED}"
    for magic, what in _KNOWN:
        if head.startswith(magic):
            return f"It seems to be {what}. {EXPECTED}"
    if head.startswith(MAGIC):
        return f"It seems to be a zip in a zip. {EXPECTED}"
    return f"It is not a file that this bot knows. {EXPECTED}"


def _takes(reader: Reader, head: bytes, path: Path) -> bool:
    try:
        return reader.recognises(head, path)
    except Exception:  # noqa: BLE001  whatever it was, the file is not its
        return False
