"""What may be asked of the token endpoint, and of the server about a token."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Trouble(StrEnum):
    """Why a request got no HTTP answer."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"


class Spelling(StrEnum):
    """How the names are put into the query."""

    RAW = "raw"
    """Concatenated as the app does: `&`, `#`, `+` and `%` in a name break it."""
    PROPER = "proper"
    """Percent-encoded."""


@dataclass(frozen=True)
class TokenAnswer:
    """What the token endpoint gave. `body` may hold a token: never show or keep it."""

    trouble: Trouble | None
    status: int | None
    content_type: str
    body: bytes = field(repr=False)
    server_time: datetime | None
    """The `Date` header, to the second."""
    asked_at: datetime
    took: float
    """Seconds until the answer was whole, or until we gave up."""


@dataclass(frozen=True)
class Acceptance:
    """What the LiveKit server says of a token at `/rtc/validate`, without joining."""

    accepted: bool | None
    """None: the server gave no usable answer."""
    reason: str
    """The server's words, bounded and without the token; empty when accepted."""


class Tokens(Protocol):
    """The token endpoint, and the server's word on tokens. Nothing is raised."""

    async def fetch(self, room: str, identity: str, spelling: Spelling) -> TokenAnswer:
        """Ask for a token as the app would. Minting one is harmless."""
        ...

    async def accepts(self, token: str) -> Acceptance:
        """Ask the LiveKit server whether it would let the token's bearer in."""
        ...
