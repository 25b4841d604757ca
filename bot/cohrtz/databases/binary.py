"""Telling data from text by its first bytes."""

from bot.cohrtz.databases.sqlite_file import HEADER, JOURNAL, WALS

KNOWN = (
    HEADER,
    JOURNAL,
    *WALS,
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\0",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x28\xb5\x2f\xfd",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"%PDF-",
    b"\x7fELF",
    b"MZ",
    b"bplist00",
    b"OggS",
    b"ID3",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
)
"""How files of other forms begin: archives, pictures, programs, marked text."""
TAR = (257, b"ustar")
MP4 = (4, b"ftyp")
STRANGE = 0.03
"""The share of control bytes beyond which a file is no text: of random bytes it is a
tenth, and no text in any 8-bit encoding has them."""

WIDE = 0.9
"""The share of every second byte that is zero in UTF-16 of Latin text."""

_CONTROLS = bytes(frozenset(range(32)) - frozenset(b"\t\n\v\f\r\b\x1b")) + b"\x7f"


def is_known(head: bytes) -> bool:
    """Say whether it begins as a file of another known form does."""
    marks = (head[at : at + len(mark)] == mark for at, mark in (TAR, MP4))
    return head.startswith(KNOWN) or any(marks)


def is_binary(head: bytes) -> bool:
    """Say whether it is no text in any usual encoding."""
    if not head or _is_wide_text(head):
        return False
    return len(head) - len(head.translate(None, _CONTROLS)) > len(head) * STRANGE


def starts_with_zeros(head: bytes) -> bool:
    """Say whether the first bytes, one at the least, are all zero."""
    return bool(head) and not any(head)


def _is_wide_text(head: bytes) -> bool:
    """Say whether it is UTF-16 of Latin text without its mark."""
    halves = head[::2], head[1::2]
    whole = len(head) // 2
    for zeros, signs in (halves, halves[::-1]):
        if whole and zeros.count(0) > whole * WIDE and any(signs):
            return not is_binary(signs)
    return False
