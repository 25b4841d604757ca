"""What simulated devices report is what the bot reads."""

from urllib.parse import unquote

import pytest
from aiohttp import web

from bot.clients.diagnostics import DiagnosticsDoor
from bot.cohrtz.diagnostics import Direction, read_batch
from rehearsal.cohrtz import PeerSettings, Reported, Reporter, ReportRefused
from rehearsal.cohrtz.reporting import KINDS
from rehearsal.scenario import read_all
from rehearsal.stagehands import _reporter
from tests.fakes.wire import serving

PEERS = {
    "alice": PeerSettings(identity="user:a", rooms=("kitchen",)),
    "bob": PeerSettings(identity="user:b", rooms=("kitchen",)),
}
PACKETS = [*KINDS, "UNICAST_REQ"]
EVENTS = [
    Reported(by="alice", ago=9, way=way, packet=packet, peer="bob", size=7)
    for way in ("inbound", "outbound")
    for packet in PACKETS
]


async def test_every_packet_arrives_in_the_form_that_the_bot_defines():
    bodies = []

    async def take(request):
        assert request.headers["Authorization"] == "Bearer key"
        bodies.append(await request.read())
        return web.Response(status=202)

    async with serving(take) as url:
        await Reporter(url, "key", PEERS).post(EVENTS)
    events = read_batch(bodies[0], "kitchen")
    assert [one.packet for one in events] == PACKETS * 2
    assert {one.direction for one in events} == {Direction.INBOUND, Direction.OUTBOUND}
    assert {(one.participant, one.peer, one.size) for one in events} == {
        ("user:a", "user:b", 7)
    }


async def test_a_report_that_is_not_taken_says_why():
    async def refuse(_):
        return web.json_response({"reason": "too often"}, status=429)

    async with serving(refuse) as url:
        with pytest.raises(ReportRefused, match="too often"):
            await Reporter(url, "key", PEERS).post(EVENTS)


def test_the_devices_of_a_rehearsal_have_their_rooms_secret():
    scene = read_all()["sync-requests-unanswered"]
    reporter = _reporter(scene, "http://bot", "the master of all the rooms' secrets")
    room = unquote(reporter.url.rpartition("/")[2])
    assert room == scene.room
    door = DiagnosticsDoor([b"the master of all the rooms' secrets"])
    door.admit(room, f"Bearer {reporter.bearer}")
