"""What every check must keep to, whatever it looks at."""

import inspect
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

import bot.checks
from bot.checks import CHECKS, ON_REQUEST
from bot.cohrtz.diagnostics import Direction, PacketType
from bot.core.evidence import Verdict
from bot.world.diagnostics import DiagnosticsOff
from bot.world.probe import Captured, Ended, Watched
from bot.world.rooms import RoomsUnreachable
from bot.world.tokens import Spelling, Trouble
from bot.world.transitions import Move
from rehearsal.cohrtz.wire import Kind, Packet, encode, sign
from tests.fakes.held_files import HEALTHY, INCIDENT
from tests.fakes.tokens import body, claims, signed
from tests.fakes.world import (
    ALICE,
    BOB,
    NOON,
    ROOM,
    FakeDiagnostics,
    FakeProbe,
    FakeRooms,
    FakeTokens,
    FakeTransitions,
    answered,
    unanswered,
    world,
)

EVERY = pytest.mark.parametrize("name", list(CHECKS))
TOKEN = signed(claims())


def packet():
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    chunk = Packet(Kind.DATA_CHUNK, sender_id=ALICE, payload=bytes(90), encrypted=True)
    return Captured(encode(sign(chunk, key)), NOON, ALICE)


def good():
    rooms, transitions = FakeRooms(), FakeTransitions()
    rooms.put(ALICE)
    rooms.put(BOB)
    transitions.put(Move.JOINED, "PA_1", NOON)
    tokens = FakeTokens(lambda *_: answered(body(TOKEN)))
    diagnostics = FakeDiagnostics()
    diagnostics.put(Direction.OUTBOUND, PacketType.SYNC_REQ, NOON)
    diagnostics.put(Direction.INBOUND, PacketType.DATA_CHUNK, NOON, peer=BOB)
    return world(
        rooms=rooms,
        tokens=tokens,
        transitions=transitions,
        diagnostics=diagnostics,
        artefacts=HEALTHY,
        probe=FakeProbe(Watched((packet(),), 8.0, 0, Ended.TIME)),
    )


def broken():
    rooms = FakeRooms(fails=RoomsUnreachable("The server does not answer."))
    tokens = FakeTokens(lambda *_: unanswered(Trouble.TIMEOUT))
    off = FakeDiagnostics(fails=DiagnosticsOff("No key is set."))
    deaf = FakeProbe(none=rooms.fails)
    return world(rooms=rooms, tokens=tokens, diagnostics=off, probe=deaf)


async def look(name, at, **params):
    check = CHECKS[name]
    incident = {"incident": INCIDENT} if _takes(check, "incident") else {}
    told = {name: value for name, value in params.items() if _takes(check, name)}
    return await check.run(check.Params(**told, **incident), at)


def _takes(check, name):
    return name in check.Params.model_fields


def test_the_registry_has_every_module_under_its_own_name():
    folder = Path(bot.checks.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "shape"}
    assert {name.replace("-", "_") for name in CHECKS} == modules


@EVERY
def test_its_first_line_is_the_question_that_it_answers(name):
    assert inspect.getdoc(CHECKS[name]).splitlines()[0].endswith("?")


@EVERY
def test_its_title_has_three_to_six_words(name):
    assert 3 <= len(CHECKS[name].TITLE.split()) <= 6


@EVERY
def test_its_file_stays_within_sixty_lines(name):
    assert len(inspect.getsource(CHECKS[name]).splitlines()) <= 60


@EVERY
def test_parameters_that_it_does_not_know_are_refused(name):
    with pytest.raises(ValidationError):
        CHECKS[name].Params(room=ROOM, romm=ROOM)


@EVERY
async def test_in_a_healthy_world_all_is_ok(name):
    finding = await look(name, good(), room=ROOM, identity=ALICE)
    assert finding.verdict is Verdict.OK


@EVERY
@pytest.mark.parametrize("make", [good, broken])
@pytest.mark.parametrize("identity", [ALICE, None])
async def test_it_yields_only_facts_that_it_declares(name, make, identity):
    finding = await look(name, make(), room=ROOM, identity=identity)
    assert set(finding.facts) <= set(CHECKS[name].FACTS)


@EVERY
async def test_in_a_broken_world_nothing_is_ok(name):
    finding = await look(name, broken(), room=ROOM, identity=ALICE)
    assert finding.verdict is not Verdict.OK


@EVERY
async def test_no_finding_ever_holds_a_token(name):
    finding = await look(name, good(), room=ROOM, identity=ALICE)
    assert not any(part in repr(finding) for part in TOKEN.split("."))


@pytest.mark.parametrize(
    "name", ["token-binding", "participant-connected", "participant-history"]
)
@pytest.mark.parametrize("identity", [None, ""])
async def test_without_a_participant_it_says_that_none_was_given(name, identity):
    finding = await look(name, good(), room=ROOM, identity=identity)
    assert finding.verdict is Verdict.UNKNOWN
    assert "no participant was given" in finding.headline
    assert not finding.facts


@pytest.mark.parametrize(
    "name", ["token-endpoint", "server-accepts-token", "clock-skew"]
)
async def test_without_a_participant_a_synthetic_one_asks(name):
    tokens = FakeTokens(lambda *_: answered(body(TOKEN)))
    finding = await look(name, world(tokens=tokens), room=ROOM)
    assert finding.verdict is Verdict.OK
    assert {who for _, who, _ in tokens.asked} == {"triage-probe"}
    assert Spelling.RAW in {spelling for *_, spelling in tokens.asked}


def test_what_is_offered_on_request_is_a_check_that_no_incident_runs_by_itself():
    assert all(not CHECKS[name].ON_OPEN for name in ON_REQUEST)


def test_the_offer_to_listen_says_how_long_it_takes():
    seconds = CHECKS["room-packets"].Params(room="r").seconds
    offer = ON_REQUEST["room-packets"]
    assert f"({seconds:g} s)" in offer.button
    assert f"for {seconds:g} s" in offer.words
