"""Slack's rate limits: token buckets for posts and for the method tiers."""

from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.slack.errors import RateLimitedError
from rehearsal.slack.settings import Limits

# Calls per minute, method and workspace. Slack documents "1+", "20+", "50+", "100+"
# (docs.slack.dev/apis/web-api/rate-limits, read 2026); bursts up to a minute's worth.
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}


@dataclass(frozen=True)
class Bucket:
    """Tokens left at a moment, in a bucket that fills by itself."""

    tokens: float
    at: float

    def filled(self, now: float, rate: float, size: float) -> "Bucket":
        """Give the bucket as it is later: `rate` tokens a second, at most `size`."""
        return Bucket(min(size, self.tokens + (now - self.at) * rate), now)


class Rates:
    """Spends tokens, or raises RateLimitedError with the wait."""

    def __init__(self, limits: Limits, now: Callable[[], float]) -> None:
        """Count by these limits and this clock."""
        self._limits = limits
        self._now = now
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def spend_post(self, channel: str) -> None:
        """Count one message into a channel."""
        self._spend(
            ("post", channel), self._limits.posts_per_second, self._limits.post_burst
        )

    def spend_call(self, method: str, tier: int | None) -> None:
        """Count one call of a method; methods of the special tier have None."""
        if tier is not None:
            self._spend(("call", method), TIERS[tier] / 60, TIERS[tier])

    def _spend(self, key: tuple[str, str], rate: float, size: float) -> None:
        if not self._limits.enabled:
            return
        now = self._now()
        bucket = self._buckets.get(key, Bucket(size, now)).filled(now, rate, size)
        if bucket.tokens < 1:
            raise RateLimitedError((1 - bucket.tokens) / rate)
        self._buckets[key] = Bucket(bucket.tokens - 1, now)
