"""A release with its attestations and triggers, and a rollback that is cut off."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.incident.apply import fold
from bot.core.incident.state import Incident
from bot.core.release import verdict
from bot.core.report import Subject
from bot.core.rollback import Trigger
from bot.engine.recovery import Recovery
from bot.engine.rows import events_from
from bot.store import store as store_module
from bot.store.store import open_store
from handlers import listening
from rehearsal.cohrtz.staging import stage
from rehearsal.narrator import Narrator
from rehearsal.player import Player
from rehearsal.scenario import SCENARIOS, read
from rehearsal.stagehands import House, leave_files
from tests.e2e.crash import Stage, mortal_house
from tests.e2e.life import LIFE, MortalRunner, MortalWriter, inheriting
from tests.e2e.mortal import TEMPER

pytestmark = pytest.mark.e2e

PAGE = read(SCENARIOS / "release.md")
ROOMS = {name: peer.rooms[0] for name, peer in PAGE.peers.items()}
DATABASE = "database-corruption-on-native"


@pytest.fixture
def deaths(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let the bot die once: a room's incident is open, and nothing says so yet."""
    died: list[str] = []
    start = Recovery._start

    async def dies(self: Recovery, incident: str, by: str) -> str | None:
        state = await self.service.load(incident)
        if state.report.room == ROOMS["olga"] and not died:
            died.append(incident)
            LIFE.get().end()
            await asyncio.Future()
        return await start(self, incident, by)

    monkeypatch.setattr(store_module, "Writer", MortalWriter)
    monkeypatch.setattr(listening.web, "AppRunner", MortalRunner)
    monkeypatch.setattr(Recovery, "_start", dies)
    return died


async def _played(folder: Path) -> House:
    asyncio.get_running_loop().set_task_factory(inheriting)
    async with mortal_house(folder, PAGE, Stage()) as house:
        leave_files(house)
        await house.bot.start()
        await stage(house.deployment, PAGE.faults)
        await Player(house, Narrator(lambda _: None), TEMPER).play()
        await house.bot.quiet()
    return house


async def _incidents(folder: Path) -> list[Incident]:
    async with open_store(folder / "triage.db") as store:
        heads = [one.incident for one in await store.heads()]
        return [fold(one, events_from(await store.events(one))) for one in heads]


async def test_a_release_is_signed_watched_and_taken_back_room_by_room(
    tmp_path: Path, deaths: list[str]
) -> None:
    house = await _played(tmp_path)
    found = await _incidents(tmp_path)
    (release,) = (one for one in found if one.report.about is Subject.RELEASE)
    (rollback,) = (one for one in found if one.report.about is Subject.ROLLBACK)
    of_rooms = {one.report.room: one for one in found if one.report.room}
    _must_be_signed_by_two(release)
    (proposed,) = release.proposals
    troubled = {ROOMS["mara"], ROOMS["nils"]}
    assert (proposed.trigger, set(proposed.rooms)) == (Trigger.CORRUPTION, troubled)
    assert house.bot.deaths
    assert deaths == [of_rooms[ROOMS["olga"]].id]
    assert Counter(
        one.report.room for one in found if one.report.room
    ) == dict.fromkeys(ROOMS.values(), 1)
    recovered = {one.room: (one.incident, one.slug) for one in rollback.recoveries}
    assert recovered == {
        room: (state.id, DATABASE if room in troubled else None)
        for room, state in of_rooms.items()
    }
    assert len(rollback.recoveries) == len(ROOMS)


def _must_be_signed_by_two(release: Incident) -> None:
    said = verdict(release)
    assert said.go
    links = [value for one in said.signed for value in one.answers.values()]
    assert sum(link.startswith("https://") for link in links) == len(said.signed)
    assert len({one.by for one in said.signed}) == len(("robin", "sam"))
    assert all(one.at for one in said.signed)
