"""When the probe goes into a room at all: no process is started here."""

import jwt
import pytest
from structlog.testing import capture_logs

from bot.probe import room_probe
from bot.probe.room_probe import FAULTS, REST, ProbeServer, Rest, RoomProbe
from bot.world.probe import ProbeUnavailable, Why
from bot.world.rooms import Presence, RoomsUnreachable
from tests.fakes.tokens import API_KEY, API_SECRET
from tests.fakes.world import ALICE, ROOM, FakeRooms

SERVER = ProbeServer("http://x", API_KEY, API_SECRET)


class Clock:
    at = 1000.0

    def __call__(self):
        return self.at


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    monkeypatch.setattr(room_probe, "is_installed", lambda: True)


def probe(rooms=None, clock=None, command=("false",)):
    return RoomProbe(
        rooms or FakeRooms(), SERVER, clock=clock or Clock(), command=command
    )


def claims(errand):
    return jwt.decode(errand.token, API_SECRET, algorithms=["HS256"])


async def refused(probe, room=ROOM):
    with pytest.raises(ProbeUnavailable) as why:
        await probe.watch(room, 1)
    return why.value


async def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(room_probe, "is_installed", lambda: False)
    none = await refused(probe())
    assert none.why is Why.NOT_INSTALLED
    assert "[probe]" in str(none)


async def test_it_joins_no_room_that_is_not_open():
    assert (await refused(probe())).why is Why.EMPTY


async def test_it_joins_no_room_with_hidden_ones_alone():
    rooms = FakeRooms()
    rooms.put("zz-somebody", hidden=True)
    assert (await refused(probe(rooms))).why is Why.EMPTY


async def test_who_has_gone_is_nobody():
    rooms = FakeRooms()
    rooms.put(ALICE, presence=Presence.DISCONNECTED)
    assert (await refused(probe(rooms))).why is Why.EMPTY


@pytest.mark.parametrize(("there", "event"), [(True, "ready"), (False, "absent")])
def test_whoever_runs_the_bot_is_told_whether_it_can_listen(there, event, monkeypatch):
    monkeypatch.setattr(room_probe, "is_installed", lambda: there)
    with capture_logs() as logs:
        room_probe.say_whether_installed()
    assert [line["event"] for line in logs] == [f"probe.{event}"]


async def test_a_server_that_does_not_say_who_is_there_is_not_guessed_about():
    rooms = FakeRooms(fails=RoomsUnreachable("no answer"))
    with pytest.raises(RoomsUnreachable):
        await probe(rooms).watch(ROOM, 1)


async def test_its_token_allows_to_listen_and_nothing_else():
    told = claims(probe()._errand(ROOM, 5))
    assert told["kind"] == "agent"
    assert told["sub"].startswith("zz-triage-probe-")
    assert told["exp"] - told["nbf"] <= 120
    assert told["video"] == {
        "roomJoin": True,
        "room": ROOM,
        "hidden": True,
        "canSubscribe": True,
        "canPublish": False,
        "canPublishData": False,
    }


async def test_every_probe_has_an_identity_of_its_own():
    errands = [probe()._errand(ROOM, 5) for _ in range(3)]
    assert len({claims(errand)["sub"] for errand in errands}) == 3


def test_the_address_is_a_websockets():
    assert SERVER.websocket_url == "ws://x"
    assert ProbeServer("https://x", "", "").websocket_url == "wss://x"
    assert ProbeServer("wss://x", "", "").websocket_url == "wss://x"
    assert API_SECRET not in repr(SERVER)


def test_after_three_faults_in_a_row_it_rests_and_then_longer():
    clock = Clock()
    rest = Rest(clock)
    for _ in range(FAULTS - 1):
        rest.faulted()
    assert rest.left() == 0
    rest.faulted()
    assert rest.left() == REST
    clock.at += REST
    assert rest.left() == 0
    rest.faulted()
    assert rest.left() == 2 * REST


def test_one_success_forgets_the_faults():
    rest = Rest(Clock())
    rest.faulted()
    rest.faulted()
    rest.worked()
    rest.faulted()
    assert rest.left() == 0


async def test_a_resting_probe_says_for_how_long():
    rooms = FakeRooms()
    rooms.put(ALICE)
    resting = probe(rooms)
    for _ in range(FAULTS):
        resting._rest.faulted()
    none = await refused(resting)
    assert none.why is Why.RESTING
    assert "60 s" in str(none)
