"""Incidents that only the room's packets tell of, played to their summaries."""

from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rehearsal import run
from rehearsal.narrator import Narrator
from rehearsal.options import RehearsalOptions
from rehearsal.scenario import SCENARIOS, read
from rehearsal.stagehands import put_up
from tests.fakes.rtc import needs_rtc

pytestmark = [pytest.mark.e2e, needs_rtc]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the rehearsal tells, line by line."""
    lines: list[str] = []
    monkeypatch.setattr(run, "Narrator", lambda: Narrator(lines.append))
    return lines


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the people's apps have at the end, by name."""
    kept: dict[str, object] = {}

    @asynccontextmanager
    async def watched(*given):
        async with put_up(*given) as house:
            yield house
            for name, peer in house.deployment.peers.items():
                runtime = house.deployment.apps.of(peer.identity, house.scenario.room)
                kept[name] = runtime and runtime.memory
            kept["asked"] = [m for m in house.deployment.plane.carried if not m.sender]

    monkeypatch.setattr(run, "put_up", watched)
    return kept


def _left(folder: Path) -> str:
    (summary,) = folder.glob("summary-*.md")
    return summary.read_text(encoding="utf-8")


async def _played(slug: str, folder: Path) -> str:
    """Play it as `triage rehearse SLUG --exit` does; return the summary."""
    assert await run.rehearse(RehearsalOptions(slug, exit=True, folder=folder)) == 0
    text = _left(folder)
    truth = read(SCENARIOS / f"{slug}.md").truth
    assert f"Proposed: {truth.runbook}." in text
    assert not any(f"Proposed: {other}." in text for other in truth.not_a)
    assert "Not ok at that time" not in text
    return text


async def test_a_lost_group_key_is_heard_announced_for_and_back(
    tmp_path: Path, told: list[str], world: dict[str, object]
) -> None:
    summary = await _played("lost-group-key", tmp_path)
    assert "room-packets: ok" in summary
    assert "Step 3: the check was ok" in summary
    assert "Step 5: done." in summary
    assert any("asks first: Ask all to announce" in line for line in told)
    assert [message.payload for message in world["asked"]] == [b"\x08\x03"]
    assert world["lena"].group_key == world["milan"].group_key is not None


async def test_a_lost_vault_key_stops_until_a_holder_gives_it(
    tmp_path: Path, told: list[str], world: dict[str, object]
) -> None:
    summary = await _played("lost-vault-key", tmp_path)
    assert "Step 3: passed over." in summary
    assert "Step 4: passed over. Nothing to stop" in summary
    stops = [line for line in told if "Do not go on" in line]
    assert "vault.key is missing-after-initialised" in stops[0]
    assert world["mara"].vault_key == world["pavel"].vault_key is not None
    assert world["olga"] is None
