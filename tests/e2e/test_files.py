"""Files in a whole rehearsal: dropped in the thread, read by the real process."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.artefacts.readers import READERS
from bot.core.artefact import Kind
from rehearsal.seen import told
from rehearsal.slack import Fault, Hang
from rehearsal.stagehands import House
from tests.e2e.houses import begun, play, sight_of

pytestmark = pytest.mark.e2e

ROBIN = "U0RESP"
LINES = (
    "[JwtUtils] Token rejected\n"
    "[ConnectionManager] Token for room is invalid/malformed (missing iss?).\n"
    "[Janitor] Janitor: Cached token is invalid/malformed (missing iss?). "
    "Fetching new one...\n"
) * 9


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with begun(tmp_path) as one:
        await play(one, 0, 3)
        yield one


def evidence(house: House) -> str:
    """Return what the message on files says; empty while there is none."""
    ours: list[Any] = list(sight_of(house).thread())
    said = [told(one) for one in ours if "Files" in told(one)]
    return said[-1] if said else ""


async def drop(house: House, name: str, content: bytes) -> None:
    card = sight_of(house).card()
    assert card is not None
    thread = str(card["ts"])
    await house.workspace.drop_file(ROBIN, house.channel, name, content, thread)


async def says(house: House, words: str) -> None:
    await house.workspace.wait_for(lambda: words in evidence(house), 90)


def zipped(**files: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


async def test_a_zip_is_opened_and_each_file_in_it_has_a_verdict(house: House) -> None:
    await drop(house, "bundle.zip", zipped(odd="not a log", other="nor this"))
    await says(house, "0 of 2 files in it are known")
    assert "bundle.zip/odd" in evidence(house)


async def test_a_bot_that_is_killed_leaves_nothing_and_reads_what_waits_when_it_is_back(
    house: House,
) -> None:
    temporary = house.folder / "tmp"
    house.workspace.faults.add(Fault("files", Hang(60)))
    await drop(house, "odd.txt", b"hello")
    await house.workspace.wait_for(lambda: any(temporary.glob("triage-*/*")), 30)
    await house.bot.kill()
    house.workspace.faults.clear()
    assert any(temporary.iterdir())
    await house.bot.start()
    await says(house, "It is not a file that this bot knows")
    await house.workspace.wait_for(lambda: not any(temporary.iterdir()), 30)
    kept = json.dumps(list(sight_of(house).thread()), ensure_ascii=False)
    assert kept.count("*Files*") == 1


@pytest.mark.skipif(
    all(reader.KIND is not Kind.LOG for reader in READERS),
    reason="no reader of logs is listed in bot/artefacts/readers",
)
async def test_a_log_is_read_as_a_log(house: House) -> None:
    await drop(house, "app.txt", LINES.encode())
    await says(house, "(log)")
