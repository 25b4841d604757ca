"""Ids that people can read out, and that lie side by side in the database."""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, lower case: nothing that reads like something else."""

LETTERS = 10
SHARED = 4
"""Letters at the beginning that the incidents of a block share."""

BLOCK = 64
"""Incidents that share them. The other six letters are 30 random bits, and no two of a
block are alike."""


def spelt(letters: int) -> str:
    """Return so many letters, each of five random bits."""
    bits = secrets.randbits(5 * letters)
    return "".join(ALPHABET[bits >> 5 * at & 31] for at in range(letters))


class Ids:
    """Gives incidents their ids: ten random letters, the first four of them of a block.

    What is opened one after another lies side by side in the database then, and many
    commands that are stored together write a fourth of the pages.
    """

    def __init__(self) -> None:
        """Begin a block with the first id."""
        self._ready: list[str] = []

    def new(self) -> str:
        """Return the id of a new incident."""
        if not self._ready:
            self._ready = self._block()
        return self._ready.pop()

    def _block(self) -> list[str]:
        """Make the ids of a block at once; the operating system is asked once."""
        letters = LETTERS - SHARED
        shared, others = spelt(SHARED), spelt(BLOCK * letters)
        ends = [others[at : at + letters] for at in range(0, len(others), letters)]
        return [shared + end for end in dict.fromkeys(ends)]
