"""Peers speak the app's packets: with true keys, and with each of the app's faults."""

import json
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from cohrtz_samples import ACTIVE, ALICE, BOB, ROOM, deployment, living
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from livekit import api

from rehearsal.cohrtz import PeerFault, PeerSettings
from rehearsal.cohrtz.data_plane import DataMessage
from rehearsal.cohrtz.wire import Kind, signed_bytes
from rehearsal.cohrtz.wire_reading import read

CAROL = "user:0198b7d3-9f10-7b44-a2c7-6e18d4f3cc03"
EMPTY_HANDSHAKE = b"\x08\x03"


class Talk:
    """A room in which people talk, and what was said in it."""

    def __init__(self, world):
        self.world = world
        self.deployment = world.deployment

    @property
    def said(self):
        told = self.deployment.plane.carried
        return [(message, read(message.payload)) for message in told if message.sender]

    def packets(self, kind, sender=None, *, sealed=None):
        return [
            packet
            for message, packet in self.said
            if packet.type == kind
            and sender in (None, packet.sender_id)
            and sealed in (None, packet.encrypted)
        ]

    def words(self, sender=None):
        plain = self.packets(Kind.UNICAST_REQ, sender, sealed=False)
        return Counter(json.loads(packet.payload)["type"] for packet in plain)

    def runtime(self, identity):
        return self.deployment.apps.of(identity, ROOM)

    async def until(self, holds):
        await self.deployment.wait_for(holds, 20.0)

    async def announce(self):
        asked = api.SendDataRequest(room=ROOM, data=EMPTY_HANDSHAKE)
        await self.world.livekit.room.send_data(asked)


@asynccontextmanager
async def talking(**faults):
    who = {"alice": ALICE, "bob": BOB}
    peers = {
        name: PeerSettings(identity=identity, rooms=(ROOM,), **faults.get(name, {}))
        for name, identity in who.items()
    }
    async with living(deployment(peers=peers)) as world:
        for name, peer in world.deployment.peers.items():
            await peer.connect()
            await world.until_state(name, ACTIVE)
        yield Talk(world)


def broken(*faults, **more):
    return {"faults": faults, **more}


def holds(packet):
    key = Ed25519PublicKey.from_public_bytes(packet.sender_public_key)
    try:
        key.verify(packet.signature, signed_bytes(packet))
    except InvalidSignature:
        return False
    return True


async def test_healthy_peers_announce_edit_and_check_with_valid_signatures():
    async with talking() as talk:
        await talk.until(
            lambda: (
                talk.packets(Kind.CONSISTENCY_CHECK, ALICE)
                and talk.packets(Kind.CONSISTENCY_CHECK, BOB)
            )
        )
        shakes = talk.packets(Kind.HANDSHAKE)
        assert {shake.sender_id for shake in shakes} == {ALICE, BOB}
        assert all(len(shake.encryption_public_key) in (0, 32) for shake in shakes)
        assert all(holds(packet) for _, packet in talk.said)
        assert all(packet.physical_time for _, packet in talk.said)
        sizes = {len(p.payload) for p in talk.packets(Kind.CONSISTENCY_CHECK)}
        assert sizes == {112 + 3}
        assert not {"GSK_REQ", "KEY_REQ"} & talk.words().keys()


async def test_what_is_for_one_names_its_destination_and_is_sealed():
    async with talking() as talk:
        await talk.until(lambda: talk.packets(Kind.SYNC_REQ))
        directed = [(m, p) for m, p in talk.said if m.to]
        assert all(packet.encrypted for _, packet in directed)
        assert {next(iter(message.to)) for message, _ in directed} <= {ALICE, BOB}


async def test_a_lost_group_key_is_asked_for_in_vain_until_keys_are_announced():
    async with talking(alice=broken(PeerFault.LOST_GROUP_KEY)) as talk:
        await talk.until(lambda: talk.words(ALICE)["GSK_REQ"] >= 3)
        assert talk.runtime(ALICE).memory.group_key is None
        assert "GSK_REQ" not in talk.words(BOB)
        await talk.announce()
        await talk.until(lambda: talk.runtime(ALICE).memory.group_key is not None)
        edits = len(talk.packets(Kind.DATA_CHUNK, ALICE, sealed=True))
        await talk.until(
            lambda: len(talk.packets(Kind.DATA_CHUNK, ALICE, sealed=True)) > edits
        )


async def test_a_group_key_that_is_back_is_not_lost_again_by_a_new_session():
    async with talking(alice=broken(PeerFault.LOST_GROUP_KEY)) as talk:
        await talk.until(lambda: talk.words(ALICE)["GSK_REQ"] >= 1)
        await talk.announce()
        runtime = talk.runtime(ALICE)
        await talk.until(lambda: runtime.memory.group_key is not None)
        talk.deployment.peers["alice"].lose()
        await talk.until(lambda: talk.runtime(ALICE) is runtime)
        said = len(talk.packets(Kind.DATA_CHUNK, ALICE, sealed=True))
        await talk.until(
            lambda: len(talk.packets(Kind.DATA_CHUNK, ALICE, sealed=True)) > said + 1
        )
        assert runtime.memory.group_key is not None


async def test_a_lost_vault_key_is_asked_for_while_nobody_has_it():
    async with talking(alice=broken(PeerFault.LOST_VAULT_KEY)) as talk:
        await talk.until(lambda: talk.words(ALICE)["KEY_REQ"] >= 3)
        assert talk.runtime(ALICE).memory.vault_key is None


async def test_a_lost_vault_key_comes_from_who_holds_it():
    lost = broken(PeerFault.LOST_VAULT_KEY)
    async with talking(alice=lost, bob={"holds_vault_key": True}) as talk:
        await talk.until(lambda: talk.words(ALICE)["KEY_REQ"] >= 1)
        await talk.until(lambda: talk.runtime(ALICE).memory.vault_key is not None)
        assert not talk.runtime(ALICE).memory.wants_vault


async def test_wrong_signatures_hold_by_no_key():
    async with talking(alice=broken(PeerFault.WRONG_SIGNATURES)) as talk:
        await talk.until(
            lambda: any(not holds(p) for p in talk.packets(Kind.DATA_CHUNK, ALICE))
        )
        assert all(holds(packet) for packet in talk.packets(Kind.DATA_CHUNK, BOB))


async def test_a_new_signing_key_holds_but_is_not_the_announced_one():
    async with talking(alice=broken(PeerFault.NEW_SIGNING_KEY)) as talk:
        first = talk.packets(Kind.HANDSHAKE, ALICE)[0].payload
        await talk.until(
            lambda: any(
                packet.sender_public_key != first
                for packet in talk.packets(Kind.DATA_CHUNK, ALICE)
            )
        )
        assert all(holds(packet) for packet in talk.packets(Kind.DATA_CHUNK, ALICE))


async def test_a_stale_epoch_stays_behind():
    async with talking(alice=broken(PeerFault.STALE_EPOCH)) as talk:

        def epochs(who):
            plain = talk.packets(Kind.UNICAST_REQ, who, sealed=False)
            told = [json.loads(packet.payload) for packet in plain]
            return [one["epoch"] for one in told if one["type"] == "Treekem_UPDATE"]

        await talk.until(lambda: len(epochs(ALICE)) > 3)
        before = len(epochs(ALICE))
        for _ in range(3):
            await talk.announce()
        await talk.until(lambda: len(epochs(ALICE)) > before + 1)
        assert max(epochs(BOB)) > epochs(ALICE)[-1] + 1


async def test_a_handshake_may_lack_the_key_to_seal_for():
    async with talking(alice=broken(PeerFault.NO_ENCRYPTION_KEY)) as talk:
        await talk.until(lambda: talk.runtime(ALICE).faults)
        await talk.announce()
        await talk.until(
            lambda: not talk.packets(Kind.HANDSHAKE, ALICE)[-1].encryption_public_key
        )


@pytest.mark.parametrize(
    ("fault", "size"),
    [(PeerFault.DEAD_CRDT, 30), (PeerFault.DIVERGED_COUNT, 112 + 2)],
)
async def test_the_size_of_a_consistency_check_tells_of_the_database(fault, size):
    async with talking(alice=broken(fault)) as talk:
        await talk.until(
            lambda: any(
                len(packet.payload) == size
                for packet in talk.packets(Kind.CONSISTENCY_CHECK, ALICE)
            )
        )


async def test_other_versions_send_other_types_and_no_times():
    newer = broken(PeerFault.NEWER_VERSION)
    async with talking(alice=newer, bob=broken(PeerFault.OLDER_VERSION)) as talk:
        await talk.until(lambda: talk.packets(10, ALICE))
        await talk.until(
            lambda: any(
                not packet.physical_time for packet in talk.packets(Kind.DATA_CHUNK)
            )
        )


async def test_a_cure_ends_the_faults_for_sessions_to_come_too():
    async with talking(alice=broken(PeerFault.NO_ENCRYPTION_KEY)) as talk:
        await talk.until(lambda: talk.runtime(ALICE).faults)
        talk.deployment.apps.cure(ALICE)
        assert talk.packets(Kind.HANDSHAKE, ALICE)[-1].encryption_public_key
        before = talk.runtime(ALICE)
        talk.deployment.peers["alice"].lose()
        await talk.until(lambda: talk.runtime(ALICE) is before)
        shakes = len(talk.packets(Kind.HANDSHAKE, ALICE))
        await talk.until(lambda: len(talk.packets(Kind.HANDSHAKE, ALICE)) > shakes)
        assert not talk.runtime(ALICE).faults


async def test_a_stranger_is_asked_for_a_handshake_and_gets_no_keys():
    async with talking() as talk:
        await talk.until(lambda: talk.packets(Kind.DATA_CHUNK, ALICE, sealed=True))
        stray = talk.packets(Kind.DATA_CHUNK, ALICE, sealed=True)[-1]
        forged = replace(stray, sender_id=CAROL, request_id="x")

        def asked():
            return len([p for p in talk.packets(Kind.HANDSHAKE, BOB) if not p.payload])

        def asks_when_it_hears_her():
            before = asked()
            talk.runtime(BOB)._reactions.hear(forged)
            return asked() > before

        # It asks now and then only, and may just have asked somebody else.
        await talk.until(asks_when_it_hears_her)


async def test_bytes_that_are_no_packet_change_nothing():
    async with talking() as talk:
        send = talk.deployment.plane.send
        for noise in (b"\xff", b"\x0a\x05x", b"\x08", b"{}", b"\x08\x03\x2a\x01x"):
            send(DataMessage(ROOM, noise))
        await talk.until(lambda: talk.packets(Kind.CONSISTENCY_CHECK, ALICE))


async def test_nobody_speaks_who_has_left():
    async with talking() as talk:
        await talk.until(lambda: talk.packets(Kind.DATA_CHUNK, BOB))
        await talk.deployment.peers["alice"].stop()
        assert talk.runtime(ALICE) is None
        said = len(talk.packets(Kind.DATA_CHUNK, ALICE))
        edits = len(talk.packets(Kind.DATA_CHUNK, BOB))
        await talk.until(lambda: len(talk.packets(Kind.DATA_CHUNK, BOB)) > edits)
        assert len(talk.packets(Kind.DATA_CHUNK, ALICE)) == said
