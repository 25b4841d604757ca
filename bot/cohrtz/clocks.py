"""How far the token endpoint's clock is off, from what it dates.

A date is told in whole seconds and is set at some moment between our question and the
end of its answer, so it bounds the difference from two sides. The skew is the least
difference that explains it: 0.0 when equal clocks would do.
"""

from datetime import datetime

from bot.cohrtz.jwt import Inspection

LIMIT = 30.0
"""Seconds of skew that begin to hurt: the app wants 60 s left on a token."""
RESOLUTION = 1.0
"""Seconds: `Date`, `iat` and `nbf` are cut to whole ones."""


def date_skew(stamped: datetime, *, asked_at: datetime, took: float) -> float:
    """Return how many seconds the stamping clock is ahead of ours, at the least."""
    told = (stamped - asked_at).total_seconds()
    low, high = told - took, told + RESOLUTION
    if low <= 0 <= high:
        return 0.0
    return round(low if low > 0 else high, 1)


def token_skew(
    seen: Inspection | None, *, asked_at: datetime, took: float
) -> float | None:
    """Return the same of a token's `iat`, or its `nbf`; None if there is neither.

    A token from a cache was made earlier and lags by its age, and some endpoints date
    `nbf` back on purpose: below zero it proves nothing about a clock.
    """
    stamped = None if seen is None else seen.issued_at or seen.not_before
    if stamped is None:
        return None
    return date_skew(stamped, asked_at=asked_at, took=took)
