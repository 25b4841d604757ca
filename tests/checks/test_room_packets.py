"""The packets of a room, watched: what the check makes of them, and of none."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from bot.checks import CHECKS, room_packets
from bot.core.evidence import Verdict
from bot.world.probe import Captured, Ended, ProbeUnavailable, Watched, Why
from rehearsal.cohrtz.wire import Kind, Packet, encode, sign
from tests.fakes.world import ALICE, BOB, NOON, ROOM, FakeProbe, world

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
GSK_REQ = b'{"type":"GSK_REQ"}'


def said(payload=GSK_REQ, *, kind=Kind.UNICAST_REQ, sender=ALICE, after=0.0, by=ALICE):
    packet = Packet(kind, request_id="r", sender_id=sender, payload=payload)
    wire = encode(sign(packet, KEY))
    return Captured(wire, NOON + timedelta(seconds=after), by)


def chunk(after=0.0):
    packet = Packet(Kind.DATA_CHUNK, sender_id=ALICE, payload=bytes(90), encrypted=True)
    wire = encode(sign(packet, KEY))
    return Captured(wire, NOON + timedelta(seconds=after), ALICE)


def watched(*packets, dropped=0, ended=Ended.TIME):
    return Watched(packets, 8.0, dropped, ended)


async def look(heard=None, none=None, **asked):
    probe = FakeProbe(none=none) if heard is None else FakeProbe(heard)
    params = room_packets.Params(room=ROOM, **asked)
    return await room_packets.run(params, world(probe=probe)), probe


def test_it_is_registered_and_waits_longer_than_it_may_listen():
    assert CHECKS["room-packets"] is room_packets
    assert room_packets.TIMEOUT > 60 + 20 + 10
    assert not room_packets.ON_OPEN


@pytest.mark.parametrize("seconds", [0, 61, -1])
def test_it_listens_for_a_minute_at_most(seconds):
    with pytest.raises(ValidationError):
        room_packets.Params(room=ROOM, seconds=seconds)


async def test_it_listens_for_as_long_as_it_is_asked():
    _, probe = await look(watched(), seconds=12)
    assert probe.asked == [(ROOM, 12)]


async def test_silence_is_unknown_and_it_says_what_it_could_not_see():
    finding, _ = await look(watched())
    assert finding.verdict is Verdict.UNKNOWN
    assert "cannot be seen" in finding.headline
    assert finding.facts["packets.seen"] == 0
    assert finding.facts["probe.state"] == "watched"


@pytest.mark.parametrize("why", Why)
async def test_a_room_that_cannot_be_watched_is_unknown_with_the_reason(why):
    finding, _ = await look(none=ProbeUnavailable(why, "It is so."))
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.headline == "It is so."
    assert finding.facts == {"probe.state": why.value}


async def test_one_who_asks_for_the_groups_key_again_and_again_is_bad():
    finding, _ = await look(watched(*(said(after=at) for at in (0, 5, 10))))
    assert finding.verdict is Verdict.BAD
    assert finding.facts["packets.gsk_repeats_max"] == 3
    assert finding.facts["packets.gsk_requesters"] == 1
    assert ALICE in finding.headline


async def test_what_is_in_order_is_ok_and_no_more_than_that():
    finding, _ = await look(watched(chunk(), chunk(1)))
    assert finding.verdict is Verdict.OK
    assert "cannot be seen" in finding.headline
    assert finding.facts["packets.encrypted_chunks"] == 2


@pytest.mark.parametrize(
    ("dropped", "ended", "words"),
    [
        (3, Ended.TIME, "3 more were not looked at"),
        (0, Ended.LOST, "the connection was lost"),
        (0, Ended.LIMIT, "more was said than is kept"),
        (0, Ended.FAULT, "SDK broke"),
        (0, Ended.PUT_OUT, "server ended it"),
    ],
)
async def test_what_was_not_heard_to_the_end_is_never_ok(dropped, ended, words):
    finding, _ = await look(watched(chunk(), dropped=dropped, ended=ended))
    assert finding.verdict is Verdict.UNKNOWN
    assert words in finding.headline


async def test_a_fault_that_was_heard_counts_though_it_was_cut_short():
    noise = Captured(b"\xff", NOON, BOB)
    finding, _ = await look(watched(noise, ended=Ended.LOST))
    assert finding.verdict is Verdict.BAD
    assert finding.facts["packets.malformed"] == 1


async def test_who_speaks_in_anothers_name_is_found_out():
    finding, _ = await look(watched(said(sender=BOB, by=ALICE)))
    assert finding.verdict is Verdict.BAD
    assert finding.facts["packets.identity_mismatches"] == 1


async def test_every_fact_is_announced_and_none_holds_what_was_written():
    invite = said(b"CODE-1234", kind=Kind.INVITE_REQ)
    finding, _ = await look(watched(said(), invite, chunk()))
    assert set(finding.facts) <= set(room_packets.FACTS)
    assert "CODE-1234" not in repr(finding)
