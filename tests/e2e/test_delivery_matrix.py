"""The gate's sample of the delivery matrix: trouble changes nothing in the end."""

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.engine.planning import Planner
from rehearsal.acts import again, waiting
from rehearsal.player import Temper
from tests.e2e import weather
from tests.e2e.crash import Stage, play
from tests.e2e.deaths import clean
from tests.e2e.mortality import make_mortal
from tests.e2e.troubles import EVERY, NOT_REACHED, SAMPLE
from tests.e2e.weather import Weathered, endure, matrix

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("mortal")]

SLUGS = sorted({one.slug for one in SAMPLE})
"""The sample is dealt out by incident, so that several processes can share it."""


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> None:
    make_mortal(monkeypatch)


async def test_who_waits_for_an_act_that_could_not_be_planned_looks_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a slow server in the moment after the press ends no incident."""
    plan, tries = Planner.plan, iter([True, False])

    async def troubled(self: Planner, *what: Any) -> Any:
        answers = next(tries, True)
        return await plan(self, *what) if answers else (None, "It gave no answer.")

    monkeypatch.setattr(Planner, "plan", troubled)
    for module in (again, waiting):
        monkeypatch.setattr(module, "GLANCE", 0.3)
    played = await play(tmp_path, Stage(temper=Temper(patience=30.0, pause=0.02)))
    kinds = [one.body.kind for one in played.events]
    assert kinds.count("action.unready") == 1
    assert played.methods == Counter(RemoveParticipant=1)
    assert played.resolved


CALM = Weathered(SAMPLE[0], 0, ())
STRUCK = replace(CALM, struck=3)


def test_trouble_that_did_not_strike_is_counted_named_and_not_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(weather, "_all", lambda *_: [CALM])
    assert weather.main(["--sample"]) == 1
    told = capsys.readouterr().out
    assert f"{CALM.name}: did not strike: it should have" in told
    assert told.splitlines()[1].split()[-6:-3] == ["0", "1", "0"]
    monkeypatch.setattr(weather, "_all", lambda *_: [STRUCK])
    assert weather.main(["--sample"]) == 0


def test_what_cannot_strike_is_right_and_its_reason_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(weather, "NOT_REACHED", {CALM.trouble.row: "Nobody writes."})
    assert CALM.right
    assert list(weather.idle([CALM])) == [
        f"{CALM.name}: did not strike: Nobody writes."
    ]


def test_rows_that_cannot_be_reached_are_rows() -> None:
    assert set(NOT_REACHED) <= {one.row for one in EVERY}


@pytest.mark.parametrize("slug", SLUGS)
def test_whatever_happens_on_the_wire_the_incident_ends_as_without_it(
    slug: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = {slug: clean(slug)}
    weathered = [endure(whole, one) for one in SAMPLE if one.slug == slug]
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *matrix(weathered), ""]))
    assert [one.told for one in weathered if one.wrong] == []
    assert all(one.struck for one in weathered)
