"""HMAC-SHA-256 under one key, begun once.

`hmac.digest` begins anew each time, which takes as long again, and lets another thread
run meanwhile: with the writer waiting for its turn, that costs the caller its own.
"""

import hmac


class Mac:
    """Makes the HMACs of one key."""

    def __init__(self, key: bytes) -> None:
        """Take the key."""
        self._begun = hmac.new(key, digestmod="sha256")

    def of(self, *parts: bytes) -> bytes:
        """Return the HMAC of these bytes, one part after another."""
        made = self._begun.copy()
        for part in parts:
            made.update(part)
        return made.digest()
