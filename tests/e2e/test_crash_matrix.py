"""A death of the bot at every write of an incident, before it and right after it."""

import gc
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.incident import events as e
from bot.store import store as store_module
from handlers import listening
from tests.e2e.crash import Played, play
from tests.e2e.houses import PARTS
from tests.e2e.life import Blow, MortalRunner, MortalWriter, Side

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("mortal")]

CHUNKS = 10
"""The points are dealt out, so that several processes can share them."""

SIDES: tuple[Side, Side] = ("before", "after")
ONCE = ("incident.opened", "runbook.started", "incident.resolved")


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every store that is opened count its writes and mind its life.

    What is alive by now stays: the collector need not look at it hundreds of times.
    """
    gc.collect()
    gc.freeze()
    monkeypatch.setattr(store_module, "Writer", MortalWriter)
    monkeypatch.setattr(listening.web, "AppRunner", MortalRunner)


async def test_a_whole_life_shows_every_part_once(tmp_path: Path) -> None:
    played = await play(tmp_path, None)
    assert list(_wrong(played)) == []
    assert not played.died
    assert played.writes > len(played.events) / 2


@pytest.mark.parametrize("chunk", range(CHUNKS))
async def test_a_death_at_any_write_loses_and_repeats_nothing(
    tmp_path: Path, chunk: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every write is one death: before it or after it, in turn."""
    await _deaths(tmp_path, chunk, 0, capsys)


@pytest.mark.crash
@pytest.mark.parametrize("chunk", range(CHUNKS))
async def test_a_death_on_the_other_side_of_a_write_does_not_either(
    tmp_path: Path, chunk: int, capsys: pytest.CaptureFixture[str]
) -> None:
    await _deaths(tmp_path, chunk, 1, capsys)


async def _deaths(
    folder: Path, chunk: int, turn: int, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong: list[str] = []
    points = 0
    for write in itertools.count(chunk + 1, CHUNKS):
        side = SIDES[(write // CHUNKS + turn) % 2]
        place = folder / str(write)
        place.mkdir()
        played, told = await _played(place, Blow(write, side))
        wrong += [f"{side} write {write}: {each}" for each in told]
        if played is None or not played.died:
            break  # a life has no more writes than that
        points += 1
    with capsys.disabled():
        sys.stdout.write(f" [{chunk}: {points} deaths, {len(wrong)} wrong]")
    assert wrong == []
    assert points


async def _played(folder: Path, blow: Blow) -> tuple[Played | None, list[str]]:
    try:
        played = await play(folder, blow)
    except Exception as error:  # noqa: BLE001  what stopped it is the finding
        return None, [f"{type(error).__name__}: {error}"]
    return played, list(_wrong(played))


def _wrong(played: Played) -> Iterator[str]:
    """Say what is not as it is after a whole life."""
    if not played.resolved:
        yield "it is not resolved"
    if played.incidents != 1:
        yield f"there are {played.incidents} incidents"
    if played.parts != PARTS:
        yield f"Slack shows {played.parts}"
    if played.removed != 1:
        yield f"RemoveParticipant was done {played.removed} times"
    yield from _wrong_timeline(played)
    yield from _wrong_drawings(played)


def _wrong_timeline(played: Played) -> Iterator[str]:
    numbers = [event.seq for event in played.events]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"the timeline has gaps: {numbers}"
    kinds = [event.body.kind for event in played.events]
    for kind in ONCE:
        if kinds.count(kind) != 1:
            yield f"{kind} happened {kinds.count(kind)} times"
    yield from _wrong_acts([event.body for event in played.events])


def _wrong_acts(bodies: list[e.Body]) -> Iterator[str]:
    """Every intent must have ended, and exactly one of them as done."""
    intents = [b for b in bodies if isinstance(b, e.ActionIntended)]
    done = [b for b in bodies if isinstance(b, e.ActionFinished) and b.ok]
    told = [b for b in bodies if isinstance(b, e.ActionSettled)]
    happened = [b for b in told if b.happened]
    if len(done) + len(happened) != 1:
        yield f"acts: {done} {told}"
    ended = {b.attempt for b in (*done, *told)}
    if ended != {intent.attempt for intent in intents}:
        yield f"{len(intents)} intents, ended: {ended}"


def _wrong_drawings(played: Played) -> Iterator[str]:
    for drawing in played.drawings:
        if drawing.state != "drawn" or not drawing.ts:
            yield f"{drawing.part} is {drawing.state}"
    if len(played.drawings) != len(PARTS):
        yield f"drawn are {[drawing.part for drawing in played.drawings]}"
