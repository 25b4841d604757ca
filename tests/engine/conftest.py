import pytest
import structlog
from engine_story import House

from bot.store.store import open_store


@pytest.fixture(autouse=True)
def logged():
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
async def store(tmp_path):
    async with open_store(tmp_path / "triage.db") as opened:
        yield opened


@pytest.fixture
def house(store):
    return House(store)
