from datetime import timedelta

import pytest

from bot.cohrtz.diagnostics import (
    ConnectionState,
    DiagnosticKind,
    Direction,
    PacketType,
)
from bot.cohrtz.halfopen import Sight, doubt
from bot.cohrtz.history import trace
from bot.cohrtz.patterns import Pattern
from bot.cohrtz.sessions import Session
from bot.core.evidence import Verdict
from bot.world.transitions import Move
from tests.fakes.world import ALICE, BOB, NOON, ROOM, FakeDiagnostics, FakeTransitions

CAROL = "user:carol"
IN, OUT = Direction.INBOUND, Direction.OUTBOUND
HELLO, REQ, DATA = PacketType.HANDSHAKE, PacketType.SYNC_REQ, PacketType.DATA_CHUNK


def ago(seconds):
    return NOON - timedelta(seconds=seconds)


LONG_AGO = ago(300)


def sight(state="active", began=LONG_AGO, sid="PA_1"):
    return Sight(ALICE, Session(sid, state, began), NOON)


def reported(*rows):
    """Record packets written as (seconds ago, direction, type, peer, device)."""
    rings = FakeDiagnostics()
    for second, way, packet, peer, by in rows:
        rings.put(way, packet, ago(second), peer=peer, by=by)
    return rings.rings.get(ROOM, [])


def said(seconds, state, by=ALICE):
    rings = FakeDiagnostics()
    event = rings.put(
        Direction.LOCAL,
        None,
        ago(seconds),
        by=by,
        kind=DiagnosticKind.CONNECTION,
        state=ConnectionState(state),
    )
    return [event]


def ended(seconds, move=Move.LEFT, sid="PA_1"):
    record = FakeTransitions()
    record.put(move, sid, ago(seconds), reason="signal-close")
    return record.record


def is_half_open(why):
    return why is not None and why[0] is Pattern.HALF_OPEN


# Bob joins 100 s ago, begins his sync, and hears Carol but not Alice.
JOINED = (
    (100, OUT, HELLO, None, BOB),
    (99, OUT, REQ, None, BOB),
    (101, IN, HELLO, CAROL, BOB),
    (20, IN, DATA, CAROL, BOB),
)


def test_a_session_that_never_became_active_is_stuck_after_ten_seconds():
    for state in ("joining", "joined"):
        pattern, words = doubt(sight(state, ago(11)), [], [])
        assert pattern is Pattern.STUCK
        assert f"{state} for 11 s" in words
        assert doubt(sight(state, ago(10)), [], []) is None
        assert doubt(sight(state, None), [], []) is None


def test_a_quiet_active_session_is_not_doubted():
    assert doubt(sight(), [], []) is None


@pytest.mark.parametrize("move", [Move.LEFT, Move.ABORTED])
def test_a_session_that_is_listed_after_its_end_was_told_is_half_open(move):
    why = doubt(sight(), ended(45, move), [])
    assert is_half_open(why)
    assert "told 45 s ago" in why[1]


def test_the_list_may_be_late_and_the_poll_may_err():
    assert doubt(sight(), ended(29), []) is None
    assert doubt(sight(), ended(45, Move.GONE), []) is None
    assert doubt(sight(), ended(45, sid="PA_0"), []) is None


@pytest.mark.parametrize("state", ["disconnected", "connecting", "reconnecting"])
def test_an_app_that_says_it_is_not_connected_makes_it_half_open(state):
    why = doubt(sight(), [], said(40, state))
    assert is_half_open(why)
    assert f"40 s ago that it is {state}" in why[1]


def test_an_app_that_came_back_or_said_so_long_ago_does_not():
    lost = said(60, "reconnecting")
    assert doubt(sight(), [], [*lost, *said(50, "connected")]) is None
    assert doubt(sight(began=ago(30)), [], lost) is None
    assert doubt(sight(began=ago(9000)), [], said(601, "disconnected")) is None
    assert doubt(sight(), [], said(29, "disconnected")) is None
    assert doubt(sight(), [], said(40, "disconnected", by=BOB)) is None
    assert doubt(sight(began=None), [], lost) is None


def test_who_is_not_heard_by_a_device_that_joined_and_hears_others_is_half_open():
    why = doubt(sight(), [], reported(*JOINED))
    assert is_half_open(why)
    assert "one device that joined later" in why[1]


@pytest.mark.parametrize(
    ("rows", "began"),
    [
        ((*JOINED, (90, IN, HELLO, ALICE, BOB)), ago(300)),
        ((*JOINED, (30, IN, DATA, ALICE, BOB)), ago(300)),
        (JOINED, ago(159)),
        (JOINED, None),
        (JOINED[:2], ago(300)),
        ((*JOINED[:2], (20, IN, DATA, None, BOB)), ago(300)),
        (JOINED[:3], ago(300)),
        ((JOINED[0], *JOINED[2:]), ago(300)),
        (JOINED[1:], ago(300)),
    ],
    ids=[
        "its handshake came",
        "other packets came later",
        "it was not settled when the device joined",
        "it is not told since when it is there",
        "the device hears nobody",
        "the device does not say whom it hears",
        "the device did not listen for long",
        "it did not begin a sync",
        "it did not announce itself",
    ],
)
def test_silence_is_no_proof_if(rows, began):
    assert doubt(sight(began=began), [], reported(*rows)) is None


def test_what_is_no_session_is_not_doubted():
    assert doubt(sight("disconnected"), ended(45), reported(*JOINED)) is None


def test_a_doubted_session_gives_the_pattern_its_words():
    why = (Pattern.HALF_OPEN, "Half-open: so it is.")
    seen = trace([], present=True, doubt=why)
    assert (seen.pattern, seen.verdict) == (Pattern.HALF_OPEN, Verdict.BAD)
    assert seen.words == "Half-open: so it is."
