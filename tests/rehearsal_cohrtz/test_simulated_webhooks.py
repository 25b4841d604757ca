"""Webhooks, received with LiveKit's own receiver: order, signing, retries, faults."""

import pytest
from cohrtz_samples import (
    ACTIVE,
    ALICE,
    JOINED,
    ROOM,
    deployment,
    listening,
    living,
    token_for,
)
from livekit.protocol.models import DisconnectReason

SPEED = 80.0
STARTED = ("room_started", "")
FINISHED = ("room_finished", "")
IN = ("participant_joined", ALICE)
OUT = ("participant_left", ALICE)
ABORTED = ("participant_connection_aborted", ALICE)


@pytest.fixture
async def world():
    async with living(deployment(speed=SPEED)) as world:
        yield world


@pytest.fixture
def alice(world, hook):
    return world.deployment.peers["alice"]


async def come_and_go(world, alice):
    await alice.connect()
    await world.until_state("alice", ACTIVE)
    await alice.stop()


async def test_a_visit_is_told_from_start_to_finish(world, hook, alice):
    await come_and_go(world, alice)
    await world.deployment.wait_for(lambda: len(hook.events) == 4)
    assert hook.told == [STARTED, IN, OUT, FINISHED]
    joined, left = hook.events[1:3]
    assert joined.room.name == ROOM
    assert joined.participant.state == ACTIVE
    assert joined.participant.sid == left.participant.sid
    assert left.participant.disconnect_reason == DisconnectReason.CLIENT_INITIATED
    assert len({event.id for event in hook.events}) == 4


async def test_a_session_that_never_was_active_is_told_as_aborted(world, hook, alice):
    await alice.come_back_half_way(ROOM)
    await world.until_state("alice", JOINED)
    await world.remove(ALICE)
    await world.deployment.wait_for(lambda: len(hook.events) >= 2)
    assert hook.told[:2] == [STARTED, ABORTED]
    reason = hook.events[1].participant.disconnect_reason
    assert reason == DisconnectReason.PARTICIPANT_REMOVED


async def test_webhooks_are_signed_with_the_server_s_secret(world, hook, alice):
    world.faults.set("livekit.secret-rotated")
    token = token_for(secret=world.deployment.keyring.server_secret)
    await world.deployment.livekit.join(token, lambda _: None)
    await world.deployment.wait_for(lambda: hook.refused)
    assert not hook.events


async def test_an_error_of_ours_is_tried_again_and_keeps_the_order(world, hook, alice):
    hook.statuses = [500, 503]
    await come_and_go(world, alice)
    await world.deployment.wait_for(lambda: len(hook.events) == 4)
    assert hook.told == [STARTED, IN, OUT, FINISHED]
    assert hook.tries == 6


async def test_five_failures_give_a_webhook_up(world, hook, alice):
    hook.statuses = [502] * 5
    await alice.connect()
    await world.deployment.wait_for(lambda: IN in hook.told)
    assert STARTED not in hook.told
    (entry,) = world.deployment.journal.find(place="webhook", path="room_started")
    assert entry.outcome == "502"


@pytest.mark.parametrize("status", [400, 404, 501])
async def test_a_refusal_counts_as_sent(world, hook, alice, status):
    hook.statuses = [status]
    await come_and_go(world, alice)
    await world.deployment.wait_for(lambda: len(hook.events) == 3)
    assert hook.told == [IN, OUT, FINISHED]
    assert hook.tries == 4


async def test_lost_webhooks_never_arrive(world, hook, alice):
    world.faults.set("webhook.drop")
    await alice.connect()
    await world.until_state("alice", ACTIVE)
    lost = {"place": "webhook", "outcome": "lost"}
    await world.deployment.wait_for(
        lambda: len(world.deployment.journal.find(**lost)) == 2
    )
    world.faults.clear()
    await alice.stop()
    await world.deployment.wait_for(lambda: len(hook.events) == 2)
    assert hook.told == [OUT, FINISHED]


async def test_duplicates_have_one_id(world, hook, alice):
    world.faults.set("webhook.duplicate")
    await alice.connect()
    await world.deployment.wait_for(lambda: len(hook.events) == 4)
    assert hook.told == [STARTED, STARTED, IN, IN]
    assert len({event.id for event in hook.events}) == 2


async def test_a_fault_of_some_odds_meets_some_webhooks_and_counts_those(
    world, hook, alice
):
    world.faults.set("webhook.duplicate", odds=1e-9)
    await come_and_go(world, alice)
    await world.deployment.wait_for(lambda: len(hook.events) == 5)
    assert hook.told == [STARTED, STARTED, IN, OUT, FINISHED]
    assert world.faults.struck == {"webhook.duplicate": 1}


async def test_reordered_webhooks_come_in_swapped_pairs(world, hook, alice):
    world.faults.set("webhook.reorder")
    await come_and_go(world, alice)
    await world.deployment.wait_for(lambda: len(hook.events) == 4)
    assert hook.told[:2] == [IN, STARTED]
    assert sorted(hook.told) == sorted([STARTED, IN, OUT, FINISHED])


async def test_what_waited_too_long_is_dropped(world, hook, alice):
    world.faults.set("webhook.delay", seconds=0.45)
    await alice.connect()
    await world.deployment.wait_for(
        lambda: world.deployment.journal.find(outcome="dropped: too old")
    )
    assert hook.tries == 0


async def test_a_listener_that_is_away_is_tried_until_it_is_back():
    async with living(deployment()) as world:
        world.deployment.set_webhook_url("http://127.0.0.1:9/webhook")
        await world.deployment.peers["alice"].connect()
        await world.deployment.wait_for(
            lambda: world.deployment.journal.find(place="webhook")
        )
        entry = world.deployment.journal.find(place="webhook")[0]
        assert entry.outcome == "no answer: ClientConnectorError"


async def test_without_a_url_nothing_is_sent(world):
    await world.deployment.peers["alice"].connect()
    await world.until_state("alice", ACTIVE)
    assert not world.deployment.journal.find(place="webhook")


async def test_the_url_can_be_in_the_settings(hook):
    async with listening(hook) as url, living(deployment(webhook_url=url)) as world:
        await world.deployment.peers["alice"].connect()
        await world.deployment.wait_for(lambda: IN in hook.told)
