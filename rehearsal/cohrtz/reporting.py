"""What people's devices report of their sync, as JSON Lines posted to whoever listens.

The app cannot do this by itself; whoever runs a rehearsed incident has wrapped it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import aiohttp
from pydantic import BaseModel, Field

from rehearsal.cohrtz.settings import PeerSettings

KINDS = {
    "HANDSHAKE": "handshake",
    "SYNC_REQ": "sync",
    "SYNC_CLAIM": "sync",
    "CONSISTENCY_CHECK": "sync",
    "DATA_CHUNK": "data",
}
"""The app's kind of an event by its packet type; of all others it is `info`."""
TAKEN = 202


class ReportRefused(Exception):  # noqa: N818  named for what is the case
    """Whoever listens did not take the report; the text is their answer."""


class Reported(BaseModel, frozen=True, extra="forbid"):
    """One packet that a device notes: `ago` in seconds, people by their names."""

    by: str = Field(min_length=1)
    ago: float = Field(ge=0)
    way: Literal["inbound", "outbound"]
    packet: str = Field(pattern=r"^[A-Z_]+$")
    peer: str | None = None
    size: int | None = Field(default=None, ge=0)


@dataclass(frozen=True)
class Reporter:
    """Posts what the devices of a room report."""

    url: str
    bearer: str
    peers: Mapping[str, PeerSettings]

    async def post(self, events: Sequence[Reported]) -> None:
        """Post a batch; raise ReportRefused if it is not taken."""
        people = {name: peer.identity for name, peer in self.peers.items()}
        body = written(events, people, datetime.now(UTC))
        headers = {"Authorization": f"Bearer {self.bearer}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.post(self.url, data=body.encode()) as answer,
        ):
            if answer.status != TAKEN:
                raise ReportRefused(await answer.text())


def written(
    events: Sequence[Reported], people: Mapping[str, str], now: datetime
) -> str:
    """Write events as JSON Lines; `people` are identities by the names in them."""
    return "".join(f"{json.dumps(_line(one, people, now))}\n" for one in events)


def _line(one: Reported, people: Mapping[str, str], now: datetime) -> dict[str, object]:
    line: dict[str, object] = {
        "timestamp": (now - timedelta(seconds=one.ago)).isoformat(),
        "participant": people[one.by],
        "kind": KINDS.get(one.packet, "info"),
        "direction": one.way,
        "message": _message(one),
    }
    if one.peer is not None:
        line["peerId"] = people[one.peer]
    if one.size is not None:
        line["bytes"] = one.size
    return line


def _message(one: Reported) -> str:
    """Say it in the app's own words."""
    if one.way == "inbound":
        return f"Received {one.packet} packet from {one.peer}."
    if one.packet == "SYNC_REQ":
        return "Broadcasting SYNC_REQ for room sync."
    return f"Broadcast {one.packet} control packet to room peers."
