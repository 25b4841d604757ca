import pytest
import structlog

from bot.store.store import open_store


@pytest.fixture(autouse=True)
def logged():
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
def path(tmp_path):
    return tmp_path / "triage.db"


@pytest.fixture
async def store(path):
    async with open_store(path) as opened:
        yield opened
