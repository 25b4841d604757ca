"""The probe with the real SDK in the simulated rooms, each in a process of its own."""

import asyncio
import os
import signal
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cohrtz_samples import (
    ACTIVE,
    ALICE,
    BOB,
    KEY,
    ROOM,
    SECRET,
    Hook,
    deployment,
    listening,
    living,
)

from bot.actions import announce_handshakes
from bot.checks import room_packets
from bot.clients.livekit import LiveKitRooms, LiveKitServer
from bot.clients.poll import RoomPoll
from bot.clients.webhooks import WebhookDoor
from bot.cohrtz.ourselves import PREFIX
from bot.core.evidence import Verdict
from bot.probe.conversation import Limits
from bot.probe.room_probe import ProbeServer, RoomProbe
from bot.world.probe import Ended, ProbeUnavailable, Why
from rehearsal.cohrtz import PeerFault, PeerSettings
from rehearsal.cohrtz.data_plane import DataMessage
from tests.fakes.world import FakeClock, FakeTransitions, world

ROOT = Path(__file__).parents[2]
SPEED = 40.0
LONG = 30.0


class House:
    """A deployment with people, and the bot's view of it."""

    def __init__(self, living, limits=None, secret=SECRET):
        self.living = living
        self.deployment = living.deployment
        url = living.server.livekit_url
        self.rooms = LiveKitRooms(living.http, LiveKitServer(url, KEY, SECRET))
        server = ProbeServer(url, KEY, secret)
        self.probe = RoomProbe(self.rooms, server, limits=limits)
        self.world = world(rooms=self.rooms, probe=self.probe)

    def probes(self):
        sessions = self.deployment.rooms.sessions(ROOM)
        return [one for one in sessions if one.identity.startswith(PREFIX)]

    async def until(self, holds):
        await self.deployment.wait_for(holds, LONG)

    async def watching(self, seconds=LONG):
        look = asyncio.create_task(self.probe.watch(ROOM, seconds))
        await self.until(lambda: self.active_probe() or look.done())
        return look

    def active_probe(self):
        return next((one for one in self.probes() if one.state == ACTIVE), None)


@asynccontextmanager
async def housed(limits=None, secret=SECRET, **faults):
    who = {"alice": ALICE, "bob": BOB}
    peers = {
        name: PeerSettings(identity=one, rooms=(ROOM,), faults=faults.get(name, ()))
        for name, one in who.items()
    }
    async with living(deployment(SPEED, peers)) as live:
        for name, peer in live.deployment.peers.items():
            await peer.connect()
            await live.until_state(name, ACTIVE)
        yield House(live, limits, secret)


async def test_it_hears_signed_packets_with_the_servers_word_on_their_sender():
    async with housed() as house:
        heard = await house.probe.watch(ROOM, 1.5)
        assert heard.ended is Ended.TIME
        assert {one.sender for one in heard.packets} == {ALICE, BOB}
        assert house.probes() == []


async def test_it_is_hidden_an_agent_and_hears_nothing_directed():
    async with housed() as house:
        house.deployment.apps.stop()
        look = await house.watching(1.0)
        probe = house.active_probe()
        assert probe.permission.hidden
        assert probe.dependent
        assert not probe.permission.can_publish_data
        bob = house.living.session("bob")
        send = house.deployment.plane.send
        send(DataMessage(ROOM, b"secret", sender=bob, to=frozenset({ALICE})))
        send(DataMessage(ROOM, b"open", sender=bob))
        heard = await look
        assert [(one.wire, one.sender) for one in heard.packets] == [(b"open", BOB)]


async def test_it_never_sends_a_packet():
    async with housed() as house:
        await house.probe.watch(ROOM, 1.0)
        plane = house.deployment.plane
        sent = [*plane.carried, *plane.dropped]
        assert {one.sender.identity for one in sent if one.sender} == {ALICE, BOB}


async def test_nobody_takes_it_for_a_participant():
    async with housed() as house:
        hook, door = Hook(), WebhookDoor(KEY, SECRET)
        moves = []

        async def receive(request):
            told = door.receive(await request.read(), request.headers["Authorization"])
            moves.append(told)
            return await Hook.receive(hook, request)

        hook.receive = receive
        async with listening(hook) as url:
            house.deployment.set_webhook_url(url)
            look = await house.watching(1.0)
            people = await house.rooms.participants(ROOM)
            poll = RoomPoll(house.rooms, FakeTransitions(), FakeClock())
            polled = await poll.look(ROOM)
            await look
            await house.until(lambda: len(hook.told) == 2)
            await house.deployment.webhooks.stop()
        assert {person.identity for person in people} == {ALICE, BOB}
        assert {move.identity for move in polled} == {ALICE, BOB}
        assert [event for event, _ in hook.told] == [
            "participant_joined",
            "participant_left",
        ]
        assert moves == [None, None]


async def test_an_empty_room_is_neither_joined_nor_made():
    async with housed() as house:
        with pytest.raises(ProbeUnavailable) as none:
            await house.probe.watch("nowhere", 1.0)
        assert none.value.why is Why.EMPTY
        assert house.deployment.rooms.room("nowhere") is None


async def test_it_leaves_when_everybody_else_has():
    async with housed() as house:
        look = await house.watching()
        for peer in house.deployment.peers.values():
            await peer.stop()
        heard = await asyncio.wait_for(look, LONG)
        assert heard.ended is Ended.EMPTIED
        assert house.probes() == []


async def test_being_put_out_is_told():
    async with housed() as house:
        look = await house.watching()
        await house.living.remove(house.active_probe().identity)
        assert (await asyncio.wait_for(look, LONG)).ended is Ended.PUT_OUT


async def test_a_wrong_secret_is_a_refusal_and_tells_no_token():
    async with housed(secret="another-secret-of-more-than-32-letters") as house:
        with pytest.raises(ProbeUnavailable) as none:
            await house.probe.watch(ROOM, 1.0)
        assert none.value.why is Why.REFUSED
        assert "eyJ" not in str(none.value)
        assert house.probes() == []


async def test_a_server_that_hangs_is_given_up_by_a_kill():
    async with housed(Limits(spawn=1.0, over=1.0, grace=0.5)) as house:
        people = house.rooms
        house.probe._must_be_occupied = lambda _: asyncio.sleep(0)
        house.living.faults.set("livekit.hanging")
        with pytest.raises(ProbeUnavailable) as none:
            await house.probe.watch(ROOM, 1.0)
        assert none.value.why is Why.FAULT
        assert people is house.rooms


def children():
    """The processes that this one has started, by /proc; empty where there is none."""
    told = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in told.read_text().split()] if told.exists() else []


async def test_a_child_that_is_killed_is_no_word_on_the_room_and_its_session_fades():
    async with housed() as house:
        before = set(children())
        look = await house.watching()
        for pid in set(children()) - before:
            os.kill(pid, signal.SIGKILL)
        (told,) = await asyncio.gather(look, return_exceptions=True)
        # it may be killed in the room, or just before it has said that it is there
        why = told.why if isinstance(told, ProbeUnavailable) else told.ended
        assert why in (Why.FAULT, Ended.FAULT)
        await house.until(lambda: not house.probes())


async def test_a_cancelled_look_takes_the_probe_out_of_the_room():
    async with housed() as house:
        look = await house.watching()
        look.cancel()
        with pytest.raises(asyncio.CancelledError):
            await look
        await house.until(lambda: not house.probes())


async def test_a_parent_that_is_killed_leaves_no_probe_behind():
    async with housed() as house:
        errand = house.probe._errand(ROOM, LONG)
        line = f"""
import asyncio
from bot.probe.conversation import Limits, converse
from bot.probe.lines import Errand
asyncio.run(converse(Errand(*{(errand.url, errand.token, errand.seconds)!r}), Limits()))
"""
        parent = await asyncio.create_subprocess_exec(
            sys.executable, "-c", line, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL
        )
        await house.until(house.active_probe)
        parent.kill()
        await parent.wait()
        await house.until(lambda: not house.probes())


FAULTY = {
    PeerFault.LOST_GROUP_KEY: lambda facts: facts["packets.gsk_requests"] >= 3,
    PeerFault.LOST_VAULT_KEY: lambda facts: facts["packets.key_requests"] >= 3,
    PeerFault.WRONG_SIGNATURES: lambda facts: facts["packets.invalid_signatures"] > 0,
    PeerFault.DEAD_CRDT: lambda facts: facts["packets.consistency_without_instance"],
}


@pytest.mark.parametrize("fault", FAULTY)
async def test_the_check_sees_what_is_wrong_with_a_peer(fault):
    async with housed(alice=(fault,)) as house:
        await house.until(lambda: house.deployment.apps.of(ALICE, ROOM).faults)
        params = room_packets.Params(room=ROOM, seconds=2.0)
        finding = await room_packets.run(params, house.world)
        assert finding.verdict is Verdict.BAD
        assert FAULTY[fault](finding.facts)


async def test_in_a_healthy_room_the_check_is_ok_and_says_what_it_cannot_see():
    async with housed() as house:
        params = room_packets.Params(room=ROOM, seconds=1.5)
        finding = await room_packets.run(params, house.world)
        assert finding.verdict is Verdict.OK
        assert "cannot be seen" in finding.headline
        assert finding.facts["packets.gsk_requests"] == 0


async def test_who_does_not_answer_when_all_are_asked_is_told_half_open():
    async with housed() as house:
        here = replace(house.world, pace=SPEED, now=lambda: datetime.now(UTC))
        alice = house.deployment.apps.of(ALICE, ROOM)
        alice.end()  # its session stays, and nothing is behind it
        settled = house.living.session("alice").joined_at_ms / 1000 + 60 / SPEED
        params = room_packets.Params(room=ROOM, seconds=2.0)
        look = asyncio.create_task(room_packets.run(params, here))
        await house.until(lambda: house.active_probe() and time.time() > settled)
        ask = announce_handshakes.Params(room=ROOM)
        await announce_handshakes.act(await announce_handshakes.plan(ask, here), here)
        finding = await look
        assert finding.facts["probe.mute"] == 1
        assert f"Half-open: the server lists {ALICE}" in finding.headline
        assert finding.verdict is Verdict.BAD


async def test_announcing_again_is_seen_by_the_probe_and_heals_a_lost_key():
    async with housed(alice=(PeerFault.LOST_GROUP_KEY,)) as house:
        runtime = house.deployment.apps.of(ALICE, ROOM)
        await house.until(lambda: runtime.faults)
        look = await house.watching(2.0)
        params = announce_handshakes.Params(room=ROOM)
        plan = await announce_handshakes.plan(params, house.world)
        assert plan.touches == 2
        outcome = await announce_handshakes.act(plan, house.world)
        assert outcome.ok
        await house.until(lambda: runtime.memory.group_key is not None)
        heard = await look
        asked = [one for one in heard.packets if one.wire == b"\x08\x03"]
        assert [one.sender for one in asked] == [None]
