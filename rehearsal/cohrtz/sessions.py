"""A participant's session and an open room, as the simulated server keeps them."""

import secrets
import string
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from livekit.protocol.models import DisconnectReason, ParticipantInfo, Room
from livekit.protocol.models import ParticipantPermission as Permission

from rehearsal.cohrtz.verifier import Grants

KINDS: Mapping[str, "ParticipantInfo.Kind"] = {
    "ingress": ParticipantInfo.INGRESS,
    "egress": ParticipantInfo.EGRESS,
    "sip": ParticipantInfo.SIP,
    "agent": ParticipantInfo.AGENT,
}
DEPENDENT = (ParticipantInfo.EGRESS, ParticipantInfo.AGENT)
LETTERS = string.ascii_letters + string.digits
EMPTY_TIMEOUT = 300
"""Seconds that a room without any participant stays open: the server's default."""
DEPARTURE_TIMEOUT = 20
"""Seconds that a room stays open after the last one left: the server's default."""


def sid(prefix: str) -> str:
    """Return a new id in the server's manner: `PA_` and twelve characters."""
    return f"{prefix}_{''.join(secrets.choice(LETTERS) for _ in range(12))}"


def now_ms() -> int:
    """Return milliseconds since the epoch."""
    return int(time.time() * 1000)


@dataclass(frozen=True)
class Session:
    """One connection of one participant; a new connection has a new `sid`."""

    room: str
    grants: Grants
    sid: str = field(default_factory=lambda: sid("PA"))
    joined_at_ms: int = field(default_factory=now_ms)
    state: ParticipantInfo.State = ParticipantInfo.JOINING
    was_active: bool = False
    version: int = 1
    name: str = ""
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    permission: Permission = field(default_factory=Permission)
    reason: DisconnectReason = DisconnectReason.UNKNOWN_REASON

    @property
    def identity(self) -> str:
        """Return the participant's identity."""
        return self.grants.identity

    @property
    def kind(self) -> ParticipantInfo.Kind:
        """Return what kind of participant its token says it is."""
        return KINDS.get(self.grants.kind, ParticipantInfo.STANDARD)

    @property
    def dependent(self) -> bool:
        """Tell whether it neither counts as a participant nor keeps the room open."""
        return self.kind in DEPENDENT

    def info(self) -> ParticipantInfo:
        """Return it as the API and the webhooks show it."""
        return ParticipantInfo(
            sid=self.sid,
            identity=self.identity,
            name=self.name,
            state=self.state,
            metadata=self.metadata,
            attributes=dict(self.attributes),
            joined_at=self.joined_at_ms // 1000,
            joined_at_ms=self.joined_at_ms,
            version=self.version,
            permission=self.permission,
            kind=self.kind,
            disconnect_reason=self.reason,
        )


def session_for(grants: Grants) -> Session:
    """Return the session that a join with these grants begins."""
    return Session(
        room=str(grants.video.get("room", "")),
        grants=grants,
        name=grants.name,
        metadata=grants.metadata,
        permission=Permission(
            can_subscribe=grants.video.get("canSubscribe", True) is not False,
            can_publish=grants.video.get("canPublish", True) is not False,
            can_publish_data=grants.video.get("canPublishData", True) is not False,
            hidden=grants.may("hidden"),
        ),
    )


@dataclass(frozen=True)
class OpenRoom:
    """A room that is open on the server."""

    name: str
    sid: str = field(default_factory=lambda: sid("RM"))
    created_at_ms: int = field(default_factory=now_ms)
    metadata: str = ""
    max_participants: int = 0
    empty_timeout: int = EMPTY_TIMEOUT
    departure_timeout: int = DEPARTURE_TIMEOUT

    def info(self, participants: int) -> Room:
        """Return it as the API and the webhooks show it."""
        return Room(
            sid=self.sid,
            name=self.name,
            empty_timeout=self.empty_timeout,
            departure_timeout=self.departure_timeout,
            max_participants=self.max_participants,
            creation_time=self.created_at_ms // 1000,
            creation_time_ms=self.created_at_ms,
            metadata=self.metadata,
            num_participants=participants,
        )
