"""The participants of a room, looked at again and again, for what webhooks dropped."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from bot.cohrtz.presence import Sighting, Silence, unheard
from bot.world.rooms import Presence, Rooms
from bot.world.transitions import Move, Transition, Transitions

LOOK_BACK = timedelta(hours=1)
"""How far back the record is read to learn what webhooks have told."""


class RoomPoll:
    """Remembers who was in each room at its last look."""

    def __init__(
        self, rooms: Rooms, transitions: Transitions, now: Callable[[], datetime]
    ) -> None:
        """Look through `rooms`, and compare with the record in `transitions`."""
        self._rooms = rooms
        self._transitions = transitions
        self._now = now
        self._seen: dict[str, list[Sighting]] = {}

    async def look(self, room: str) -> list[Transition]:
        """Return what nobody told of: sessions SEEN active, or GONE.

        They are for the caller to record. The id is made of room, sid and move, so
        recording one twice is harmless. Raises what `Rooms.participants` raises, and
        then remembers nothing.
        """
        listed = await self._active(room)
        now = self._now()
        since = now - LOOK_BACK
        record = await self._transitions.recent(room, None, since)
        told = _moves(record)
        seen = self._seen.get(room, [])
        before = [*seen, *_never_ended(record, told)]
        _add_older(told, seen, since)
        self._remember(room, listed)
        found = unheard(before, listed, told)
        return [_transition(room, silence, now) for silence in found]

    async def _active(self, room: str) -> list[Sighting]:
        """List sessions that a `participant_joined` should have told of."""
        return [
            Sighting(person.sid, person.identity, person.joined_at)
            for person in await self._rooms.participants(room)
            if person.presence is Presence.ACTIVE
        ]

    def _remember(self, room: str, listed: list[Sighting]) -> None:
        if listed:
            self._seen[room] = listed
        else:
            self._seen.pop(room, None)


def _moves(record: Iterable[Transition]) -> dict[str, frozenset[str]]:
    told: dict[str, frozenset[str]] = {}
    for change in record:
        told[change.sid] = told.get(change.sid, frozenset()) | {change.move.value}
    return told


def _add_older(
    told: dict[str, frozenset[str]], seen: Iterable[Sighting], since: datetime
) -> None:
    """Count as told what we saw last time and the record no longer reaches."""
    for one in seen:
        if one.joined_at is not None and one.joined_at < since:
            told[one.sid] = told.get(one.sid, frozenset()) | {Move.SEEN.value}


def _never_ended(
    record: Sequence[Transition], told: dict[str, frozenset[str]]
) -> list[Sighting]:
    ends = {Move.LEFT.value, Move.ABORTED.value, Move.GONE.value}
    return [
        Sighting(change.sid, change.identity, change.joined_at)
        for change in record
        if not told[change.sid] & ends
    ]


def _transition(room: str, silence: Silence, now: datetime) -> Transition:
    session, move = silence.session, Move(silence.move)
    key = f"{room}\0{session.sid}\0{move}".encode("utf-8", "replace")
    began = session.joined_at if move is Move.SEEN else None
    return Transition(
        id=f"poll-{hashlib.sha256(key).hexdigest()[:32]}",
        room=room,
        identity=session.identity,
        sid=session.sid,
        move=move,
        at=began or now,
        source="poll",
        joined_at=session.joined_at,
    )
