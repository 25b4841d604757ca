"""People and their apps: joining, losing, being kicked, coming back, flapping."""

import asyncio

import pytest
from cohrtz_samples import (
    ACTIVE,
    ALICE,
    BOB,
    JOINED,
    ROOM,
    Hook,
    claims_of,
    deployment,
    listening,
    living,
)
from livekit.protocol.models import DisconnectReason

from rehearsal.cohrtz.claims import STRANGER

SPEED = 250.0
A_JANITOR_AND_A_BIT = 40 / SPEED


@pytest.fixture
async def world():
    async with living(deployment(speed=SPEED)) as world:
        yield world


@pytest.fixture
def alice(world):
    return world.deployment.peers["alice"]


@pytest.fixture
async def active(world, alice):
    await alice.connect()
    await world.until_state("alice", ACTIVE)
    return alice.session(ROOM)


def acts(world, path):
    return [
        entry.outcome
        for entry in world.deployment.journal.find(place="peer", path=path)
    ]


def fetches(world):
    return len(world.deployment.journal.find(place="token"))


async def new_session(world, old):
    await world.deployment.wait_for(
        lambda: (
            (s := world.session("alice")) is not None
            and s.sid != old.sid
            and s.state == ACTIVE
        )
    )
    return world.session("alice")


async def test_a_session_goes_over_joining_and_joined_to_active(world, alice):
    seen = []
    await alice.connect()
    while not seen or seen[-1] != ACTIVE:
        state = alice.session(ROOM).state
        seen.extend([state] if state not in seen else [])
        await asyncio.sleep(0)
    assert seen == [0, JOINED, ACTIVE]


async def test_a_lost_session_comes_back_as_a_new_one(world, alice, active):
    alice.lose()
    assert alice.session(ROOM) is None
    again = await new_session(world, active)
    assert again.joined_at_ms > active.joined_at_ms


async def test_a_reconnect_keeps_a_token_that_looks_valid(world, alice, active):
    alice.lose()
    await new_session(world, active)
    assert fetches(world) == 1


async def test_somebody_who_is_removed_comes_back_with_the_same_token(
    world, alice, active
):
    token = alice.device.tokens[ROOM]
    await world.remove(ALICE)
    await new_session(world, active)
    assert alice.device.tokens[ROOM] == token
    assert fetches(world) == 1


async def test_an_expired_token_is_replaced_at_the_next_reconnect(world, alice, active):
    world.faults.set("token.expired")
    alice.hold(ROOM, await world.fetch())
    world.faults.clear()
    await world.remove(ALICE)
    await new_session(world, active)
    assert fetches(world) == 3


async def test_a_refused_token_is_tried_three_times_and_then_by_the_janitor(
    world, alice
):
    world.faults.set("token.old-secret")
    await alice.connect()
    assert len(acts(world, "join")) == 3
    assert acts(world, "reconnect")[0].startswith("401 invalid authorization token")
    await world.deployment.wait_for(lambda: len(acts(world, "reconnect")) == 2)
    assert len(acts(world, "join")) == 6
    assert fetches(world) == 1


async def test_a_float_exp_makes_the_app_ask_each_time_and_get_in(world, alice):
    world.faults.set("token.float-exp")
    await alice.connect()
    await world.until_state("alice", ACTIVE)
    first = alice.session(ROOM)
    alice.lose()
    await new_session(world, first)
    assert fetches(world) == 2


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("token.html", "the answer is not JSON"),
        ("token.null", "the answer has no token"),
        ("token.no-token", "the answer has no token"),
        ("token.status-500", "Failed to fetch token: Internal Server Error"),
        ("token.reset", "the endpoint cannot be reached"),
        ("token.missing-grant", "401 permissions denied"),
        ("token.missing-iss", "401 invalid API key"),
        ("livekit.status-500", "the LiveKit server answered 500"),
        ("livekit.status-429", "the LiveKit server answered 429"),
        ("livekit.reset", "refused or reset"),
    ],
)
async def test_a_fault_keeps_a_newcomer_out_until_it_is_mended(
    world, alice, fault, says
):
    world.faults.set(fault)
    await alice.connect()
    assert alice.session(ROOM) is None
    assert says in acts(world, "reconnect")[0]
    world.faults.clear()
    if fault != "token.missing-grant":
        await world.until_state("alice", ACTIVE)


async def test_the_app_does_not_mind_whose_token_it_holds(world, alice):
    world.faults.set("token.wrong-identity")
    await alice.connect()
    assert alice.session(ROOM) is None
    assert world.deployment.rooms.session(ROOM, STRANGER) is not None


async def test_a_hanging_endpoint_holds_the_janitor_up_for_all_rooms(world, alice):
    world.faults.set("token.hanging")
    connecting = asyncio.create_task(alice.connect())
    await asyncio.sleep(A_JANITOR_AND_A_BIT)
    assert not connecting.done()
    assert fetches(world) == 0
    world.faults.clear()
    await connecting
    await world.until_state("alice", ACTIVE)


async def test_a_slow_server_outlasts_an_attempt(world, alice):
    world.faults.set("livekit.slow", seconds=0.3)
    await alice.device.connect(ROOM)
    assert acts(world, "join") == ["the attempt took longer than 35 seconds"] * 3


async def test_a_session_that_is_stuck_stays_joined_until_it_is_removed(world, alice):
    await alice.connect()
    alice.lose()
    await alice.come_back_half_way(ROOM)
    await asyncio.sleep(A_JANITOR_AND_A_BIT)
    stuck = alice.session(ROOM)
    assert stuck.state == JOINED
    await world.remove(ALICE)
    await new_session(world, stuck)


async def test_two_devices_of_one_identity_throw_each_other_out():
    hook = Hook()
    async with listening(hook) as url, living(deployment(webhook_url=url)) as world:
        await flap(world)
        await world.deployment.wait_for(lambda: len(hook.events) >= 9)
        assert fetches(world) == 2
    moves = [e for e in hook.events if e.participant.identity == ALICE]
    kinds = [e.event.removeprefix("participant_") for e in moves]
    assert kinds[:8] == ["joined", "left"] * 4
    reasons = {e.participant.disconnect_reason for e in moves if "left" in e.event}
    assert DisconnectReason.DUPLICATE_IDENTITY in reasons
    assert len({e.participant.sid for e in moves}) >= 4


async def flap(world):
    alice = world.deployment.peers["alice"]
    await alice.connect()
    await world.until_state("alice", ACTIVE)
    await world.deployment.pace.sleep(12)
    await alice.second_device()


async def test_one_device_alone_is_steady_again(world, alice):
    await alice.connect()
    await alice.second_device()
    await alice.keep_one_device()
    await world.until_state("alice", ACTIVE)
    steady = alice.session(ROOM).sid
    await asyncio.sleep(A_JANITOR_AND_A_BIT)
    assert alice.session(ROOM).sid == steady


async def test_reconnect_by_hand_asks_for_a_fresh_token(world, alice, active):
    alice.lose()
    await alice.reconnect_by_hand()
    assert fetches(world) == 2
    await new_session(world, active)


async def test_reconnect_by_hand_leaves_a_session_that_is_up_alone(
    world, alice, active
):
    await alice.reconnect_by_hand()
    assert alice.session(ROOM) == active


async def test_a_failed_reconnect_by_hand_forgets_the_group(world, alice, active):
    world.faults.set("token.html")
    alice.lose()
    await alice.reconnect_by_hand()
    world.faults.clear()
    await asyncio.sleep(A_JANITOR_AND_A_BIT)
    assert alice.session(ROOM) is None
    assert acts(world, "forget-group") == ["the answer is not JSON"]


async def test_somebody_can_be_in_several_rooms(world):
    bob = world.deployment.peers["bob"]
    bob.device.rooms.append("Maple Street")
    await bob.connect()
    assert claims_of(bob.device.tokens["Maple Street"])["sub"] == BOB
    await world.until_state("bob", ACTIVE, "Maple Street")
    await world.until_state("bob", ACTIVE)


async def test_an_app_that_is_closed_stays_away(world, alice, active):
    await alice.stop()
    await asyncio.sleep(A_JANITOR_AND_A_BIT)
    assert alice.session(ROOM) is None


async def test_waiting_for_what_never_comes_ends(world):
    with pytest.raises(TimeoutError):
        await world.deployment.wait_for(lambda: False, timeout=0.05)


async def test_nobody_gets_a_token_from_a_deployment_that_is_not_served():
    lonely = deployment()
    await lonely.peers["alice"].device.connect(ROOM)
    (entry,) = lonely.journal.entries
    assert entry.outcome == "the deployment is not served"
