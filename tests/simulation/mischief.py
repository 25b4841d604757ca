"""What goes wrong around the bot: at Slack, on the way to it, at Cohrtz, on wires."""

import asyncio
from random import Random

from rehearsal.cohrtz import Deployment
from rehearsal.cohrtz.faults import FaultKind
from rehearsal.slack import (
    Delay,
    DropAfter,
    DropBefore,
    Duplicate,
    Fault,
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
    *("users.info", "views.open", "chat.postEphemeral", "conversations.replies"),
    *("conversations.history", "auth.test"),
)
DELIVERIES = (
    *("delivery", "delivery.slash_commands", "delivery.interactive"),
    "delivery.events_api",
)
COHRTZ = (
    *(FaultKind.LIVEKIT_RESET, FaultKind.LIVEKIT_HANGING, FaultKind.LIVEKIT_SLOW),
    *(FaultKind.LIVEKIT_STATUS_500, FaultKind.LIVEKIT_HTML, FaultKind.LIVEKIT_REFUSED),
    *(FaultKind.ENDPOINT_HANGING, FaultKind.ENDPOINT_STATUS_500),
    *(FaultKind.WEBHOOK_DROP, FaultKind.WEBHOOK_DUPLICATE, FaultKind.WEBHOOK_REORDER),
)
SPACING = 8.0
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
                *(Status(500), Status(503), RateLimited(int(seconds))),
            )
        )
        self._strike(chance.choice(CALLS), what, chance.randint(1, 4))

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
        self._deployment.faults.set(kind, seconds=chance.uniform(0.5, 8))
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
