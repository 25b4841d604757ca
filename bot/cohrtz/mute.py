"""Who is listed as active and did not answer when all were asked for their keys.

The rule. While we listened, all apps were asked to announce their keys (an empty
HANDSHAKE, by `announce-handshakes` or by an app that joined); each answers at once. At
least one other participant did, by a HANDSHAKE with keys, and we went on listening for
ANSWERED_WITHIN. Whoever the server lists as active, had listed for SETTLED before that,
and who sent nothing since, is *mute*: the session is half-open, or the app hangs.

Nobody's silence counts without such a request, for an app in which nobody does anything
sends nothing; nor where packets were missed, nor of whom the server does not name.
Source: cohrtz_app at 6470ae3, its handshake handler; the thresholds are ours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.cohrtz.packets import Packet, Sighting
from bot.cohrtz.packets.message import HANDSHAKE
from bot.core.evidence import Value

ANSWERED_WITHIN = 5.0
"""Seconds; an app that is busy answers within one."""
SETTLED = timedelta(minutes=1)
FACTS = {
    "probe.asked": "whether all were asked for their keys while it was listened",
    "probe.answered": "participants who sent anything after that",
    "probe.mute": "participants listed as active who did not, though others did",
}
NAMED = 3
"""Identities that a sentence can bear."""


class Listed(Protocol):
    """What is read of a participant; bot.world.rooms.Participant has it."""

    @property
    def identity(self) -> str:
        """Who it is."""
        ...

    @property
    def presence(self) -> str:
        """How the server lists the session, as `active`."""
        ...

    @property
    def joined_at(self) -> datetime | None:
        """Since when."""
        ...

    @property
    def hidden(self) -> bool:
        """Whether the others cannot see them."""
        ...


@dataclass(frozen=True)
class Answers:
    """Who answered a request that all heard, and who did not."""

    answered: frozenset[str]
    mute: tuple[str, ...]

    @property
    def words(self) -> str:
        """Say who is mute; empty if nobody is."""
        if not self.mute:
            return ""
        more = f" and {len(self.mute) - NAMED} more" if len(self.mute) > NAMED else ""
        return (
            f"Half-open: the server lists {', '.join(self.mute[:NAMED])}{more} as "
            f"active, and of all who were asked for their keys {len(self.answered)} "
            "answered and they said nothing."
        )


@dataclass(frozen=True)
class Limit:
    """Until when it was listened, and how many times faster than in life apps run."""

    ended: datetime | None
    """None where that is not known: then nobody's silence counts."""
    pace: float = 1.0


def answers(
    heard: Sequence[Sighting], listed: Iterable[Listed], limit: Limit
) -> Answers | None:
    """Return who answered; None if nobody asked, or it cannot be told by now.

    `heard` is what was heard, in its order; `listed` are those in the room afterwards.
    """
    asked = next((one.at for one in heard if _asks(one)), None)
    enough = ANSWERED_WITHIN / limit.pace
    if asked is None or limit.ended is None:
        return None
    if limit.ended.timestamp() < asked + enough:
        return None
    since = [one for one in heard if one.at is not None and one.at >= asked]
    spoke = {one.sfu_identity for one in since if one.sfu_identity}
    if not any(_announces(one) for one in since):
        return None
    before = datetime.fromtimestamp(asked, limit.ended.tzinfo) - SETTLED / limit.pace
    silent = [
        one.identity
        for one in listed
        if _is_settled(one, before) and one.identity not in spoke
    ]
    return Answers(frozenset(spoke), tuple(sorted(silent)))


def facts(heard: Iterable[Sighting], told: Answers | None) -> dict[str, Value]:
    """Return the facts; who answered only where that can be told."""
    asked: dict[str, Value] = {"probe.asked": any(map(_asks, heard))}
    if told is None:
        return asked
    who = {"probe.answered": len(told.answered), "probe.mute": len(told.mute)}
    return asked | who


def _is_settled(one: Listed, before: datetime) -> bool:
    if one.hidden or one.presence != "active" or one.joined_at is None:
        return False
    return one.joined_at <= before


def _asks(one: Sighting) -> bool:
    said = one.packet
    if not isinstance(said, Packet) or one.at is None:
        return False
    return said.type == HANDSHAKE and not said.payload


def _announces(one: Sighting) -> bool:
    said = one.packet
    return isinstance(said, Packet) and said.type == HANDSHAKE and bool(said.payload)
