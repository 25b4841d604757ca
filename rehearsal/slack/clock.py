"""The workspace's own time and the identifiers that are minted from it."""

import itertools
import secrets
import time


class Clock:
    """Wall-clock seconds, which a test may move forward without sleeping."""

    def __init__(self) -> None:
        """Begin at the machine's time."""
        self._ahead = 0.0

    def now(self) -> float:
        """Give the workspace's time in seconds since the epoch."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let the workspace's time jump forward."""
        self._ahead += seconds


class Ids:
    """Mints ids in Slack's forms; a ts is unique and always greater than the last."""

    def __init__(self, clock: Clock) -> None:
        """Mint from this clock."""
        self._clock = clock
        self._last = 0
        self._count = itertools.count(1)

    def ts(self) -> str:
        """Mint a message timestamp: seconds, a dot, six digits."""
        self._last = max(self._last + 1, int(self._clock.now() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def mint(self, prefix: str) -> str:
        """Mint an object id such as F0000001A2B: a prefix, a count, some chance."""
        return f"{prefix}{next(self._count):06d}{secrets.token_hex(2).upper()}"

    def short(self) -> str:
        """Mint what Slack gives a block or an element that came without an id."""
        return secrets.token_urlsafe(4)

    def secret(self) -> str:
        """Mint an unguessable token for a URL."""
        return secrets.token_urlsafe(18)

    def trigger(self) -> str:
        """Mint a trigger id in Slack's three-part form."""
        return f"{next(self._count)}.{int(self._clock.now())}.{secrets.token_hex(16)}"
