"""The count and hash that a client puts into CONSISTENCY_CHECK, and per-table ones.

A leaf is the SHA-256 of `id|value|hlc` in hex, NULL written as `null`; the hash is
that of all leaves, sorted and joined by `:`; without any row it is the word `empty`.
A native client takes twelve tables and counts tombstones; a web client takes every
table and does not count the deleted. So the two normally never match.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from bot.cohrtz.databases.names import CONSISTENCY_TABLES

EMPTY = "empty"
"""The hash of a database without a row."""


class Platform(StrEnum):
    """Whose way of counting."""

    NATIVE = "native"
    WEB = "web"


@dataclass(frozen=True)
class Consistency:
    """What CONSISTENCY_CHECK would say."""

    count: int
    hash: str


def leaf(row_id: str, value: bytes | None, hlc: str) -> bytes:
    """Return a row's 32-byte leaf; the value is UTF-8 text."""
    named, clock = (one.encode("utf-8", "surrogatepass") for one in (row_id, hlc))
    shown = b"null" if value is None else value
    return sha256(b"%b|%b|%b" % (named, shown, clock)).digest()


def root(leaves: Iterable[bytes]) -> str:
    """Return the hash of leaves in any order."""
    told = sorted(leaves)
    if not told:
        return EMPTY
    whole = sha256(told[0].hex().encode())
    for one in told[1:]:
        whole.update(b":" + one.hex().encode())
    return whole.hexdigest()


@dataclass
class Tally:
    """One table, added up row by row; holds no content."""

    leaves: list[bytes] = field(default_factory=list)
    deleted: int = 0

    def add(self, leaf: bytes, *, is_deleted: bool) -> None:
        """Take one row in."""
        self.leaves.append(leaf)
        self.deleted += is_deleted

    @property
    def rows(self) -> int:
        """All rows, tombstones included."""
        return len(self.leaves)


def consistency(tallies: Mapping[str, Tally], platform: Platform) -> Consistency:
    """Return count and hash as a client of that platform computes them."""
    if platform is Platform.WEB:
        counted = sum(tally.rows - tally.deleted for tally in tallies.values())
        taken = list(tallies.values())
    else:
        taken = [tallies[name] for name in CONSISTENCY_TABLES if name in tallies]
        counted = sum(tally.rows for tally in taken)
    return Consistency(counted, root(one for tally in taken for one in tally.leaves))
