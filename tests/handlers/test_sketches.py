"""Little is read and drawn twice, and what is remembered is never out of date."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.bundles import read_bundle
from bot.core.bundle import Bundle
from bot.core.incident.commands import Open
from bot.core.incident.erasing import Erase
from bot.core.report import Report
from bot.errors import UsageError
from bot.store.seal import DataKey, Keyring
from handlers.easel import Easel
from handlers.render.message import Part, digest, parts, wanted
from handlers.render.replay import catalogue_of
from handlers.render.timeline import timeline
from handlers.replay import events_of
from handlers.sketches import Sketches
from tests.fakes.slack_calls import CATALOGUE, HERE, OPENER, house, now, says

CORPUS = Path(__file__).parents[1] / "corpus"
NAMES = sorted(path.stem for path in CORPUS.glob("*.json") if path.stem != "anchors")


class Reading:
    """A service that remembers after which event it was asked, 0 for all."""

    def __init__(self, service=None):
        self._service, self.asked = service, []

    async def events(self, incident):
        self.asked.append((incident, 0))
        return await self._service.events(incident)

    async def events_after(self, incident, seq):
        self.asked.append((incident, seq))
        return await self._service.events_after(incident, seq)


class Hand:
    """An easel with its sketches, drawn when it is told to."""

    def __init__(self, service, limit=8):
        self.reading = Reading(service)
        self.sketches = Sketches(self.reading, limit)
        self.easels = {}

    async def draw(self, incident):
        """Draw what is new; return the messages' texts by part."""
        easel = self.easels.setdefault(incident, Easel(incident, {}))
        line = await self.sketches.read(incident)
        self.sketches.draw(easel, line, parts(line, CATALOGUE))
        return easel.wanted


async def whole(service, incident):
    """Return what all events give, read at once."""
    state, events = await service.load(incident), await service.events(incident)
    return {one.part: one for one in wanted(state, events, CATALOGUE)}


async def test_only_events_that_follow_are_read(tmp_path):
    async with house(tmp_path) as at:
        hand, incident = Hand(at.service), await at.ranked()
        await hand.draw(incident)
        seq = (await at.service.load(incident)).seq
        await at.change(incident)
        assert await hand.draw(incident) == await whole(at.service, incident)
        last = (await at.service.load(incident)).seq
        await hand.draw(incident)
        assert hand.reading.asked == [(incident, 0), (incident, seq), (incident, last)]


async def test_an_opening_that_was_read_before_it_had_its_link_is_read_again(tmp_path):
    async with house(tmp_path) as at:
        command = Open(Report(room="blue"), HERE)
        incident = await at.service.open(command, by=OPENER, receipt=None)
        line = await Sketches(at.service).read(incident)
        assert line.opening.link == ""
        hand = Hand(at.service)
        await hand.draw(incident)
        await at.service.follow(incident)
        assert await hand.draw(incident) == await whole(at.service, incident)
        assert hand.reading.asked[-1] == (incident, 0)


async def test_an_incident_that_is_not_there_is_told(tmp_path):
    async with house(tmp_path) as at:
        with pytest.raises(UsageError, match="There is no incident INC-9"):
            await Hand(at.service).draw("INC-9")


async def test_erased_words_are_gone_from_what_was_drawn_before(tmp_path):
    async with house(tmp_path) as at:
        report = Report(room="blue-whale", words="My password is swordfish.")
        incident = await at.service.open(Open(report, HERE), by=OPENER, receipt=None)
        hand = Hand(at.service)
        assert "swordfish" in str(await hand.draw(incident))
        wish = Erase(1, OPENER, now(), "It names a password.")
        await at.service.erase(incident, wish)
        drawn = await hand.draw(incident)
        assert "swordfish" not in str(drawn)
        assert "[erased by" in str(drawn["card"].blocks)
        assert drawn == await whole(at.service, incident)


async def test_keys_may_be_rotated_between_two_drawings(tmp_path):
    async with house(tmp_path) as at:
        hand, incident = Hand(at.service), await at.ranked()
        await hand.draw(incident)
        rotation = at.store.rotation
        ring = Keyring((DataKey("newer", b"n" * 32), *rotation.ring.keys))
        await rotation.take(ring, "here")
        while await rotation.step() is not None:
            pass
        await rotation.retire()
        await at.change(incident)
        assert await hand.draw(incident) == await whole(at.service, incident)


async def test_only_so_many_incidents_are_remembered(tmp_path):
    async with house(tmp_path) as at:
        hand = Hand(at.service, limit=1)
        first, second = await at.open(), await at.open()
        for incident in (first, second, first):
            drawn = await hand.draw(incident)
            assert drawn == await whole(at.service, incident)
        assert hand.reading.asked == [(first, 0), (second, 0), (first, 0)]


@pytest.mark.parametrize("name", NAMES)
def test_old_incidents_drawn_event_by_event_are_as_if_drawn_at_once(name):
    bundle = read_bundle(CORPUS / f"{name}.json", Bundle)
    events, catalogue = events_of(bundle.events), catalogue_of(bundle.setting)
    line = timeline(bundle.incident, events[:1])
    sketches, easel = Sketches(Reading()), Easel(bundle.incident, {})
    for seq in range(1, 1 + len(events)):
        line = line.then(events[line.seq : seq])
        sketches.draw(easel, line, parts(line, catalogue))
        at_once = wanted(line.state, events[:seq], catalogue)
        assert list(easel.wanted.values()) == list(at_once)
        assert easel.digests == {one.part: digest(one) for one in at_once}


@pytest.fixture
def line():
    bundle = read_bundle(CORPUS / f"{NAMES[0]}.json", Bundle)
    return timeline(bundle.incident, events_of(bundle.events))


def drawing(line, *values):
    """Draw a part that rests on each of the values in turn; return how often."""
    sketches, easel, times = Sketches(Reading()), Easel(line.id, {}), []

    def draw():
        times.append(1)
        return says("card", "It is so.")

    for value in values:
        sketches.draw(easel, replace(line), [Part("card", value, draw)])
    return len(times)


def test_a_part_that_rests_on_the_very_same_is_not_drawn_again(line):
    same = object()
    assert drawing(line, (same, 1), (same, 1)) == 1
    assert drawing(line, (same,), (object(),)) == 2
    assert drawing(line, (same,), (same, same), (same,)) == 3


def test_values_that_are_equal_and_drawn_differently_are_drawn_again(line):
    assert drawing(line, (1,), (True,), (1.0,)) == 3
