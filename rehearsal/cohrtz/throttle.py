"""The app's own limits on how often it says the same thing."""

import time

from rehearsal.cohrtz.pace import Pace


class Throttle:
    """Lets each kind of thing happen only so often."""

    def __init__(self, pace: Pace) -> None:
        """Start with everything allowed."""
        self._pace = pace
        self._last: dict[str, float] = {}

    def allows(self, what: str, seconds: float) -> bool:
        """Tell whether it may happen again after so many seconds; note it if so."""
        now = time.monotonic()
        last = self._last.get(what)
        if last is not None and now - last < self._pace.seconds(seconds):
            return False
        self._last[what] = now
        return True
