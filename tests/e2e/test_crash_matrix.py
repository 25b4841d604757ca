"""The gate's sample of the crash matrix, and what the matrix itself must notice."""

import sys
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from tests.e2e.crash import Played
from tests.e2e.deaths import SAMPLE, clean, die, matrix
from tests.e2e.houses import PARTS
from tests.e2e.life import make_mortal
from tests.e2e.verdict import wrong

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("mortal")]

CHUNKS = 3
"""The sample is dealt out, so that several processes can share it."""


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> None:
    make_mortal(monkeypatch)


@cache
def whole(slug: str) -> Played:
    return clean(slug)


def test_a_whole_life_shows_every_part_once() -> None:
    played = whole("expired-token")
    assert not played.died
    assert played.parts == PARTS
    assert played.acts == Counter(RemoveParticipant=1)
    assert list(wrong(played, played)) == []


def test_what_is_lost_or_done_twice_is_noticed() -> None:
    """A matrix that cannot fail would be worth nothing."""
    good = whole("expired-token")
    spoilt = {
        "messages: card 2": replace(good, parts=("card", *good.parts)),
        "messages: summary:1 0": replace(good, parts=good.parts[:-1]),
        "acts: RemoveParticipant 2": replace(good, acts=Counter(RemoveParticipant=2)),
        "events: incident.resolved 0": replace(good, events=good.events[:-1]),
        "incidents:  2": replace(good, incidents=2),
        "lost are": replace(good, lost=("check.reported as 7",)),
        "is not resolved": replace(good, resolved=False),
        "gaps": replace(good, events=(*good.events[:3], *good.events[4:])),
        "drawn are": replace(good, drawings=good.drawings[1:]),
        "shows the steps as": replace(good, parts=_swapped(good.parts)),
    }
    for words, played in spoilt.items():
        assert any(words in one for one in wrong(played, good)), words


def _swapped(parts: tuple[str, ...]) -> tuple[str, ...]:
    first, second = parts.index("step:1:1"), parts.index("step:1:2")
    order = list(parts)
    order[first], order[second] = order[second], order[first]
    return tuple(order)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_death_at_any_point_loses_and_repeats_nothing(
    chunk: int, capsys: pytest.CaptureFixture[str]
) -> None:
    every = [(slug, blow) for slug, blows in SAMPLE.items() for blow in blows]
    deaths = [die(slug, whole(slug), blow) for slug, blow in every[chunk::CHUNKS]]
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *matrix(deaths), ""]))
    assert [one.told for one in deaths if one.wrong] == []
    assert all(one.died for one in deaths)
