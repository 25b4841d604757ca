"""What can be refused: a call of the app, or an act of a person."""

import math
from typing import Any


class SimulationError(Exception):
    """The base of every error that the simulated workspace raises on purpose."""


class UserMistake(SimulationError):  # noqa: N818 -- a person's mistake, not a fault
    """A person tried what Slack's own client would not let them do."""


class SlackError(SimulationError):
    """A Web API call is refused: `code` as Slack names it, `extra` beside it."""

    def __init__(self, code: str, **extra: Any) -> None:  # noqa: ANN401 -- JSON
        """Keep the error's code and what goes beside it in the answer."""
        super().__init__(code)
        self.code = code
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """Give the answer as Slack words it."""
        return {"ok": False, "error": self.code, **self.extra}


class RateLimitedError(SlackError):
    """HTTP 429: the caller must wait `retry_after` whole seconds."""

    def __init__(self, seconds: float) -> None:
        """Round the wait up to whole seconds, as the Retry-After header needs."""
        super().__init__("ratelimited")
        self.retry_after = max(1, math.ceil(seconds))
