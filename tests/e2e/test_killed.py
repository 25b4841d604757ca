"""A process that kills itself leaves the same as a life that is cut off in this one."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.blows import KILLED
from tests.e2e.crash import Stage, play
from tests.e2e.deaths import clean
from tests.e2e.forked import ForkServer
from tests.e2e.killed import SERVER, make_killable
from tests.e2e.life import Blow
from tests.e2e.mortality import make_mortal
from tests.e2e.played import Played
from tests.e2e.verdict import wrong

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def whole() -> Iterator[Played]:
    with pytest.MonkeyPatch.context() as patch:
        make_mortal(patch)
        yield clean("expired-token")


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    one = ForkServer(SERVER)
    yield one
    one.end()


@pytest.fixture
def killable(monkeypatch: pytest.MonkeyPatch, server: ForkServer) -> None:
    make_killable(monkeypatch, server)


@pytest.mark.usefixtures("killable")
@pytest.mark.parametrize("blow", KILLED)
def test_a_process_that_is_killed_loses_and_repeats_nothing(
    tmp_path: Path, whole: Played, blow: Blow
) -> None:
    played = asyncio.run(play(tmp_path, Stage(blow=blow)))
    assert list(wrong(played, whole)) == []
    assert played.deaths == 1
