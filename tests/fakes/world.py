"""A world in memory: rooms, a token endpoint and a record that tests can arrange."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.cohrtz.diagnostics import DiagnosticKind, Direction, PacketType, SyncEvent
from bot.core.artefact import Artefact
from bot.errors import WorldError
from bot.world import World
from bot.world.diagnostics import Recent
from bot.world.probe import Ended, Watched
from bot.world.rooms import NotThere, Participant, Presence, Room
from bot.world.tokens import Acceptance, Spelling, TokenAnswer, Trouble
from bot.world.transitions import Move, Transition

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROOM = "0195b2f0-0000-7000-8000-000000000000"
ALICE = "user:0195b2f0-0000-7000-8000-00000000a11c"
ACCEPTED = Acceptance(accepted=True, reason="")
NOTHING_HEARD = Watched((), 8.0, 0, Ended.TIME)
BOB = "user:0195b2f0-0000-7000-8000-000000000b0b"


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class FakeRooms:
    """Rooms that are dictionaries; `fails` is raised by every call while it is set."""

    open: dict[str, dict[str, Participant]] = field(default_factory=dict)
    fails: WorldError | None = None
    removed: list[tuple[str, str]] = field(default_factory=list)
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    before_remove: Callable[[], None] = lambda: None
    before_send: Callable[[], None] = lambda: None

    def put(
        self,
        identity: str,
        *,
        room: str = ROOM,
        sid: str = "PA_1",
        presence: Presence = Presence.ACTIVE,
        joined_at: datetime | None = NOON - timedelta(minutes=5),
        hidden: bool = False,
    ) -> Participant:
        """Let someone into a room, which opens with the first."""
        person = Participant(identity, sid, presence, joined_at, hidden)
        self.open.setdefault(room, {})[identity] = person
        return person

    def drop(self, identity: str, *, room: str = ROOM) -> None:
        """Let someone's session end; the room stays open."""
        self.open[room].pop(identity)

    async def rooms(self, names: Sequence[str] = ()) -> Sequence[Room]:
        self._fail()
        return [
            Room(name, f"RM_{name}", len(people), NOON)
            for name, people in self.open.items()
            if not names or name in names
        ]

    async def participants(self, room: str) -> Sequence[Participant]:
        self._fail()
        return list(self.open.get(room, {}).values())

    async def participant(self, room: str, identity: str) -> Participant | None:
        self._fail()
        return self.open.get(room, {}).get(identity)

    async def remove(self, room: str, identity: str) -> None:
        self._fail()
        self.before_remove()
        if self.open.get(room, {}).pop(identity, None) is None:
            raise NotThere(f"{identity} is not in {room}.")
        self.removed.append((room, identity))

    async def send(self, room: str, payload: bytes) -> None:
        self._fail()
        self.before_send()
        self.sent.append((room, payload))

    def _fail(self) -> None:
        if self.fails is not None:
            raise self.fails


@dataclass
class FakeTokens:
    """An endpoint that gives what `answer` makes of (room, identity, spelling)."""

    answer: Callable[[str, str, Spelling], TokenAnswer]
    acceptance: Acceptance = ACCEPTED
    asked: list[tuple[str, str, Spelling]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    async def fetch(self, room: str, identity: str, spelling: Spelling) -> TokenAnswer:
        self.asked.append((room, identity, spelling))
        return self.answer(room, identity, spelling)

    async def accepts(self, token: str) -> Acceptance:
        self.shown.append(token)
        return self.acceptance


@dataclass
class FakeTransitions:
    """A record that is a list."""

    record: list[Transition] = field(default_factory=list)

    def put(
        self,
        move: Move,
        sid: str,
        at: datetime,
        *,
        identity: str = ALICE,
        room: str = ROOM,
        reason: str = "",
        source: str = "webhook",
        joined_at: datetime | None = None,
    ) -> Transition:
        """Record a move."""
        told = Transition(
            id=f"EV_{len(self.record)}",
            room=room,
            identity=identity,
            sid=sid,
            move=move,
            reason=reason,
            at=at,
            source=source,
            joined_at=joined_at,
        )
        self.record.append(told)
        return told

    async def recent(
        self, room: str, identity: str | None, since: datetime
    ) -> Sequence[Transition]:
        return sorted(
            (
                told
                for told in self.record
                if told.room == room
                and identity in (None, told.identity)
                and told.at >= since
            ),
            key=lambda told: told.at,
        )


@dataclass
class FakeDiagnostics:
    """Rings that are lists; `fails` is raised by every look while it is set."""

    rings: dict[str, list[SyncEvent]] = field(default_factory=dict)
    unreadable: int = 0
    fails: WorldError | None = None

    def put(
        self,
        direction: Direction,
        packet: PacketType | None,
        at: datetime,
        *,
        room: str = ROOM,
        by: str = ALICE,
        **more: object,
    ) -> SyncEvent:
        """Let a device report a packet."""
        kinds = {PacketType.DATA_CHUNK: "data", PacketType.HANDSHAKE: "handshake"}
        kind = DiagnosticKind(kinds.get(packet, "sync"))
        values = {"kind": kind, "direction": direction, "packet": packet} | more
        event = SyncEvent(at=at, participant=by, **values)
        self.rings.setdefault(room, []).append(event)
        return event

    async def recent(self, room: str, since: datetime) -> Recent:
        if self.fails is not None:
            raise self.fails
        events = [one for one in self.rings.get(room, []) if one.at >= since]
        return Recent(sorted(events, key=lambda one: one.at), self.unreadable)


@dataclass
class FakeArtefacts:
    """Files that were read, by incident."""

    read: dict[str, list[Artefact]] = field(default_factory=dict)

    async def of(self, incident: str) -> Sequence[Artefact]:
        return self.read.get(incident, [])


@dataclass
class FakeProbe:
    """A probe that heard what `heard` says, or could not listen because of `none`."""

    heard: Watched = NOTHING_HEARD
    none: WorldError | None = None
    asked: list[tuple[str, float]] = field(default_factory=list)

    async def watch(self, room: str, seconds: float) -> Watched:
        self.asked.append((room, seconds))
        if self.none is not None:
            raise self.none
        return self.heard


def answered(
    body: bytes,
    *,
    status: int = 200,
    content_type: str = "application/json",
    asked_at: datetime = NOON,
    server_time: datetime | None = NOON,
    took: float = 0.1,
) -> TokenAnswer:
    """Make an answer that came."""
    return TokenAnswer(None, status, content_type, body, server_time, asked_at, took)


def unanswered(trouble: Trouble, *, took: float = 10.0) -> TokenAnswer:
    """Make an answer that did not come."""
    return TokenAnswer(trouble, None, "", b"", None, NOON, took)


def world(
    *,
    rooms: FakeRooms | None = None,
    tokens: FakeTokens | None = None,
    transitions: FakeTransitions | None = None,
    diagnostics: FakeDiagnostics | None = None,
    probe: FakeProbe | None = None,
    clock: Callable[[], datetime] | None = None,
    artefacts: FakeArtefacts | None = None,
) -> World:
    """Join the parts that a test cares about; the rest is empty."""
    return World(
        rooms=rooms or FakeRooms(),
        tokens=tokens or FakeTokens(lambda *_: unanswered(Trouble.UNREACHABLE)),
        transitions=transitions or FakeTransitions(),
        diagnostics=diagnostics or FakeDiagnostics(),
        probe=probe or FakeProbe(),
        now=clock or FakeClock(),
        artefacts=artefacts or FakeArtefacts(),
    )
