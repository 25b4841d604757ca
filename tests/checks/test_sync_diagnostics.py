from datetime import timedelta

import pytest

from bot.checks import sync_diagnostics
from bot.cohrtz.diagnostics import Direction, PacketType
from bot.core.evidence import Verdict
from bot.world.diagnostics import DiagnosticsOff
from tests.fakes.world import ALICE, BOB, NOON, ROOM, FakeDiagnostics, world


@pytest.fixture
def rings():
    return FakeDiagnostics()


def answered(rings, ago=60):
    asked = NOON - timedelta(seconds=ago)
    rings.put(Direction.OUTBOUND, PacketType.SYNC_REQ, asked)
    rings.put(Direction.INBOUND, PacketType.DATA_CHUNK, asked, peer=BOB)


async def look(rings, identity=ALICE):
    params = sync_diagnostics.Params(room=ROOM, identity=identity)
    return await sync_diagnostics.run(params, world(diagnostics=rings))


async def test_an_answered_request_is_ok(rings):
    answered(rings)
    assert (await look(rings)).verdict is Verdict.OK


async def test_without_diagnostics_it_is_unknown_and_says_why(rings):
    assert "came in" in (await look(rings)).headline
    off = FakeDiagnostics(fails=DiagnosticsOff("TRIAGE_DATA_KEY is not set."))
    finding = await look(off)
    assert finding.verdict is Verdict.UNKNOWN
    assert "TRIAGE_DATA_KEY" in finding.headline
    assert not finding.facts


async def test_what_is_long_past_is_not_looked_at(rings):
    answered(rings, ago=31 * 60)
    assert (await look(rings)).verdict is Verdict.UNKNOWN


async def test_without_a_participant_all_devices_are_asked(rings):
    answered(rings)
    assert (await look(rings, identity=None)).facts["diagnostics.participants"] == 1


async def test_what_cannot_be_unsealed_keeps_it_from_being_ok(rings):
    answered(rings)
    rings.unreadable = 2
    finding = await look(rings)
    assert finding.verdict is Verdict.UNKNOWN
    assert "2 batches that are kept do not open" in finding.headline
