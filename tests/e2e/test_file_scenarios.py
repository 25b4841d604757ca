"""Incidents that files decide, played whole; and the same files in a terminal."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.core.artefact import merged
from bot.core.evidence import newest
from bot.core.incident.apply import fold
from bot.core.incident.state import Incident, Status, StepStatus
from bot.engine.rows import events_from
from bot.store.store import open_store
from rehearsal import run
from rehearsal.options import RehearsalOptions
from rehearsal.scenario import SCENARIOS, Scenario, read
from rehearsal.script import Drop

pytestmark = pytest.mark.e2e

SLUGS = ("database-corruption", "sync-divergence")
AGREE = {"copies.differ": False, "copies.compared": 2}


async def rehearsed(folder: Path, slug: str) -> Incident:
    """Play it as `triage rehearse SLUG --exit` does; return what the bot has of it."""
    assert await run.rehearse(RehearsalOptions(slug, exit=True, folder=folder)) == 0
    async with open_store(folder / "triage.db") as store:
        (head,) = await store.heads(limit=2)
        return fold(head.incident, events_from(await store.events(head.incident)))


async def bundled(files: Sequence[Path], state: Incident) -> dict[str, Any]:
    """Give files to `triage bundle`, with what the incident says."""
    report, began = state.report, state.opened_at.isoformat()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "bundle", *map(str, files), "--json"),
        *("--room", report.room, "--participant", report.participant or ""),
        *("--since", began),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(said)
    return found


def dropped(folder: Path, scene: Scenario) -> list[Path]:
    """The files that lie in the scenario's folder, in the order of the story."""
    acts = [act for act in scene.good_responder if isinstance(act, Drop)]
    files = [folder / "files" / name for act in acts for name in act.files]
    assert {*files} == {*(folder / "files").iterdir()}
    return files


def told(state: Incident) -> dict[str, object]:
    """All that files told in the incident, as pages see it."""
    compared = [f for one in state.compared.values() for f in one.evidence.facts]
    known = newest((*merged(state.artefacts), *compared))
    return {name: fact.value for name, fact in known.items()}


def first_words(folder: Path) -> tuple[str, ...]:
    """What the summary says of the first rankings: before files came, and after."""
    (summary,) = folder.glob("summary-*.md")
    lines = summary.read_text(encoding="utf-8").split("## Which runbook")[1]
    said = [line[2:].split(".")[0] for line in lines.splitlines() if line[:2] == "- "]
    return tuple(said[:2])


@pytest.mark.parametrize("slug", SLUGS)
async def test_files_decide_an_incident_and_tell_a_terminal_the_same(
    tmp_path: Path, slug: str
) -> None:
    scene = read(SCENARIOS / f"{slug}.md")
    truth = scene.truth
    state = await rehearsed(tmp_path, slug)
    assert state.status is Status.RESOLVED
    assert first_words(tmp_path) == ("No proposal", f"Proposed: {truth.runbook}")
    assert [one.slug for one in state.runs] == [truth.runbook]
    assert {step.status for step in state.runs[0].steps} == {StepStatus.DONE}
    assert told(state).items() >= AGREE.items()
    document = await bundled(dropped(tmp_path, scene), state)
    assert {one["name"]: one["value"] for one in document["facts"]} == told(state)
    assert document["proposed"] == truth.runbook
