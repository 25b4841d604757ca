"""What may stand in the columns that are not sealed; whatever else does is broken.

Whoever can write to the database can put anything there that SQLite lets in, and more
after changing the schema. One such row must stop no other, so each value is looked at
before it is used. Each function raises SealBroken.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.store.seal import SealBroken

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
END: Final = (datetime(9999, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
"""No time is as late, in microseconds since 1970; one can still add hours to those."""


def time(stored: object) -> datetime:
    """Give the aware UTC time of so many microseconds since 1970."""
    if not isinstance(stored, int) or not 0 <= stored < END:
        raise SealBroken("A time beside its seal is none that this bot writes.")
    return EPOCH + timedelta(microseconds=stored)


def time_or_none(stored: object) -> datetime | None:
    """Give the time; None where none is stored."""
    return None if stored is None else time(stored)


def word(stored: object, known: Collection[str]) -> str:
    """Give a word of a list."""
    if not isinstance(stored, str) or stored not in known:
        raise SealBroken("A word beside its seal is none that this bot writes.")
    return stored


def text(stored: object) -> str:
    """Give a text, such as Slack's id of a channel."""
    if not isinstance(stored, str):
        raise SealBroken("A column beside its seal holds no text.")
    return stored


def text_or_none(stored: object) -> str | None:
    """Give a text; None where none is stored."""
    return None if stored is None else text(stored)
