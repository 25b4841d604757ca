"""Who could answer, who may make a vault key, and whether peers had time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.checks import CHECKS
from bot.core.evidence import Verdict
from bot.world.rooms import Presence, RoomsUnreachable
from tests.fakes.held_files import INCIDENT, files, secure
from tests.fakes.world import ALICE, BOB, NOON, ROOM, FakeRooms, world

BAD, OK, UNKNOWN = Verdict.BAD, Verdict.OK, Verdict.UNKNOWN
NAMES = ["peers-online", "vault-authority", "convergence-window"]


def room(*people, hidden=()):
    rooms = FakeRooms()
    for who in people:
        rooms.put(who, hidden=who in hidden)
    return rooms


async def look(name, rooms, artefacts=None, identity=ALICE):
    check = CHECKS[name]
    given = {"incident": INCIDENT} if "incident" in check.Params.model_fields else {}
    asked = check.Params(room=ROOM, identity=identity, **given)
    return await check.run(asked, world(rooms=rooms, artefacts=artefacts))


@pytest.mark.parametrize("name", NAMES)
async def test_a_server_that_does_not_answer_leaves_it_unknown(name):
    finding = await look(name, FakeRooms(fails=RoomsUnreachable("No answer.")))
    assert (finding.verdict, finding.facts) == (UNKNOWN, {})


@pytest.mark.parametrize("name", ["peers-online", "vault-authority"])
async def test_without_a_participant_nothing_is_told(name):
    finding = await look(name, room(ALICE, BOB), identity=None)
    assert "no participant was given" in finding.headline


async def test_others_who_are_active_could_answer():
    finding = await look("peers-online", room(ALICE, BOB))
    assert finding.verdict is OK
    assert finding.facts == {"peers.online": 1, "peers.youngest_s": 300}


async def test_who_is_hidden_or_not_active_cannot_answer():
    rooms = room(ALICE, "probe", hidden=("probe",))
    rooms.put(BOB, presence=Presence.JOINING)
    finding = await look("peers-online", rooms)
    assert (finding.verdict, finding.facts["peers.online"]) == (BAD, 0)


async def test_an_empty_room_has_no_youngest():
    finding = await look("peers-online", FakeRooms())
    assert finding.facts == {"peers.online": 0}


async def test_the_smallest_visible_identity_is_the_authority():
    finding = await look("vault-authority", room(ALICE, BOB), identity=min(ALICE, BOB))
    assert finding.verdict is OK
    assert finding.facts == {"vault.alone": False, "vault.authority": True}


async def test_a_hidden_one_is_not_counted():
    rooms = room(ALICE, "user:0000", hidden=("user:0000",))
    finding = await look("vault-authority", rooms)
    assert (finding.verdict, finding.facts["vault.alone"]) == (BAD, True)
    assert "an item added now makes a new key" in finding.headline


@pytest.mark.parametrize(
    ("artefacts", "verdict", "authority"),
    [
        (None, UNKNOWN, None),
        (files(secure(keys__host=False)), OK, False),
        (files(secure(keys__host=True)), OK, True),
    ],
)
async def test_whether_another_is_the_host_only_the_device_knows(
    artefacts, verdict, authority
):
    larger = max(ALICE, BOB)
    finding = await look("vault-authority", room(ALICE, BOB), artefacts, larger)
    assert finding.verdict is verdict
    assert finding.facts.get("vault.authority") is authority


async def test_who_is_not_there_has_no_authority_to_tell_of():
    finding = await look("vault-authority", room(BOB))
    assert finding.verdict is UNKNOWN


@pytest.mark.parametrize(("seconds", "verdict"), [(59, BAD), (60, OK), (-5, BAD)])
async def test_peers_have_a_minute_to_converge(seconds, verdict):
    rooms = room(ALICE)
    rooms.put(BOB, joined_at=NOON - timedelta(seconds=seconds))
    finding = await look("convergence-window", rooms)
    assert finding.verdict is verdict
    assert finding.facts == {
        "window.quiet_s": max(0, seconds),
        "window.passed": verdict is OK,
    }


@pytest.mark.parametrize(("seconds", "verdict"), [(5, BAD), (6, OK)])
async def test_where_timers_run_ten_times_faster_six_seconds_will_do(seconds, verdict):
    rooms = room(ALICE)
    rooms.put(BOB, joined_at=NOON - timedelta(seconds=seconds))
    asked = CHECKS["convergence-window"].Params(room=ROOM)
    faster = replace(world(rooms=rooms), pace=10)
    finding = await CHECKS["convergence-window"].run(asked, faster)
    assert finding.verdict is verdict


async def test_one_alone_has_nobody_to_converge_with():
    finding = await look("convergence-window", room(ALICE))
    assert (finding.verdict, finding.facts) == (UNKNOWN, {})
