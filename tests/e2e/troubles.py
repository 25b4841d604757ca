"""What may go wrong between the bot and the world, where, and in which incident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rehearsal.cohrtz import FaultKind
from rehearsal.player import Temper
from rehearsal.slack.faults import (
    Delay,
    DropAfter,
    DropBefore,
    Duplicate,
    Effect,
    Hang,
    RateLimited,
    Reorder,
    SocketLoss,
    Status,
)
from rehearsal.slack.settings import Transport
from tests.e2e.crash import Stage
from tests.e2e.mortal import TEMPER
from tests.e2e.mortality import ANSWER

PATIENT = Temper(patience=TEMPER.patience, pause=0.1)
"""Somebody who waits a moment before they type or press again."""

SLACK_WAITS = 1.5
"""Seconds that Slack waits for the bot's answer; in life three."""

TOO_LATE = SLACK_WAITS + 0.2

INBOUND: Mapping[str, Effect] = {
    "twice": Duplicate(),
    "late": Delay(TOO_LATE),
    "out of order": Reorder(),
    "dropped": DropBefore(),
    "answer lost": DropAfter(),
}
OUTBOUND: Mapping[str, Effect] = {
    "answer lost": DropAfter(),
    "answer late": Hang(ANSWER + 0.2),
    "dropped": DropBefore(),
    "429": RateLimited(1),
    "500": Status(500),
    "502": Status(502),
}
SOCKET: Mapping[str, Effect] = {"lost": SocketLoss()}

DELIVERIES = ("/triage", "block_actions", "view_submission", "block_suggestion")
AT_START = ("auth.test", "users.list", "conversations.list", "apps.connections.open")
LEARNT = {"users.info": "users.list", "conversations.info": "conversations.list"}
"""What is asked only if what is asked at the start told nothing."""
SOUGHT = ("conversations.history", "conversations.replies")
"""What is asked only if the answer to a post was lost."""
METHODS = (
    *("views.open", "views.update", "usergroups.users.list"),
    *("chat.postMessage", "chat.update"),
)
OF_FILES = ("files.info", "files")
OF_EXPORTS = ("files.getUploadURLExternal", "uploads", "files.completeUploadExternal")
COHRTZ = (
    *(FaultKind.LIVEKIT_LOST, FaultKind.LIVEKIT_RESET),
    *(FaultKind.LIVEKIT_STATUS_429, FaultKind.LIVEKIT_STATUS_502),
    *(FaultKind.LIVEKIT_STATUS_500, FaultKind.LIVEKIT_SLOW),
    *(FaultKind.ENDPOINT_LOST, FaultKind.ENDPOINT_RESET),
    *(FaultKind.ENDPOINT_STATUS_429, FaultKind.ENDPOINT_STATUS_502),
    *(FaultKind.ENDPOINT_STATUS_500, FaultKind.ENDPOINT_SLOW),
)
WEBHOOKS = (
    *(FaultKind.WEBHOOK_DUPLICATE, FaultKind.WEBHOOK_DELAY),
    *(FaultKind.WEBHOOK_REORDER, FaultKind.WEBHOOK_DROP),
)
SECONDS: Mapping[FaultKind, float] = {FaultKind.WEBHOOK_DELAY: 0.05}
"""How long a fault holds up; others longer than the bot waits. What waits longer for
its delivery than LiveKit keeps it, 30 s of its hurried life, is dropped."""


@dataclass(frozen=True)
class Trouble:
    """One fault at one kind of point, in one incident."""

    where: str
    how: str
    slug: str = "expired-token"
    transport: Transport = "http"

    @property
    def stage(self) -> Stage:
        told = {"answer_within": SLACK_WAITS}
        early = self.where in (*AT_START, *LEARNT)
        return Stage(self.slug, None, self.transport, PATIENT, told, early)

    @property
    def name(self) -> str:
        return f"{self.slug} {self.transport}: {self.where} {self.how}"

    @property
    def effect(self) -> Effect:
        """What happens at Slack, or on the way to or from it."""
        if self.where == "socket":
            return SOCKET[self.how]
        return (INBOUND if self.where.startswith("delivery") else OUTBOUND)[self.how]

    @property
    def row(self) -> tuple[str, str]:
        return self.slug, self.where


FILES, APPROVALS, EXPORT = "sync-divergence", "approvals", "export"
SOCKETS = (
    Trouble("socket", "lost", transport="socket"),
    Trouble("socket", "lost", FILES, "socket"),
)
HTTP_CALLS = (*AT_START[:-1], *LEARNT, *SOUGHT, *METHODS)
EVERY: Sequence[Trouble] = (
    *(Trouble(f"delivery.{one}", how) for one in DELIVERIES for how in INBOUND),
    *(Trouble("delivery.message", how, FILES) for how in INBOUND),
    *(Trouble("delivery", how, transport="socket") for how in INBOUND),
    *(Trouble(one, how) for one in HTTP_CALLS for how in OUTBOUND),
    *(Trouble(AT_START[-1], how, transport="socket") for how in OUTBOUND),
    *(Trouble(one, how, FILES) for one in OF_FILES for how in OUTBOUND),
    *(Trouble(one, how, EXPORT) for one in OF_EXPORTS for how in OUTBOUND),
    *(Trouble("web_api", how, FILES) for how in OUTBOUND),
    *SOCKETS,
    *(Trouble(kind, "now and then") for kind in COHRTZ),
    *(Trouble(kind, "each time") for kind in WEBHOOKS),
    *(Trouble("delivery", how, APPROVALS) for how in INBOUND),
    *(Trouble("web_api", how, APPROVALS) for how in OUTBOUND),
    *(Trouble("chat.postEphemeral", how, APPROVALS) for how in OUTBOUND),
    *(Trouble(kind, "now and then", APPROVALS) for kind in COHRTZ[:4]),
)

SAMPLE: Sequence[Trouble] = (
    *(Trouble("delivery", how) for how in INBOUND),
    *(Trouble("web_api", how) for how in ("answer lost", "answer late", "502")),
    Trouble(COHRTZ[0], "now and then"),
    Trouble("delivery.message", "dropped", FILES),
    SOCKETS[0],
)
"""What the gate has time for: of each kind of trouble some, everywhere at once."""

NOT_REACHED: Mapping[tuple[str, str], str] = {}
"""Rows, by incident and place, that cannot strike there, and why."""
