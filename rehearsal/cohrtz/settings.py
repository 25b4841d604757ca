"""What a simulated Cohrtz deployment is made of: keys, speed, people, rooms."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, Field

from rehearsal.cohrtz.faults import FaultKind
from rehearsal.cohrtz.peer_faults import PeerFault


class Start(StrEnum):
    """How a peer's session stands when the rehearsal begins."""

    ACTIVE = "active"
    """In its rooms, healthy."""
    STUCK = "stuck"
    """Was in, lost the connection, and came back half way to the first of its rooms,
    where it stays in JOINED, and not at all to the others."""
    LOST = "lost"
    """Was in, lost the connection when the faults began, and tries to come back."""
    TWO_DEVICES = "two-devices"
    """The same identity runs on two devices, which throw each other out."""
    OFFLINE = "offline"
    """The app is not running."""


class HeldToken(StrEnum):
    """What became of the token that the peer's app has saved for a room."""

    KEPT = "kept"
    """It is the one that the app joined with, good for hours."""
    EXPIRED = "expired"
    """It ran out an hour ago, so that the app asks for a new one before it joins."""


class PeerSettings(BaseModel, frozen=True, extra="forbid"):
    """One person's app: identity (`user:` and a UUIDv7) and the rooms it belongs to."""

    identity: str = Field(min_length=1)
    rooms: tuple[str, ...] = Field(min_length=1)
    start: Start = Start.ACTIVE
    token: HeldToken = HeldToken.KEPT
    faults: tuple[PeerFault, ...] = ()
    """What goes wrong inside the app once it has synchronised."""
    holds_vault_key: bool = False
    """Whether it has the vault's key and can give it to who asks."""


class DeploymentSettings(BaseModel, frozen=True, extra="forbid"):
    """A whole deployment. Every timer of app and server is divided by `speed`."""

    api_key: str = Field(min_length=1)
    api_secret: str = Field(min_length=32, repr=False)
    """At least 32 characters, as the LiveKit server and HS256 ask for."""
    webhook_url: str | None = None
    speed: float = Field(default=1.0, gt=0)
    peers: Mapping[str, PeerSettings] = {}
    token_ttl: int = Field(default=6 * 3600, gt=0)
    """Seconds that a token of the endpoint lives."""


class Remedy(BaseModel, frozen=True, extra="forbid"):
    """What somebody outside the bot does so that the incident can end."""

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    say: str = Field(min_length=1)
    """What is done, in a sentence for people."""
    clears: tuple[FaultKind, ...] = ()
    """The faults that it ends."""
    by_hand: tuple[str, ...] = ()
    """Who then presses Reconnect in the app: always with a fresh token."""
    one_device: tuple[str, ...] = ()
    """Who closes the app on all devices but one."""
    opens: tuple[str, ...] = ()
    """Who opens the app, which was closed."""
    closes: tuple[str, ...] = ()
    """Who closes the app."""
    cures: tuple[str, ...] = ()
    """Whose app is mended: its own faults end, and it announces its keys again."""
