"""Each rehearsed incident is played to its end, and told as its page says."""

import asyncio
import re
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.bundles import read_bundle
from bot.core.bundle import Bundle
from handlers.render.replay import differences, digest_of
from handlers.replay import replayed
from rehearsal import run
from rehearsal.options import RehearsalOptions
from rehearsal.scenario import SCENARIOS, read
from rehearsal.seen import told
from rehearsal.stagehands import House, put_up
from tests.e2e.houses import PARTS, parts, removed, sight_of
from tests.e2e.trails import exported
from tests.e2e.trails import seen as shown

pytestmark = pytest.mark.e2e

CITED = re.compile(r"\[([\d,]+)\]$")
PATIENCE = 30.0
WHY_NOT = "participant.pattern == 'duplicate-identity'"


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What is there when the rehearsal comes to its end, before it is taken down."""
    kept: dict[str, object] = {}

    @asynccontextmanager
    async def watched(*given):
        async with put_up(*given) as house:
            yield house
            await _must_be_replayed(house)
            kept.update(_kept(house))

    monkeypatch.setattr(run, "put_up", watched)
    return kept


def _kept(house: House) -> dict[str, object]:
    thread = sight_of(house).thread()
    return {
        "parts": parts(house),
        "removed": removed(house),
        "ranking": next(told(m) for m in thread if "Which runbook" in told(m)),
        "proposed": any("Proposed: *" in told(m) for m in thread),
        "summary": sight_of(house).summary(),
    }


async def _rehearsed(folder: Path, slug: str, transport: str = "http") -> list[str]:
    """Play it as `triage rehearse SLUG --exit` does; return the summary's lines."""
    options = RehearsalOptions(slug, exit=True, transport=transport, folder=folder)
    assert await run.rehearse(options) == 0
    return _left(folder)


def _left(folder: Path) -> list[str]:
    (summary,) = folder.glob("summary-*.md")
    return summary.read_text(encoding="utf-8").splitlines()


async def _must_be_replayed(house: House) -> None:
    """What is drawn from the export alone is what Slack shows, to the last button."""
    async with asyncio.timeout(PATIENCE):
        while await _is_behind(house):  # noqa: ASYNC110  nobody tells when all is drawn
            await asyncio.sleep(0.2)


async def _is_behind(house: House) -> bool:
    path = await asyncio.to_thread(exported, shown(house, house.folder))
    bundle = read_bundle(path, Bundle)
    path.unlink()
    assert bundle.setting.on_request
    drawn = replayed(bundle)
    assert not list(differences(bundle, drawn))
    posted = {one.part: one.digest for one in bundle.posted}
    return {one.part: digest_of(one) for one in drawn.messages} != posted


def _must_cite(lines: list[str]) -> None:
    """Every sentence rests on events, and the last event is among them."""
    sentences = [line for line in lines if line.startswith("- ")]
    cited = [CITED.search(line) for line in sentences]
    assert all(cited), sentences
    numbers = {int(n) for one in cited if one for n in one[1].split(",")}
    assert min(numbers) == 1
    assert any("resolved it" in line for line in sentences)


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_an_expired_token_is_found_and_mended(
    tmp_path: Path, seen: dict[str, object], transport: str
) -> None:
    lines = await _rehearsed(tmp_path, "expired-token", transport)
    _must_cite(lines)
    assert seen["parts"] == PARTS
    assert seen["removed"] == 1
    assert any("token-invalid-or-expired" in line for line in lines)


@pytest.mark.parametrize("slug", ["endpoint-html", "rotated-secret"])
async def test_a_fault_of_the_endpoint_needs_no_disconnect(
    tmp_path: Path, seen: dict[str, object], slug: str
) -> None:
    truth = read(SCENARIOS / f"{slug}.md").truth
    lines = await _rehearsed(tmp_path, slug)
    _must_cite(lines)
    assert seen["removed"] == 0
    assert any(f"Proposed: {truth.runbook}." in line for line in lines)


async def test_two_devices_are_not_taken_for_a_token(
    tmp_path: Path, seen: dict[str, object]
) -> None:
    lines = await _rehearsed(tmp_path, "same-identity-two-devices")
    _must_cite(lines)
    assert seen["parts"] == ("card", "checks", "ranking", "summary:1")
    assert not seen["proposed"]
    assert WHY_NOT in str(seen["ranking"])
    assert any("No proposal." in line and "is ruled out" in line for line in lines)


async def test_unanswered_sync_requests_are_told_by_the_devices_themselves(
    tmp_path: Path, seen: dict[str, object]
) -> None:
    lines = await _rehearsed(tmp_path, "sync-requests-unanswered")
    _must_cite(lines)
    assert seen["parts"] == ("card", "checks", "ranking", "step:1:1", "summary:1")
    assert any("Proposed: sync-divergence." in line for line in lines)
    assert any("sync-diagnostics: ok" in line for line in lines)
    log = (tmp_path / "bot.log").read_text()
    assert log.count("diagnostics.taken") == 2
