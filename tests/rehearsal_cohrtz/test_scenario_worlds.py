"""Each scenario's world behaves as its page says, before and after it is mended."""

import asyncio
import time
from contextlib import asynccontextmanager

import pytest
from cohrtz_samples import ACTIVE, JOINED, KEY, SECRET, Hook, listening, living
from livekit.protocol.models import DisconnectReason

from rehearsal.cohrtz import Deployment, mend, stage
from rehearsal.cohrtz.held_token import looks_valid
from rehearsal.scenario import read_all

SPEED = 150.0
PAGES = read_all()


@asynccontextmanager
async def staged(slug):
    page, hook = PAGES[slug], Hook()
    async with listening(hook) as url:
        settings = page.settings(KEY, SECRET, speed=SPEED, webhook_url=url)
        async with living(Deployment(settings)) as world:
            await stage(world.deployment, page.faults)
            world.page, world.hook = page, hook
            yield world


async def until_active(world, name, *, after=None):
    await world.deployment.wait_for(
        lambda: (
            (s := world.session(name, world.page.room)) is not None
            and s.state == ACTIVE
            and s.sid != after
        )
    )
    return world.session(name, world.page.room)


async def janitors(turns):
    await asyncio.sleep(turns * 30 / SPEED)


def moves(world, name):
    identity = world.deployment.peers[name].identity
    return [
        (event.event, event.participant.disconnect_reason)
        for event in world.hook.events
        if event.participant.identity == identity and event.room.name == world.page.room
    ]


def endpoint_requests(world, name):
    peer = world.deployment.peers[name]
    return world.deployment.journal.find(place="token", identity=peer.identity)


async def verdict(world):
    token = await world.fetch(world.page.room, world.page.identity)
    return await world.validate(token)


@pytest.mark.parametrize("slug", sorted(PAGES))
async def test_every_world_can_be_staged_and_mended(slug):
    async with staged(slug) as world:
        for remedy in world.page.mend:
            await mend(world.deployment, remedy)
        assert not world.faults.active
        assert await verdict(world) == (200, "success")


async def test_expired_token_alice_is_stuck_and_bob_is_active():
    async with staged("expired-token") as world:
        await janitors(1.3)
        assert world.session("alice", world.page.room).state == JOINED
        assert world.session("bob", world.page.room).state == ACTIVE
        status, text = await verdict(world)
        assert status == 401
        assert "expired" in text


async def test_expired_token_alice_loops_in_her_other_room():
    async with staged("expired-token") as world:
        asked = len(endpoint_requests(world, "alice"))
        await world.deployment.wait_for(
            lambda: len(endpoint_requests(world, "alice")) >= asked + 2
        )
        assert world.session("alice", "Maple Street") is None
        assert moves(world, "alice")[-1][0] == "participant_left"


async def test_expired_token_a_reconnect_alone_only_throws_alice_out():
    async with staged("expired-token") as world:
        await world.remove(world.page.identity, world.page.room)
        await janitors(1.3)
        assert world.session("alice", world.page.room) is None


async def test_expired_token_purge_and_reconnect_bring_alice_back():
    async with staged("expired-token") as world:
        stuck = world.session("alice", world.page.room)
        await mend(world.deployment, world.page.remedy())
        await janitors(1.3)
        assert world.session("alice", world.page.room).sid == stuck.sid
        await world.remove(world.page.identity, world.page.room)
        fresh = await until_active(world, "alice", after=stuck.sid)
        assert fresh.joined_at_ms > stuck.joined_at_ms
        token = world.deployment.peers["alice"].device.tokens[world.page.room]
        assert looks_valid(token, time.time())
        await world.deployment.wait_for(
            lambda: ("participant_joined", 0) in moves(world, "alice")[3:]
        )
        assert moves(world, "alice")[2] == (
            "participant_connection_aborted",
            DisconnectReason.PARTICIPANT_REMOVED,
        )


async def test_rotated_secret_a_fresh_token_looks_sound_and_is_refused():
    async with staged("rotated-secret") as world:
        token = await world.fetch(world.page.room, world.page.identity)
        assert looks_valid(token, time.time())
        status, text = await world.validate(token)
        assert status == 401
        assert "cryptographic primitive" in text


async def test_rotated_secret_nobody_is_in_and_nobody_gets_in():
    async with staged("rotated-secret") as world:
        await world.deployment.wait_for(lambda: len(world.hook.events) >= 6)
        await janitors(1.3)
        assert world.deployment.rooms.room(world.page.room) is None
        for name in ("dana", "erik"):
            assert moves(world, name) == [
                ("participant_joined", 0),
                ("participant_left", DisconnectReason.SERVER_SHUTDOWN),
            ]
            assert len(endpoint_requests(world, name)) == 1


async def test_rotated_secret_a_restart_alone_leaves_the_apps_with_their_old_tokens():
    async with staged("rotated-secret") as world:
        await mend(world.deployment, world.page.remedy("restart-endpoint"))
        await janitors(1.3)
        assert world.session("dana", world.page.room) is None
        await mend(world.deployment, world.page.remedy("reconnect-by-hand"))
        await until_active(world, "dana")
        await until_active(world, "erik")


async def test_rotated_secret_reconnecting_too_early_forgets_the_group():
    async with staged("rotated-secret") as world:
        await world.deployment.peers["dana"].reconnect_by_hand()
        await mend(world.deployment, world.page.remedy("restart-endpoint"))
        await mend(world.deployment, world.page.remedy("reconnect-by-hand"))
        await until_active(world, "erik")
        assert world.session("dana", world.page.room) is None


async def test_endpoint_html_grace_is_out_and_henry_is_active():
    async with staged("endpoint-html") as world:
        status, headers, body = await world.ask(world.page.room, world.page.identity)
        assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert body.startswith("<!DOCTYPE html>")
        henry = world.session("henry", world.page.room)
        await janitors(1.3)
        assert world.session("grace", world.page.room) is None
        assert world.session("henry", world.page.room).sid == henry.sid


async def test_endpoint_html_grace_comes_back_by_herself_once_it_is_mended():
    async with staged("endpoint-html") as world:
        henry = world.session("henry", world.page.room)
        await mend(world.deployment, world.page.remedy())
        await until_active(world, "grace")
        assert world.session("henry", world.page.room).sid == henry.sid


async def test_two_devices_carol_flaps_with_sound_tokens():
    async with staged("same-identity-two-devices") as world:
        await world.deployment.wait_for(lambda: len(moves(world, "carol")) >= 6)
        joined = ("participant_joined", 0)
        left = ("participant_left", DisconnectReason.DUPLICATE_IDENTITY)
        assert moves(world, "carol")[:6] == [joined, left] * 3
        assert await verdict(world) == (200, "success")
        assert world.session("ivan", world.page.room).state == ACTIVE


async def test_two_devices_carol_is_steady_once_the_tablet_is_closed():
    async with staged("same-identity-two-devices") as world:
        await world.deployment.wait_for(lambda: len(moves(world, "carol")) >= 3)
        await mend(world.deployment, world.page.remedy())
        steady = await until_active(world, "carol")
        await janitors(1.3)
        assert world.session("carol", world.page.room).sid == steady.sid
