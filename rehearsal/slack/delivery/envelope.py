"""What is delivered, and what came back."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Json = dict[str, Any]
Kind = Literal["slash_commands", "interactive", "events_api"]


@dataclass(frozen=True)
class Envelope:
    """One delivery: the payload, its kind, and which redelivery it is (0: none)."""

    kind: Kind
    payload: Json
    retry: int = 0
    reason: str = ""

    @property
    def name(self) -> str:
        """Give the payload's own name, for the journal."""
        if self.kind == "slash_commands":
            return str(self.payload["command"])
        event = self.payload.get("event") or {}
        return str(event.get("type") or self.payload["type"])


@dataclass(frozen=True)
class Answer:
    """What the app answered: `status` None if nothing came back.

    `body` is the parsed JSON, the bare text, or None when empty; `reason` is Slack's
    name of a failed delivery (http_timeout, http_error, connection_failed).
    """

    status: int | None = None
    body: Json | str | None = None
    took: float = 0.0
    reason: str = ""
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        """Tell whether the app acknowledged."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 -- HTTP's own numbers

    @property
    def timed_out(self) -> bool:
        """Tell whether the app took too long."""
        return self.reason == "http_timeout"


class Line(Protocol):
    """A way to the app."""

    async def send(self, envelope: Envelope) -> Answer:
        """Bring an envelope to the app and give its answer; never raises."""
