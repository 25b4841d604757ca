"""Each check and the action against the simulated deployment, over the true wires."""

import pytest
from livekit import api

from bot.actions import reconnect_participant
from bot.checks import CHECKS
from bot.cohrtz.diagnostics import Direction, PacketType
from bot.core.evidence import Verdict
from bot.world.rooms import RoomsUnreachable
from tests.fakes.stage import now, staging
from tests.fakes.world import ALICE, BOB, ROOM, FakeDiagnostics

ACTIVE = api.ParticipantInfo.ACTIVE
OK, BAD, UNKNOWN = Verdict


def answered():
    """Let Alice's device report that it asked and was answered."""
    rings = FakeDiagnostics()
    rings.put(Direction.OUTBOUND, PacketType.SYNC_REQ, now())
    rings.put(Direction.INBOUND, PacketType.DATA_CHUNK, now(), peer=BOB)
    return rings


@pytest.fixture
async def stage():
    async with staging(rings=answered()) as made:
        yield made


async def everybody_in(stage):
    for peer in stage.deployment.peers.values():
        await peer.connect()
    await stage.told(2)


async def test_in_a_healthy_deployment_every_check_is_ok(stage):
    await everybody_in(stage)
    opening = [name for name, check in CHECKS.items() if check.ON_OPEN]
    findings = {name: await stage.look(name) for name in opening}
    assert {finding.verdict for finding in findings.values()} == {OK}
    assert findings["room-occupied"].facts["room.active"] == 2
    assert findings["participant-history"].facts["participant.pattern"] == "came-once"


@pytest.mark.parametrize(
    ("fault", "how", "status"),
    [
        ("token.refused", {}, "unreachable"),
        ("token.reset", {}, "unreachable"),
        ("token.hanging", {}, "timeout"),
        ("token.status-500", {"text": "no"}, "http-error"),
        ("token.status-429", {}, "http-error"),
        ("token.status-502", {}, "http-error"),
        ("token.html", {}, "html"),
        ("token.no-token", {}, "no-token"),
        ("token.null", {}, "no-token"),
        ("token.expired", {}, "expired"),
        ("token.float-exp", {}, "malformed"),
        ("token.missing-iss", {}, "malformed"),
        ("token.clock-skew", {"seconds": 300}, "not-yet-valid"),
        ("token.old-secret", {}, "ok"),
        ("token.wrong-identity", {}, "ok"),
        ("token.missing-grant", {}, "ok"),
    ],
)
async def test_the_endpoints_fault_is_named(stage, fault, how, status):
    stage.break_it(fault, **how)
    finding = await stage.look("token-endpoint")
    assert finding.facts["token.status"] == status
    assert finding.verdict is (OK if status == "ok" else BAD)


@pytest.mark.parametrize(
    ("fault", "problems"),
    [
        ("token.wrong-identity", "other-identity"),
        ("token.wrong-room", "other-room"),
        ("token.missing-grant", "no-room-join"),
        ("token.expired", "expired"),
        ("token.float-exp", "exp-not-integer"),
        ("token.missing-iss", "no-issuer"),
    ],
)
async def test_what_does_not_fit_in_the_token_is_named(stage, fault, problems):
    stage.faults.set(fault)
    finding = await stage.look("token-binding")
    assert finding.verdict is BAD
    assert finding.facts["token.problems"] == problems


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        (["token.old-secret"], "cryptographic primitive"),
        (["livekit.secret-rotated"], "cryptographic primitive"),
        (["token.expired"], "expired"),
        (["token.missing-iss"], "invalid API key"),
        (["token.missing-grant"], "permissions denied"),
        (["livekit.echoes-token", "token.old-secret"], ""),
    ],
)
async def test_the_servers_refusal_comes_without_the_token(stage, faults, words):
    for fault in faults:
        stage.faults.set(fault)
    finding = await stage.look("server-accepts-token")
    assert finding.verdict is BAD
    assert words in finding.facts["token.refusal"]
    assert "eyJ" not in repr(finding)


@pytest.mark.parametrize(
    "fault",
    [
        "livekit.refused",
        "livekit.reset",
        "livekit.hanging",
        "livekit.status-500",
        "livekit.status-429",
        "livekit.status-502",
        "livekit.html",
        "livekit.secret-rotated",
    ],
)
@pytest.mark.parametrize("name", ["room-occupied", "participant-connected"])
async def test_a_server_that_does_not_let_us_look_is_unknown(stage, fault, name):
    stage.break_it(fault)
    finding = await stage.look(name)
    assert finding.verdict is UNKNOWN
    assert not finding.facts


@pytest.mark.parametrize("seconds", [300, -300])
async def test_a_clock_that_is_off_is_measured(stage, seconds):
    stage.faults.set("token.clock-skew", seconds=seconds)
    finding = await stage.look("clock-skew")
    assert finding.verdict is BAD
    assert finding.facts["skew.endpoint_s"] == pytest.approx(seconds, abs=2.5)
    assert finding.facts["skew.token_s"] == pytest.approx(seconds, abs=2.5)


async def test_a_stale_cache_is_not_taken_for_a_slow_clock(stage):
    stage.faults.set("token.expired")
    finding = await stage.look("clock-skew")
    assert finding.verdict is OK
    assert "cache" in finding.headline


async def test_an_ampersand_in_the_rooms_name_is_found_out(stage):
    finding = await stage.look("token-endpoint", room="R&D")
    assert finding.facts["token.spelling_matters"] is True
    assert finding.verdict is BAD


async def test_a_session_that_came_half_way_is_stuck_not_active(stage):
    await everybody_in(stage)
    alice = stage.deployment.peers["alice"]
    alice.lose()
    await alice.come_back_half_way(ROOM)
    finding = await stage.look("participant-connected")
    assert finding.facts["room.participant_state"] in {"joining", "joined"}
    assert finding.verdict is not OK


async def test_two_devices_are_told_from_a_bad_token(stage):
    await everybody_in(stage)
    await stage.deployment.peers["alice"].second_device()
    await stage.until(
        lambda: (
            sum(
                told.reason == "duplicate-identity" for told in stage.transitions.record
            )
            >= 2
        )
    )
    finding = await stage.look("participant-history")
    assert finding.facts["participant.pattern"] == "duplicate-identity"
    assert (await stage.look("server-accepts-token")).verdict is OK


async def test_a_reconnect_ends_one_session_and_is_verified_by_the_next(stage):
    await everybody_in(stage)
    params = reconnect_participant.Params(room=ROOM, identity=ALICE)
    plan = await reconnect_participant.plan(params, stage.world)
    before = await stage.look("participant-connected", **plan.baseline)
    untouched = await reconnect_participant.settle(plan, stage.world)
    outcome = await reconnect_participant.act(plan, stage.world)
    alice = stage.deployment.peers["alice"]
    await stage.told(4)
    after = await stage.look("participant-connected", **plan.baseline)
    settled = await reconnect_participant.settle(plan, stage.world)
    again = await reconnect_participant.act(plan, stage.world)
    assert outcome.ok
    assert (untouched.happened, settled.happened) == (False, True)
    assert (before.verdict, after.verdict) == (BAD, OK)
    assert not again.ok
    assert alice.session(ROOM).sid == after.facts["room.participant_sid"]


async def test_a_reconnect_that_is_refused_as_one_too_many_did_nothing_for_certain(
    stage,
):
    await everybody_in(stage)
    params = reconnect_participant.Params(room=ROOM, identity=ALICE)
    plan = await reconnect_participant.plan(params, stage.world)
    stage.faults.set("livekit.status-429")
    outcome = await reconnect_participant.act(plan, stage.world)
    stage.faults.clear()
    settled = await reconnect_participant.settle(plan, stage.world)
    assert not outcome.ok
    assert "asked too often (HTTP 429: rate limit exceeded)" in outcome.detail
    assert settled.happened is False


async def test_a_proxy_that_loses_the_answer_leaves_a_doubt_that_a_look_settles(stage):
    await everybody_in(stage)
    params = reconnect_participant.Params(room=ROOM, identity=ALICE)
    plan = await reconnect_participant.plan(params, stage.world)
    stage.faults.set("livekit.status-502")
    with pytest.raises(RoomsUnreachable, match="HTTP 502"):
        await stage.world.rooms.remove(ROOM, ALICE)
    stage.faults.clear()
    assert (await reconnect_participant.settle(plan, stage.world)).happened


async def test_what_webhooks_drop_the_poll_finds(stage):
    stage.faults.set("webhook.drop")
    for peer in stage.deployment.peers.values():
        await peer.connect()
    peers = stage.deployment.peers.values()
    await stage.until(lambda: all(peer.session(ROOM).state == ACTIVE for peer in peers))
    seen = await stage.poll.look(ROOM)
    assert {told.identity for told in seen} == {ALICE, BOB}
    stage.transitions.record += seen
    assert await stage.poll.look(ROOM) == []
    await stage.deployment.peers["bob"].stop()
    (gone,) = await stage.poll.look(ROOM)
    assert (gone.identity, gone.move) == (BOB, "gone")
