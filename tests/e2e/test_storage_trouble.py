"""A disk that is full, read-only or damaged under a running bot, and what is told.

Told to whoever presses, where they look, with a reference; to whoever asks /readyz; and
nothing is half done: what was refused did not happen, and goes on when it is mended.
"""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from rehearsal.narrator import Narrator
from rehearsal.player import Player
from rehearsal.stagehands import House
from tests.e2e.crash import Stage, mortal_house, set_scene
from tests.e2e.houses import parts, removed, whispered
from tests.e2e.mortal import TEMPER
from tests.e2e.mortality import make_mortal
from tests.e2e.stories import scenario_of

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("mortal")]

ROBIN = "U0RESP"
UP_TO_RUN = 7
"""So many acts of the script come before Run is pressed."""

NO_MORE = "PRAGMA max_page_count = 1"  # SQLite makes that the pages there are
ENOUGH = "PRAGMA max_page_count = 1000000"


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> None:
    make_mortal(monkeypatch)


@asynccontextmanager
async def before_the_press(folder: Path) -> AsyncIterator[tuple[House, Player]]:
    """Play the incident to where Run can be pressed."""
    scenario = scenario_of("expired-token")
    async with mortal_house(folder, scenario, Stage()) as house:
        await house.bot.start()
        await set_scene(house.deployment, scenario.faults)
        player = Player(house, Narrator(lambda _: None), TEMPER)
        for act in scenario.good_responder[:UP_TO_RUN]:
            await player.do(act)
        await player.seat("robin").until(lambda: run_button(player), "Run")
        await house.bot.quiet()
        yield house, player


def run_button(player: Player) -> Any:
    return player._part.sight.step_button(2, "Run")


async def press_run(house: House, player: Player) -> str:
    """Press Run until it is taken; return what the person is told of it."""
    before, seat = whispered(house, ROBIN), player.seat("robin")
    button = run_button(player)

    async def attempt() -> str | None:
        told = await house.workspace.press(
            ROBIN, button.ts, button.action_id, block_id=button.block_id, confirm=True
        )
        return None if told.ok else told.outcome

    await seat.insist(attempt, "Run")
    await seat.until(lambda: whispered(house, ROBIN) != before, "the bot to say why")
    return whispered(house, ROBIN)[len(before) :]


async def ready(house: House) -> tuple[int, str]:
    url = f"http://127.0.0.1:{house.bot.lives[-1].port}/readyz"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, " ".join((await answer.json())["reasons"])


async def on_disk(house: House, statement: str) -> None:
    """Run a statement on the connection that writes."""
    link = house.bot.lives[-1].loops.bot.store._link
    await link.run(lambda connection: connection.execute(statement).fetchall())


def fill_up(connection: sqlite3.Connection) -> None:
    """Use up what is free in the file, and let it grow no more."""
    connection.execute("CREATE TABLE filler (bytes BLOB)")
    connection.execute(NO_MORE)
    for size in (100_000, 4_000, 500):
        with pytest.raises(sqlite3.OperationalError, match="full"):
            _insert_for_ever(connection, size)


def _insert_for_ever(connection: sqlite3.Connection, size: int) -> None:
    while True:
        connection.execute("INSERT INTO filler VALUES (zeroblob(?))", (size,))


async def events(house: House) -> list[str]:
    store = house.bot.lives[-1].loops.bot.store
    (head,) = await store.heads()
    return [row.kind for row in await store.events(head.incident)]


async def goes_on(house: House, player: Player) -> None:
    """See that the incident ends as if nothing had been."""
    assert (await ready(house))[0] == 200
    for act in house.scenario.good_responder[UP_TO_RUN:]:
        await player.do(act)
    assert player.resolved()
    assert removed(house) == 1


async def test_a_full_disk_is_told_and_nothing_is_half_done(tmp_path: Path) -> None:
    async with before_the_press(tmp_path) as (house, player):
        link = house.bot.lives[-1].loops.bot.store._link
        await link.run(fill_up)
        known, shown = await events(house), parts(house)
        said = await open_another(house, player)
        assert said.startswith("The disk is full. Free some space; nothing was half")
        assert re.search(r"\(ref-\w{8}\)$", said)
        status, reasons = await ready(house)
        assert (status, reasons[:17]) == (503, "The disk is full.")
        assert (await events(house), parts(house), removed(house)) == (known, shown, 0)
        await on_disk(house, ENOUGH)
        await on_disk(house, "DROP TABLE filler")
        await goes_on(house, player)


MANY_WORDS = "nobody gets in " * 100
"""More than there is room for between the rows of a page that is not full."""


async def open_another(house: House, player: Player) -> str:
    """Type a command that opens an incident; return what the bot answers."""
    said: list[str] = []

    async def attempt() -> str | None:
        told = await house.workspace.command(
            ROBIN, house.channel, "/triage", f'"Maple Street" {MANY_WORDS}'
        )
        said.append(str((told.message or {}).get("text")))
        return None if told.ok else told.outcome

    await player.seat("robin").insist(attempt, "/triage")
    return said[-1]


async def test_a_database_that_cannot_be_written_is_told_and_nothing_is_half_done(
    tmp_path: Path,
) -> None:
    async with before_the_press(tmp_path) as (house, player):
        await on_disk(house, "PRAGMA query_only = ON")
        known, shown = await events(house), parts(house)
        said = await press_run(house, player)
        assert "The database is read-only. Let the bot write" in said
        assert re.search(r"\(ref-\w{8}\)", said)
        status, reasons = await ready(house)
        assert status == 503
        assert "The database is read-only." in reasons
        assert (await events(house), parts(house), removed(house)) == (known, shown, 0)
        await on_disk(house, "PRAGMA query_only = OFF")
        await goes_on(house, player)


def damage(database: Path) -> None:
    """Write nonsense over all of the file but its first pages."""
    size = database.stat().st_size
    with database.open("r+b") as file:
        file.seek(4 * 4096)
        file.write(b"\xa5" * (size - 4 * 4096))


async def test_a_database_damaged_under_the_bot_is_told_and_not_touched_any_more(
    tmp_path: Path,
) -> None:
    async with before_the_press(tmp_path) as (house, player):
        store = house.bot.lives[-1].loops.bot.store
        await store.check_point()
        await on_disk(house, "PRAGMA cache_size = 0")
        await on_disk(house, "PRAGMA shrink_memory")
        damage(tmp_path / "triage.db")
        said = await press_run(house, player)
        assert "The database is damaged." in said
        assert "restore the last backup" in said
        status, reasons = await ready(house)
        assert status == 503
        assert "The database is damaged." in reasons
        assert removed(house) == 0
        kept = (tmp_path / "triage.db").read_bytes()
        again = await press_run(house, player)
        assert "The database is damaged." in again
        assert (tmp_path / "triage.db").read_bytes() == kept
