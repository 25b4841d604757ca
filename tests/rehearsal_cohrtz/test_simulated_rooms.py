"""The rooms as a state machine: whatever people do, the webhooks tell a true story."""

import asyncio

from cohrtz_samples import ALICE, BOB
from hypothesis import given, settings
from hypothesis import strategies as st
from livekit.protocol.models import DisconnectReason

from rehearsal.cohrtz.pace import Pace
from rehearsal.cohrtz.rooms import Rooms
from rehearsal.cohrtz.sessions import OpenRoom, session_for
from rehearsal.cohrtz.verifier import Grants

ROOMS = ("one", "two")
PLACES = st.tuples(st.sampled_from(ROOMS), st.sampled_from((ALICE, BOB)))
STEPS = st.lists(
    st.tuples(st.sampled_from(("join", "half", "end", "delete", "wait")), PLACES),
    max_size=20,
)
TOLD = {"participant_joined", "participant_left", "participant_connection_aborted"}


class Story:
    """Plays steps and keeps what was told."""

    def __init__(self):
        self.happenings = []
        self.ended = []
        self.joined = []
        self.rooms = Rooms(Pace(10_000), self.happenings.append)

    async def play(self, steps):
        for step, (room, identity) in steps:
            await getattr(self, step)(room, identity)
            self.check()
        for session in [s for room in ROOMS for s in self.rooms.sessions(room)]:
            self.rooms.end(session.sid, DisconnectReason.CLIENT_INITIATED)
        await asyncio.sleep(0.01)

    async def join(self, room, identity, *, stuck=False):
        grants = Grants(identity, "", "standard", "", {"room": room, "roomJoin": True})
        new = self.rooms.join(session_for(grants), self.ended.append, stuck=stuck)
        self.joined.append(new.sid)

    async def half(self, room, identity):
        await self.join(room, identity, stuck=True)

    async def end(self, room, identity):
        session = self.rooms.session(room, identity)
        if session:
            self.rooms.end(session.sid, DisconnectReason.SIGNAL_CLOSE)

    async def delete(self, room, _identity):
        if self.rooms.room(room):
            self.rooms.delete(room)

    async def wait(self, _room, _identity):
        await asyncio.sleep(0.0005)

    def check(self):
        for room in ROOMS:
            identities = [s.identity for s in self.rooms.sessions(room)]
            assert len(identities) == len(set(identities))
            assert not identities or self.rooms.room(room)

    def told(self, sid):
        return [
            h.event
            for h in self.happenings
            if h.participant and h.participant.sid == sid
        ]


@settings(max_examples=30, deadline=None)
@given(STEPS)
def test_every_session_is_told_in_one_of_two_ways(steps):
    story = Story()
    asyncio.run(story.play(steps))
    for sid in story.joined:
        assert story.told(sid) in (
            ["participant_joined", "participant_left"],
            ["participant_connection_aborted"],
        )
    assert sorted(s.sid for s in story.ended) == sorted(story.joined)


@settings(max_examples=30, deadline=None)
@given(STEPS)
def test_rooms_start_and_finish_in_turn_and_all_close(steps):
    story = Story()
    asyncio.run(story.play(steps))
    for room in ROOMS:
        told = [
            h.event
            for h in story.happenings
            if h.room.name == room and h.event not in TOLD
        ]
        assert told == ["room_started", "room_finished"] * (len(told) // 2)
    assert not story.rooms.open_rooms()


async def test_an_empty_room_closes_after_its_own_time():
    story = Story()
    story.rooms.create(OpenRoom("one", empty_timeout=10))
    assert story.rooms.room("one")
    await asyncio.sleep(0.02)
    assert story.rooms.room("one") is None


async def test_a_room_that_is_entered_in_time_stays_open():
    story = Story()
    story.rooms.create(OpenRoom("one", empty_timeout=10))
    await story.join("one", ALICE)
    await asyncio.sleep(0.02)
    assert story.rooms.room("one")
    story.rooms.stop()


async def test_a_session_that_has_ended_cannot_end_again():
    story = Story()
    await story.join("one", ALICE)
    for _ in range(2):
        story.rooms.end(story.joined[0], DisconnectReason.SIGNAL_CLOSE)
    assert story.told(story.joined[0]) == ["participant_connection_aborted"]
    story.rooms.stop()


async def test_a_dependent_session_alone_does_not_keep_a_room_open():
    story = Story()
    await story.join("one", ALICE)
    grants = Grants("probe", "", "agent", "", {"room": "one", "roomJoin": True})
    story.rooms.join(session_for(grants), story.ended.append)
    await story.end("one", ALICE)
    await asyncio.sleep(0.02)
    assert story.rooms.room("one") is None
    assert story.ended[-1].reason == DisconnectReason.ROOM_CLOSED
