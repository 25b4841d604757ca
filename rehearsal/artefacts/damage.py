"""What befalls files: cut off, overwritten, emptied, a write that never ended."""

from pathlib import Path
from random import Random

HEADER = 16
"""Bytes by which an SQLite database is known."""
_JOURNAL = bytes.fromhex("d9d505f920a163d7") + bytes(504)


def cut(path: Path, size: int) -> Path:
    """Keep the first bytes."""
    path.write_bytes(path.read_bytes()[:size])
    return path


def without_header(path: Path) -> Path:
    """Overwrite the header alone, as a broken disk might."""
    path.write_bytes(b"\xee" * HEADER + path.read_bytes()[HEADER:])
    return path


def noise(path: Path) -> Path:
    """Overwrite everything, as an encryption would."""
    size = path.stat().st_size
    path.write_bytes(Random(7).randbytes(size))  # noqa: S311  repeatable noise
    return path


def flipped(path: Path, offsets: list[int]) -> Path:
    """Turn all bits of the bytes at these places."""
    content = bytearray(path.read_bytes())
    for offset in offsets:
        content[offset % len(content)] ^= 0xFF
    path.write_bytes(content)
    return path


def torn_inside(path: Path, page: int = 4096) -> Path:
    """Overwrite the pages after the first: SQLite calls the file malformed."""
    content = path.read_bytes()
    path.write_bytes(content[:page] + b"\xa5" * (len(content) - page))
    return path


def emptied(path: Path) -> Path:
    """Leave no byte."""
    return cut(path, 0)


def with_hot_journal(path: Path) -> Path:
    """Put the journal of an unfinished write beside it."""
    path.with_name(f"{path.name}-journal").write_bytes(_JOURNAL)
    return path
