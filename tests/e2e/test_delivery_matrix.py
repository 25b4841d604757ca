"""The gate's sample of the delivery matrix: trouble changes nothing in the end."""

import sys
from functools import cache

import pytest

from tests.e2e.deaths import clean
from tests.e2e.life import make_mortal
from tests.e2e.played import Played
from tests.e2e.weather import FILES, SAMPLE, endure, matrix

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("mortal")]

CHUNKS = 3
"""The sample is dealt out, so that several processes can share it."""


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> None:
    make_mortal(monkeypatch)


@cache
def whole() -> dict[str, Played]:
    return {slug: clean(slug) for slug in ("expired-token", FILES)}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_whatever_happens_on_the_wire_the_incident_ends_as_without_it(
    chunk: int, capsys: pytest.CaptureFixture[str]
) -> None:
    weathered = [endure(whole(), one) for one in SAMPLE[chunk::CHUNKS]]
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *matrix(weathered), ""]))
    assert [one.told for one in weathered if one.wrong] == []
    assert all(one.struck for one in weathered)
