"""Whether a session that the server lists is really there.

The rule. *Stuck*: listed as JOINING or JOINED for over 10 s: signalling is up, data
cannot flow, and nobody has given up yet (once somebody has, that is an abort).
*Half-open*: listed as ACTIVE although one side no longer holds it, seen in one of three
ways:

- The server itself told of the end of this very session over 30 s ago, and lists it
  still. LiveKit misses a vanished client after 15 to 20 s, so 30 s are no delay.
- The app says so: the last connection state that the participant's device reported is
  not `connected`, that was 30 s to 10 min ago, and the session is older than that.
- Others say so: a device in the room began its sync (its HANDSHAKE and its SYNC_REQ
  after it, within 5 s), at which every app in the room answers with its own HANDSHAKE,
  at the latest when it is asked again within 8 s. For 30 s it heard at least one other
  peer, and nothing of this participant, who had been listed for a minute by then.

Silence alone proves nothing: an app in which nobody does anything sends nothing. Of the
two people of a room neither can say whether the other is mute or they are deaf, so at
least one third must have been heard. Devices' clocks may be wrong; one that is off by
more than half a minute makes the last two ways miss, or see, what is not so.

Source: cohrtz_app at 6470ae3 (handshakes, initial sync), LiveKit's timeouts; the
thresholds are ours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cohrtz.diagnostics import ConnectionState, Direction, PacketType, SyncEvent
from bot.cohrtz.history import Change
from bot.cohrtz.patterns import Pattern
from bot.cohrtz.sessions import STUCK_AFTER, UNDER_WAY, Session

TOLD_BEFORE = timedelta(seconds=30)
LATELY = timedelta(minutes=10)
BEGINS_WITHIN = timedelta(seconds=5)
BEFORE = timedelta(seconds=10)
"""Answers to a joining device may come before its own first packet."""
ANSWERED_WITHIN = timedelta(seconds=30)
SETTLED = timedelta(minutes=1)


@dataclass(frozen=True)
class Sight:
    """What there is to judge by: who is asked about, their session, and the time."""

    identity: str
    session: Session
    now: datetime


Doubt = tuple[Pattern, str]
"""What the session is instead of what the server lists it as, and why."""


def doubt(
    sight: Sight, changes: Iterable[Change], events: Sequence[SyncEvent]
) -> Doubt | None:
    """Say why the listed session is stuck or half-open; None if nothing shows it."""
    if sight.session.state in UNDER_WAY:
        return _stuck(sight)
    if sight.session.state != "active":
        return None
    words = (
        _ended(sight, changes)
        or _says_so_itself(sight, events)
        or _others_say_so(sight, events)
    )
    return (Pattern.HALF_OPEN, words) if words else None


def _stuck(sight: Sight) -> Doubt | None:
    began = sight.session.joined_at
    age = None if began is None else (sight.now - began).total_seconds()
    if age is None or age <= STUCK_AFTER:
        return None
    words = (
        f"The session is stuck in {sight.session.state} for {int(age)} s: signalling "
        "is up and data cannot flow. Look at the network path (firewall, TURN)."
    )
    return Pattern.STUCK, words


def _ended(sight: Sight, changes: Iterable[Change]) -> str:
    ends = [
        change.at
        for change in changes
        if change.sid == sight.session.sid and change.move in {"left", "aborted"}
    ]
    if not ends or sight.now - max(ends) < TOLD_BEFORE:
        return ""
    ago = int((sight.now - max(ends)).total_seconds())
    return (
        f"Half-open: the server told {ago} s ago that this session ended, and lists it "
        "as active still. End it, or look at the server."
    )


def _says_so_itself(sight: Sight, events: Sequence[SyncEvent]) -> str:
    told = [one for one in events if one.participant == sight.identity and one.state]
    last = max(told, key=lambda one: one.at, default=None)
    if last is None or last.state is ConnectionState.CONNECTED:
        return ""
    began = sight.session.joined_at
    ago = sight.now - last.at
    if began is None or began > last.at or not TOLD_BEFORE <= ago <= LATELY:
        return ""
    return (
        f"Half-open: the server lists the session as active, and the app said "
        f"{int(ago.total_seconds())} s ago that it is {last.state}."
    )


def _others_say_so(sight: Sight, events: Sequence[SyncEvent]) -> str:
    began = sight.session.joined_at
    if began is None:
        return ""
    devices = sorted({one.participant for one in events} - {sight.identity})
    missed = [
        device
        for device in devices
        if _misses(sight.identity, began, _by(device, events))
    ]
    if not missed:
        return ""
    count = "one device" if len(missed) == 1 else f"{len(missed)} devices"
    return (
        f"Half-open: the server lists the session as active, but {count} that joined "
        "later heard others of the room and nothing of this participant."
    )


def _by(device: str, events: Sequence[SyncEvent]) -> list[SyncEvent]:
    reported = (one for one in events if one.participant == device)
    return sorted(reported, key=lambda one: one.at)


def _misses(identity: str, began: datetime, ordered: Sequence[SyncEvent]) -> bool:
    """Say whether a device that began its sync heard others and not `identity`."""
    start = _last_start(ordered)
    if start is None or start < began + SETTLED:
        return False
    if ordered[-1].at < start + ANSWERED_WITHIN:
        return False
    heard = {
        one.peer
        for one in ordered
        if one.direction is Direction.INBOUND and one.at > start - BEFORE
    }
    return bool(heard - {None}) and identity not in heard


def _last_start(ordered: Sequence[SyncEvent]) -> datetime | None:
    """Return when the device last began its sync: a HANDSHAKE, then a SYNC_REQ."""
    asked = [
        one.at for one in ordered if one.is_(Direction.OUTBOUND, PacketType.SYNC_REQ)
    ]
    starts = (
        one.at
        for one in ordered
        if one.is_(Direction.OUTBOUND, PacketType.HANDSHAKE)
        and any(one.at <= at <= one.at + BEGINS_WITHIN for at in asked)
    )
    return max(starts, default=None)
