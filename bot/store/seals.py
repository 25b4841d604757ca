"""What seals the rows of one database and opens them: its keyring and its look-ups."""

from bot.store.lookup import Column, Lookup
from bot.store.seal import Keyring, Place, SealBroken

SEALED = "sealed"
"""The one sealed column of each table that has any."""


class Seals:
    """Seals and opens by table and row; `bot.store.unlock` makes it."""

    def __init__(self, ring: Keyring, lookup: Lookup) -> None:
        """Take what the database is sealed with."""
        self.ring = ring
        self._lookup = lookup

    def become(self, other: "Seals") -> None:
        """Seal as another does from now on."""
        self.ring, self._lookup = other.ring, other._lookup  # noqa: SLF001  of its kind

    def seal(self, table: str, row: str, plain: str | bytes) -> tuple[str, bytes]:
        """Return the name of the key that sealed, and the sealed value of that row."""
        ring = self.ring  # once: the name must be that of the very key that seals
        content = plain.encode() if isinstance(plain, str) else plain
        return ring.sealing, ring.seal(content, Place(table, SEALED, row))

    def open(
        self, table: str, row: str, sealed: bytes, before: str | None = None
    ) -> bytes:
        """Return what was sealed for that row; raise SealBroken.

        `before` is what an earlier version of the bot called the row.
        """
        try:
            return self.ring.open(sealed, Place(table, SEALED, row))
        except SealBroken:
            if before is None:
                raise
            return self.ring.open(sealed, Place(table, SEALED, before))

    def text(self, table: str, row: str, sealed: bytes) -> str:
        """Return the text that was sealed for that row; raise SealBroken."""
        return self.open(table, row, sealed).decode()

    def mac(self, column: Column, text: str) -> str:
        """Return what stands in a column of look-ups for this content."""
        return self._lookup.mac(column, text)

    def must_fit(self, column: Column, text: str, mac: str) -> None:
        """Raise SealBroken if a row's look-up is not that of its content."""
        if self.mac(column, text) != mac:
            raise SealBroken(
                "A row is filed under another content than it has: somebody changed "
                "the database."
            )


def row_of(*parts: str | int) -> str:
    """Join the columns of a key so that no two keys are alike.

    All but the last have their length before them.
    """
    *first, last = map(str, parts)
    return "".join(f"{len(part)}:{part}" for part in first) + last
