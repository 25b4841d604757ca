"""The lines of the app's diagnostic panel, as somebody copies them from the screen.

`[HH:MM:SS] [IN|OUT|LOCAL] {message} peer={id} {size}`, the newest first; peer and size
stand only where the event has them. The panel names neither the device nor the day, so
the day is counted: where the clock goes back, another one has begun. It shows 200
events, and 48 after a line of its own.

Source: cohrtz_app at 6470ae3, the connection status dialog.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.cohrtz.diagnostics import (
    DiagnosticKind,
    Direction,
    PacketType,
    SyncEvent,
    packet_of,
)

_LINE = re.compile(r"\[([01]\d|2[0-3]):([0-5]\d):([0-5]\d)\] \[(IN|OUT|LOCAL)\] (\S.*)")
_SIZE = re.compile(r" (\d{1,10}(?:\.\d{1,2})?)(B|KB|MB)\Z")
_PEER = re.compile(r" peer=(\S{1,256})\Z")
_WAYS = {
    "IN": Direction.INBOUND,
    "OUT": Direction.OUTBOUND,
    "LOCAL": Direction.LOCAL,
}
_UNITS = {"B": 1, "KB": 1024, "MB": 1024 * 1024}
_KINDS = {
    PacketType.HANDSHAKE: DiagnosticKind.HANDSHAKE,
    PacketType.SYNC_REQ: DiagnosticKind.SYNC,
    PacketType.SYNC_CLAIM: DiagnosticKind.SYNC,
    PacketType.CONSISTENCY_CHECK: DiagnosticKind.SYNC,
    PacketType.DATA_CHUNK: DiagnosticKind.DATA,
}
"""The app's kind of an event by its packet type; of all others it is `info`."""
_DAY = timedelta(days=1)
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands for the unknown day on which the oldest event was."""


@dataclass(frozen=True)
class Shown:
    """One line of the panel."""

    at: time
    """By the device's clock, to the second; of an unknown day."""
    direction: Direction
    packet: PacketType | None
    peer: str | None
    size: int | None


def read_shown(line: str) -> Shown | None:
    """Read a line of the panel; None if it is none. Of its words nothing is kept."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        return None
    hours, minutes, seconds, way, said = found.groups()
    said, size = _cut_size(said)
    peer = _PEER.search(said)
    return Shown(
        at=time(int(hours), int(minutes), int(seconds)),
        direction=_WAYS[way],
        packet=packet_of(said),
        peer=peer[1] if peer else None,
        size=size,
    )


def events_of(shown: Sequence[Shown], device: str) -> Iterator[SyncEvent]:
    """Give the lines as events of a device, the oldest first, on days that are counted.

    Copied lines are the newest first; if more of their steps go forward than back, they
    were turned round.
    """
    day, before = _FIRST, time.min
    for one in _oldest_first(shown):
        day += _DAY if one.at < before else timedelta(0)
        before = one.at
        yield SyncEvent(
            at=datetime.combine(day, one.at, UTC),
            participant=device,
            kind=_kind(one.packet),
            direction=one.direction,
            peer=one.peer,
            packet=one.packet,
            size=one.size,
        )


def _kind(packet: PacketType | None) -> DiagnosticKind:
    known = None if packet is None else _KINDS.get(packet)
    return DiagnosticKind.INFO if known is None else known


def _oldest_first(shown: Sequence[Shown]) -> Sequence[Shown]:
    steps = [(one.at, two.at) for one, two in itertools.pairwise(shown)]
    forward = sum(one < two for one, two in steps)
    back = sum(one > two for one, two in steps)
    return shown if forward > back else shown[::-1]


def _cut_size(said: str) -> tuple[str, int | None]:
    found = _SIZE.search(said)
    if found is None:
        return said, None
    return said[: found.start()], round(float(found[1]) * _UNITS[found[2]])
