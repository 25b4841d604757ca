"""What goes wrong around the bot: at Slack, on the way to it, at Cohrtz, on wires."""

import asyncio
from collections.abc import Mapping
from random import Random

from livekit.protocol.models import DisconnectReason

from rehearsal.cohrtz import Deployment
from rehearsal.cohrtz.faults import FaultKind
from rehearsal.cohrtz.sessions import Session
from rehearsal.slack import (
    Delay,
    DropAfter,
    DropBefore,
    Duplicate,
    Fault,
    Hang,
    RateLimited,
    Reorder,
    SocketLoss,
    Status,
    Workspace,
)
from tests.simulation.disk import FULL, READ_ONLY, InlineLink, Trouble
from tests.simulation.network import Network

CALLS = (
    *("web_api", "web_api", "chat.postMessage", "chat.postMessage", "chat.update"),
    *("users.info", "views.open", "views.update", "chat.postEphemeral"),
    *("conversations.replies", "conversations.history", "conversations.info"),
    *("auth.test", "apps.connections.open", "usergroups.users.list"),
    *("files.info", "files", "uploads"),
    *("files.completeUploadExternal", "files.getUploadURLExternal"),
)
AT_START = ("auth.test", "users.list", "conversations.list", "apps.connections.open")
"""What is asked each time the bot starts."""
AT_STARTS = 0.25
"""The share of calls in trouble that are such: they meet the bot's next life."""
DELIVERIES = (
    *("delivery", "delivery.slash_commands", "delivery.interactive"),
    "delivery.events_api",
)
COHRTZ = (
    FaultKind.LIVEKIT_LOST,
    FaultKind.LIVEKIT_LOST,  # only it leaves a doubt whether an act was done
    FaultKind.LIVEKIT_REFUSED,
    FaultKind.LIVEKIT_RESET,
    FaultKind.LIVEKIT_HANGING,
    FaultKind.LIVEKIT_SLOW,
    FaultKind.LIVEKIT_STATUS_429,
    FaultKind.LIVEKIT_STATUS_500,
    FaultKind.LIVEKIT_STATUS_502,
    FaultKind.LIVEKIT_HTML,
    FaultKind.LIVEKIT_ROTATED,
    FaultKind.LIVEKIT_ECHOES,
    FaultKind.ENDPOINT_REFUSED,
    FaultKind.ENDPOINT_RESET,
    FaultKind.ENDPOINT_LOST,
    FaultKind.ENDPOINT_HANGING,
    FaultKind.ENDPOINT_SLOW,
    FaultKind.ENDPOINT_STATUS_429,
    FaultKind.ENDPOINT_STATUS_500,
    FaultKind.ENDPOINT_STATUS_502,
    FaultKind.ENDPOINT_HTML,
    FaultKind.ENDPOINT_OTHER_SHAPE,
    FaultKind.ENDPOINT_NULL,
    FaultKind.ENDPOINT_WRONG_IDENTITY,
    FaultKind.ENDPOINT_WRONG_ROOM,
    FaultKind.ENDPOINT_SIGNS_AS_BEFORE,
    FaultKind.ENDPOINT_EXPIRED,
    FaultKind.ENDPOINT_CLOCK_SKEW,
    FaultKind.ENDPOINT_FLOAT_EXP,
    FaultKind.ENDPOINT_MISSING_ISS,
    FaultKind.ENDPOINT_MISSING_GRANT,
    FaultKind.WEBHOOK_DROP,
    FaultKind.WEBHOOK_DUPLICATE,
    FaultKind.WEBHOOK_DELAY,
    FaultKind.WEBHOOK_REORDER,
)
"""Every kind there is, a line for each; those of the scene itself are left alone."""
SECONDS = (0.5, 8.0)
"""The measure of a trouble of Cohrtz, from and to."""
OTHER_SECONDS: Mapping[FaultKind, tuple[float, float]] = {
    FaultKind.WEBHOOK_DELAY: (0.05, 2.0),  # LiveKit drops what waits for 1 to 3 s here
    FaultKind.ENDPOINT_CLOCK_SKEW: (-1200.0, 1200.0),
}
HARDLY = 1e-9
"""The odds of a trouble that strikes the first time, and then no more."""
ODDS = (1.0, 1.0, 0.5, 0.25)
"""What part of the requests a trouble of Cohrtz meets after the first."""
SPACING = 5.0
"""Seconds between two troubles, on average."""
LASTING = 20.0
"""Seconds that a trouble of Cohrtz lasts, on average."""
BAD_DISKS = 0.06
"""The share of troubles that befall the disk."""
DISK_LASTS = (0.5, 15.0)
"""Seconds, from and to."""


class Mischief:
    """Makes trouble until it is told to stop."""

    def __init__(
        self, workspace: Workspace, deployment: Deployment, network: Network
    ) -> None:
        self._workspace = workspace
        self._deployment = deployment
        self._network = network
        self._kept = frozenset(fault.kind for fault in deployment.faults.active)
        self.made: list[str] = []
        self.bad_disks = 0
        """How often the disk could not be written to."""

    async def make(self, number: int, chance: Random) -> None:
        """Make so many troubles."""
        self._kept = frozenset(one.kind for one in self._deployment.faults.active)
        for _ in range(number):
            await asyncio.sleep(chance.expovariate(1 / SPACING))
            trouble = chance.choice(
                (self._call, self._call, self._delivery, self._cohrtz, self._wire)
            )
            if chance.random() < BAD_DISKS:
                trouble = self._disk
            await trouble(chance)

    def lose_answers(self, share: float, chance: Random) -> None:
        """Let so many of the removals be done and not be answered.

        What strikes at any time hardly ever meets one: there is one in some stories.
        """

        def seen(session: Session) -> None:
            removed = session.reason == DisconnectReason.PARTICIPANT_REMOVED
            if removed and chance.random() < share:
                self.made.append(f"the removal of {session.sid} is not answered")
                self._deployment.faults.set(FaultKind.LIVEKIT_LOST, odds=HARDLY)

        self._deployment.rooms.watch(seen)

    def stop(self) -> None:
        """Let everything be well again."""
        self._workspace.faults.clear()
        self._deployment.faults.clear()
        self._network.breaks_next = 0
        InlineLink.trouble = None

    async def _call(self, chance: Random) -> None:
        seconds = chance.uniform(1, 12)
        what = chance.choice(
            (
                *(DropBefore(), DropAfter(), DropAfter(), Delay(seconds)),
                *(Hang(seconds), Status(500), Status(502), Status(503)),
                RateLimited(int(seconds)),
            )
        )
        where = AT_START if chance.random() < AT_STARTS else CALLS
        self._strike(chance.choice(where), what, chance.randint(1, 4))

    async def _delivery(self, chance: Random) -> None:
        what = chance.choice(
            (
                *(DropBefore(), DropAfter(), Delay(chance.uniform(1, 4))),
                *(Duplicate(), Duplicate(), Reorder(), SocketLoss()),
            )
        )
        self._strike(chance.choice(DELIVERIES), what, chance.randint(1, 3))

    def _strike(self, where: str, what: object, times: int) -> None:
        self.made.append(f"{where}: {what} x{times}")
        self._workspace.faults.add(Fault(where, what, times=times))  # type: ignore[arg-type]

    async def _cohrtz(self, chance: Random) -> None:
        kind = chance.choice([one for one in COHRTZ if one not in self._kept])
        seconds = chance.expovariate(1 / LASTING)
        self.made.append(f"{kind} for {seconds:.1f} s")
        measure = chance.uniform(*OTHER_SECONDS.get(kind, SECONDS))
        odds = chance.choice(ODDS)
        self._deployment.faults.set(kind, seconds=measure, odds=odds)
        await asyncio.sleep(seconds)
        self._deployment.faults.clear(kind)

    async def _wire(self, chance: Random) -> None:
        self._network.breaks_next = chance.randint(1, 3)
        self.made.append(f"{self._network.breaks_next} connections break")

    async def _disk(self, chance: Random) -> None:
        self.bad_disks += 1
        InlineLink.trouble = Trouble(chance.choice((FULL, READ_ONLY)))
        seconds = chance.uniform(*DISK_LASTS)
        self.made.append(f"{InlineLink.trouble.pragma} for {seconds:.1f} s")
        await asyncio.sleep(seconds)
        InlineLink.trouble = None
