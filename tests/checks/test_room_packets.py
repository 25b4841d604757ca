"""The packets of a room, watched: what the check makes of them, and of none."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from bot.checks import CHECKS, room_packets
from bot.core.evidence import Verdict
from bot.world.probe import Captured, Ended, ProbeUnavailable, Watched, Why
from bot.world.rooms import Presence, RoomsUnreachable
from rehearsal.cohrtz.wire import Kind, Packet, encode, sign
from tests.fakes.world import ALICE, BOB, NOON, ROOM, FakeProbe, FakeRooms, world

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CAROL = "user:0195b2f0-0000-7000-8000-00000000ca01"
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
    return Watched(packets, 8.0, dropped, ended, NOON + timedelta(seconds=8))


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


ASKED = Captured(b"\x08\x03", NOON + timedelta(seconds=1), None)
"""What `announce-handshakes` lets the server say to all."""


def hello(by, after):
    return said(b"k" * 32, kind=Kind.HANDSHAKE, sender=by, by=by, after=after)


async def after_asking(*packets, dropped=0, **alice):
    rooms = FakeRooms()
    for who, how in ((ALICE, alice), (BOB, {}), (CAROL, {})):
        rooms.put(who, sid=who, **how)
    rooms.put("zz-ops", sid="p", hidden=True)
    heard = watched(ASKED, *packets, dropped=dropped)
    here = world(probe=FakeProbe(heard), rooms=rooms)
    return await room_packets.run(room_packets.Params(room=ROOM), here)


ANSWERS = (hello(BOB, 1.4), hello(CAROL, 1.6))


async def test_who_is_active_and_says_nothing_when_all_are_asked_is_half_open():
    finding = await after_asking(*ANSWERS)
    assert finding.verdict is Verdict.BAD
    assert f"Half-open: the server lists {ALICE} as active" in finding.headline
    assert finding.facts["probe.mute"] == 1
    assert (finding.facts["probe.asked"], finding.facts["probe.answered"]) == (True, 2)


@pytest.mark.parametrize(
    ("packets", "how"),
    [
        ((*ANSWERS, hello(ALICE, 1.2)), {}),
        ((*ANSWERS, chunk(3)), {}),
        (ANSWERS, {"joined_at": NOON - timedelta(seconds=50)}),
        (ANSWERS, {"joined_at": None}),
        (ANSWERS, {"presence": Presence.JOINED}),
        ((), {}),
        (ANSWERS, {"dropped": 1}),
    ],
    ids=[
        "it answered",
        "it said anything else",
        "it has just come",
        "nobody knows since when it is there",
        "it is not listed as active",
        "nobody answered",
        "packets were missed",
    ],
)
async def test_silence_is_no_proof_if(packets, how):
    finding = await after_asking(*packets, **how)
    assert not finding.facts.get("probe.mute")
    assert "Half-open" not in finding.headline


async def test_a_request_just_before_the_end_tells_nobodys_silence():
    late = Captured(ASKED.wire, NOON + timedelta(seconds=4), None)
    heard = watched(late, hello(BOB, 4.2))
    rooms = FakeRooms()
    rooms.put(ALICE)
    here = world(probe=FakeProbe(heard), rooms=rooms)
    finding = await room_packets.run(room_packets.Params(room=ROOM), here)
    assert finding.facts["probe.asked"] is True
    assert "probe.mute" not in finding.facts


async def test_without_a_list_of_who_is_there_nobody_is_called_mute():
    rooms = FakeRooms(fails=RoomsUnreachable("It hangs."))
    here = world(probe=FakeProbe(watched(ASKED, *ANSWERS)), rooms=rooms)
    finding = await room_packets.run(room_packets.Params(room=ROOM), here)
    assert "probe.mute" not in finding.facts
