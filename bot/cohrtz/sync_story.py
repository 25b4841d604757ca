"""What diagnostic events say about whether a device's sync requests are answered.

The rule, for each device that reported. Its newest event is its *now*, so that no two
clocks are compared. A request is an outgoing SYNC_REQ; the answer is any DATA_CHUNK
that comes in after it. A responder waits for 0.15 s before it answers, and requests are
at least 3 s apart, so one that is 10 s old without an answer is *unanswered*; a younger
one cannot be told yet. That something came in is not that it was taken: the app notes a
packet before it looks at its target, signature and encryption.

Unanswered while packets of others came in: bad. Unanswered in silence: unknown, for a
device that is alone in the room asks in vain too.

Source: cohrtz_app at 6470ae3 (sync election and its timers); ANSWERED_WITHIN is ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cohrtz.diagnostics import DiagnosticKind, Direction, PacketType, SyncEvent
from bot.core.evidence import Finding, Value, bad, ok, unknown

ANSWERED_WITHIN = timedelta(seconds=10)
FACTS = {
    "diagnostics.events": "diagnostic events of the device, or of all devices",
    "diagnostics.participants": "devices that reported",
    "diagnostics.sync_req_out": "events of an outgoing SYNC_REQ",
    "diagnostics.data_in": "DATA_CHUNK packets that came in, taken or not",
    "diagnostics.handshakes_in": "HANDSHAKE packets that came in",
    "diagnostics.checks_in": "CONSISTENCY_CHECK packets that came in",
    "diagnostics.peers_heard": "peers from whom any packet came in",
    "diagnostics.mute_peers": (
        "peers from whom only HANDSHAKE and UNICAST_REQ came in, no sync and no data"
    ),
    "diagnostics.unanswered_sync": (
        "whether a SYNC_REQ went out and no DATA_CHUNK came in after it"
    ),
    "diagnostics.unanswered_s": "seconds for which the oldest such request has waited",
    "diagnostics.last_data_s": "seconds from the last DATA_CHUNK in to the last event",
    "diagnostics.errors": "events of the kinds error, warning and security",
}
WITHOUT_A_KEY = frozenset({PacketType.HANDSHAKE, PacketType.UNICAST_REQ})
"""What a peer without a group key can still send."""
TROUBLES = frozenset(
    {DiagnosticKind.ERROR, DiagnosticKind.WARNING, DiagnosticKind.SECURITY}
)
ABSENT = "No diagnostics"


@dataclass(frozen=True)
class Asking:
    """How one device's sync requests fared.

    `answered` is None if it did not ask, or asked too short a time ago.
    """

    asked: bool
    answered: bool | None
    waited: timedelta
    heard: bool
    """Whether any packet came in after the oldest request without an answer."""


def tell(events: Iterable[SyncEvent], participant: str | None) -> Finding:
    """Judge the events of one participant's device, or of all that reported."""
    ordered = sorted(
        (one for one in events if participant in (None, one.participant)),
        key=lambda one: one.at,
    )
    if not ordered:
        whose = "of this participant's device" if participant else "of this room"
        return unknown(f"{ABSENT} {whose} came in.", {"diagnostics.events": 0})
    devices = sorted({one.participant for one in ordered})
    askings = [
        asking([one for one in ordered if one.participant == device])
        for device in devices
    ]
    facts = {"diagnostics.participants": len(devices), **counts(ordered)}
    return _judged(askings, {**facts, **_waits(askings)})


def asking(ordered: Sequence[SyncEvent]) -> Asking:
    """Read one device's events, oldest first; there is at least one."""
    last_data = _last(ordered, PacketType.DATA_CHUNK)
    requests = [
        one.at for one in ordered if one.is_(Direction.OUTBOUND, PacketType.SYNC_REQ)
    ]
    waiting = [at for at in requests if last_data is None or at > last_data]
    if not waiting:
        return Asking(bool(requests), bool(requests) or None, timedelta(0), heard=True)
    waited = ordered[-1].at - waiting[0]
    heard = any(
        one.direction is Direction.INBOUND and one.at > waiting[0] for one in ordered
    )
    return Asking(
        asked=True,
        answered=False if waited >= ANSWERED_WITHIN else None,
        waited=waited,
        heard=heard,
    )


def counts(ordered: Sequence[SyncEvent]) -> dict[str, Value]:
    """Count what the events say, oldest first."""
    facts: dict[str, Value] = {
        "diagnostics.events": len(ordered),
        "diagnostics.sync_req_out": _count(
            ordered, Direction.OUTBOUND, PacketType.SYNC_REQ
        ),
        "diagnostics.data_in": _count(
            ordered, Direction.INBOUND, PacketType.DATA_CHUNK
        ),
        "diagnostics.handshakes_in": _count(
            ordered, Direction.INBOUND, PacketType.HANDSHAKE
        ),
        "diagnostics.checks_in": _count(
            ordered, Direction.INBOUND, PacketType.CONSISTENCY_CHECK
        ),
        "diagnostics.errors": sum(one.kind in TROUBLES for one in ordered),
        **_peers(ordered),
    }
    last_data = _last(ordered, PacketType.DATA_CHUNK)
    if last_data is not None:
        facts["diagnostics.last_data_s"] = int(
            (ordered[-1].at - last_data).total_seconds()
        )
    return facts


def _peers(events: Iterable[SyncEvent]) -> dict[str, Value]:
    sent: dict[str, set[PacketType]] = {}
    for one in events:
        if one.direction is Direction.INBOUND and one.peer and one.packet:
            sent.setdefault(one.peer, set()).add(one.packet)
    return {
        "diagnostics.peers_heard": len(sent),
        "diagnostics.mute_peers": sum(
            types <= WITHOUT_A_KEY for types in sent.values()
        ),
    }


def _count(events: Iterable[SyncEvent], way: Direction, packet: PacketType) -> int:
    return sum(one.is_(way, packet) for one in events)


def _last(ordered: Sequence[SyncEvent], packet: PacketType) -> datetime | None:
    times = (one.at for one in ordered if one.is_(Direction.INBOUND, packet))
    return max(times, default=None)


def _waits(askings: Sequence[Asking]) -> dict[str, Value]:
    """Say whether any device waits in vain; nothing if that cannot be told yet."""
    vain = [one.waited for one in askings if one.answered is False]
    if vain:
        return {
            "diagnostics.unanswered_sync": True,
            "diagnostics.unanswered_s": int(max(vain).total_seconds()),
        }
    told = all(one.answered is not None or not one.asked for one in askings)
    return {"diagnostics.unanswered_sync": False} if told else {}


def _judged(askings: Sequence[Asking], facts: Mapping[str, Value]) -> Finding:
    vain = [one for one in askings if one.answered is False]
    if any(one.heard for one in vain):
        return bad(
            "A sync request got no data for "
            f"{facts['diagnostics.unanswered_s']} s, though packets of others came "
            "in: nobody who can answer understands it.",
            facts,
        )
    if vain:
        return unknown(
            "A sync request got no data for "
            f"{facts['diagnostics.unanswered_s']} s, and nothing else came in either: "
            "alone in the room, or cut off.",
            facts,
        )
    return _unhurt(askings, facts)


def _unhurt(askings: Sequence[Asking], facts: Mapping[str, Value]) -> Finding:
    if any(one.asked and one.answered is None for one in askings):
        return unknown("A sync request is too young to be judged.", facts)
    if not any(one.asked for one in askings):
        came = facts["diagnostics.data_in"]
        return unknown(
            f"No sync request went out; {came} data packets came in by themselves.",
            facts,
        )
    return ok(
        "Data came in after every sync request; that it was merged is not told.", facts
    )
