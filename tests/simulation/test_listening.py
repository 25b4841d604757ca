"""Stories in which the bot listens to a room, and what must hold of its probe."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from bot.cohrtz.ourselves import PREFIX
from bot.probe import room_probe
from bot.world.probe import Ended
from rehearsal.cohrtz.data_plane import DataMessage
from tests.simulation import probing
from tests.simulation.chance import stream
from tests.simulation.network import Network
from tests.simulation.probing import Prober, wrong_looks
from tests.simulation.run import tell
from tests.simulation.test_bugs_caught import PLAIN

pytestmark = pytest.mark.e2e

HEARD = replace(PLAIN, scene="lost-group-key", listens=True)
SEEDS = 6


@pytest.fixture
def looks(monkeypatch):
    """What came of each look into the room."""
    found, watch = [], room_probe.RoomProbe.watch

    async def noted(self, room, seconds):
        found.append(await watch(self, room, seconds))
        return found[-1]

    monkeypatch.setattr(room_probe.RoomProbe, "watch", noted)
    return found


def test_the_bot_hears_what_the_apps_say_until_its_time_is_over(looks, monkeypatch):
    monkeypatch.setattr(probing, "BREAKS", 0.0)
    for seed in range(SEEDS):
        assert tell(replace(HEARD, seed=seed)).wrong == ()
    assert {one.ended for one in looks} == {Ended.TIME}
    assert all(one.packets for one in looks)


def test_an_sdk_that_breaks_while_it_listens_is_told_as_a_fault(looks, monkeypatch):
    monkeypatch.setattr(probing, "BREAKS", 1.0)
    for seed in range(SEEDS):
        assert tell(replace(HEARD, seed=seed)).wrong == ()
    assert {one.ended for one in looks} == {Ended.FAULT}


def test_a_listening_seed_is_the_same_run_each_time():
    first, again = tell(HEARD), tell(HEARD)
    assert first.digest == again.digest


def test_a_probe_that_stays_or_speaks_is_found():
    prober = Prober(stream(0, "probe"), Network(stream(0, "network")))
    speaker = SimpleNamespace(identity=f"{PREFIX}1")
    plane = SimpleNamespace(carried=[], dropped=[DataMessage("r", b"", speaker)])
    assert list(wrong_looks(prober, plane)) == [f"the probe {PREFIX}1 said something"]
    link = prober._link(None)
    link.open, plane.dropped = True, []
    assert list(wrong_looks(prober, plane)) == ["1 probes are still in a room"]
