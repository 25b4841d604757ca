from datetime import timedelta

import pytest

from bot.checks import participant_connected, participant_history
from bot.core.evidence import Verdict
from bot.world.diagnostics import DiagnosticsOff
from bot.world.rooms import Presence, RoomsUnreachable
from bot.world.transitions import Move
from tests.fakes.world import (
    ALICE,
    BOB,
    NOON,
    ROOM,
    FakeDiagnostics,
    FakeRooms,
    FakeTransitions,
    world,
)

BEGAN = NOON - timedelta(seconds=20)


def with_alice(presence=Presence.ACTIVE, sid="PA_2"):
    rooms = FakeRooms()
    rooms.put(ALICE, sid=sid, presence=presence, joined_at=BEGAN)
    return rooms


async def connected(rooms, **asked):
    params = participant_connected.Params(room=ROOM, identity=ALICE, **asked)
    return await participant_connected.run(params, world(rooms=rooms))


async def test_an_active_participant_is_ok_with_all_facts():
    finding = await connected(with_alice())
    assert finding.verdict is Verdict.OK
    assert finding.facts == {
        "room.participant_state": "active",
        "room.participant_sid": "PA_2",
        "room.participant_age_s": 20,
    }


async def test_an_absent_participant_is_bad():
    finding = await connected(FakeRooms())
    assert finding.verdict is Verdict.BAD
    assert finding.facts == {"room.participant_state": "absent"}


@pytest.mark.parametrize("presence", [Presence.JOINING, Presence.JOINED])
async def test_a_stuck_session_is_bad_and_says_for_how_long(presence):
    finding = await connected(with_alice(presence))
    assert finding.verdict is Verdict.BAD
    assert finding.facts["room.participant_state"] == presence
    assert "for 20 s" in finding.headline


@pytest.mark.parametrize(
    ("sid", "verdict", "fresh"),
    [("PA_2", Verdict.OK, True), ("PA_1", Verdict.BAD, False)],
)
async def test_the_verify_of_a_reconnect_wants_another_session(sid, verdict, fresh):
    asked = {"not_sid": "PA_1", "after": (BEGAN - timedelta(minutes=5)).isoformat()}
    finding = await connected(with_alice(sid=sid), **asked)
    assert finding.verdict is verdict
    assert finding.facts["room.fresh_session"] is fresh


async def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="timezone"):
        participant_connected.Params(room=ROOM, after="2026-03-01T12:00:00")


async def test_an_unreachable_server_leaves_it_unknown():
    rooms = FakeRooms(fails=RoomsUnreachable("No answer in 5 s."))
    finding = await connected(rooms)
    assert finding.verdict is Verdict.UNKNOWN
    assert "No answer in 5 s." in finding.headline


async def history(record, rooms):
    params = participant_history.Params(room=ROOM, identity=ALICE)
    return await participant_history.run(params, world(rooms=rooms, transitions=record))


def flapping(identity):
    record = FakeTransitions()
    for number in range(4):
        at = NOON - timedelta(seconds=100 - 20 * number)
        record.put(Move.JOINED, f"PA_{number}", at, identity=identity)
        record.put(
            Move.LEFT,
            f"PA_{number}",
            at + timedelta(seconds=20),
            identity=identity,
            reason="duplicate-identity",
        )
    return record


async def test_two_devices_are_told_with_what_to_do():
    finding = await history(flapping(ALICE), with_alice())
    assert finding.verdict is Verdict.BAD
    assert "Tokens are fine" in finding.headline
    assert finding.facts == {
        "participant.pattern": "duplicate-identity",
        "participant.joins": 4,
        "participant.leaves": 4,
        "participant.aborts": 0,
        "participant.sessions": 4,
    }


async def test_what_others_do_and_what_is_long_past_does_not_count():
    record = flapping(BOB)
    for move in (Move.JOINED, Move.LEFT):
        record.put(move, "PA_0", NOON - timedelta(minutes=11))
    finding = await history(record, with_alice())
    assert finding.verdict is Verdict.OK
    assert finding.facts["participant.pattern"] == "steady"
    assert finding.facts["participant.sessions"] == 0


async def test_an_unreachable_server_does_not_hide_what_was_recorded():
    down = FakeRooms(fails=RoomsUnreachable("No answer in 5 s."))
    told = await history(flapping(ALICE), down)
    assert told.facts["participant.pattern"] == "duplicate-identity"
    silent = await history(FakeTransitions(), down)
    assert silent.verdict is Verdict.UNKNOWN
    assert "could not be seen" in silent.headline


async def seen(record, rooms, rings=None):
    params = participant_history.Params(room=ROOM, identity=ALICE)
    at = world(rooms=rooms, transitions=record, diagnostics=rings)
    return await participant_history.run(params, at)


async def test_half_open_is_told_from_stuck():
    record = FakeTransitions()
    record.put(Move.LEFT, "PA_2", NOON - timedelta(seconds=60), reason="signal-close")
    listed = await seen(record, with_alice())
    assert listed.verdict is Verdict.BAD
    assert listed.facts["participant.pattern"] == "half-open"
    stuck = await seen(FakeTransitions(), with_alice(Presence.JOINED))
    assert stuck.facts["participant.pattern"] == "stuck"
    assert "for 20 s" in stuck.headline


async def test_without_diagnostics_the_record_and_the_server_are_left():
    off = FakeDiagnostics(fails=DiagnosticsOff("No key is set."))
    finding = await seen(FakeTransitions(), with_alice(), off)
    assert finding.facts["participant.pattern"] == "steady"
