"""Finds rows by what is sealed in them: an HMAC of it stands beside the seal.

Equal contents of one column have equal HMACs; that is what can be looked for, and all
that the column tells. Each column has a key of its own, so that the same room in two
tables cannot be told to be the same. The key from which these are made is random, made
with the database, and kept in it sealed with each data key in use, so that changing the
data key changes no look-up.
"""

import os
from enum import StrEnum
from functools import lru_cache
from typing import Final

from bot.store.mac import Mac

SECRET_BYTES: Final = 32
DIGITS: Final = 32
"""Hexadecimal digits of a look-up: 128 bits, so that no two contents meet by chance."""


class Column(StrEnum):
    """The columns of look-ups, by table."""

    HEAD_ROOM = "heads.room_mac"
    RECEIPT = "receipts.receipt_mac"
    TRANSITION_ID = "transitions.id_mac"
    TRANSITION_ROOM = "transitions.room_mac"
    TRANSITION_IDENTITY = "transitions.identity_mac"
    BATCH_ROOM = "diagnostics.room_mac"
    ACT_ROOM = "acts.room_mac"
    ACT_PARTICIPANT = "acts.participant_mac"
    FIRST_SEALING = "plain_sealing.mark"


ONCE: Final = frozenset({Column.RECEIPT, Column.TRANSITION_ID})
"""Columns whose contents hardly ever come again; rooms and people do all the time."""

REMEMBERED: Final = 2048
"""Look-ups that are not made anew; an HMAC takes longer than sealing a value."""


def new_secret() -> bytes:
    """Return a key of look-ups for a new database."""
    return os.urandom(SECRET_BYTES)


class Lookup:
    """Makes the look-ups of one database."""

    def __init__(self, secret: bytes) -> None:
        """Take the database's key of look-ups."""
        whole = Mac(secret)
        self._macs = {one: Mac(whole.of(one.value.encode())) for one in Column}
        self._remembered = lru_cache(REMEMBERED)(self._made)

    def mac(self, column: Column, text: str) -> str:
        """Return what stands in that column for this content."""
        made = self._made if column in ONCE else self._remembered
        return made(column, text)

    def _made(self, column: Column, text: str) -> str:
        return self._macs[column].of(text.encode()).hex()[:DIGITS]
