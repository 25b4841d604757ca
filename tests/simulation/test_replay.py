"""One seed is one run, byte for byte, in whatever process."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.__main__ import main
from tests.simulation.many import Chunk
from tests.simulation.run import run
from tests.simulation.story import story

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
EVENTFUL = 820
"""A seed with two deaths, a wait of days and trouble around the bot."""


def _told_by_another_process(seed: int, hash_seed: str, lines: Path) -> str:
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "tests.simulation", f"--seed={seed}", "--lines", lines],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"digest ([0-9a-f]{64})", done.stdout)
    assert found, done.stdout
    return found[1]


def test_a_seed_is_the_same_run_here_and_in_processes_that_hash_otherwise(tmp_path):
    here = run(EVENTFUL)
    others = {
        _told_by_another_process(EVENTFUL, hashing, tmp_path / hashing)
        for hashing in ("1", "77")
    }
    assert others == {here.digest}
    told = "\n".join(here.lines) + "\n"
    assert (tmp_path / "1").read_text(encoding="utf-8") == told
    assert here.killed
    assert here.passed > 86_400


def test_a_seed_is_the_same_run_whatever_ran_before_it_and_another_is_not():
    before, another = run(3).digest, run(5).digest
    assert run(3).digest == before != another


def test_stories_differ_in_all_that_may_go_wrong():
    stories = [story(seed) for seed in range(200)]
    assert {one.transport for one in stories} == {"http", "socket"}
    assert {len(one.fates) for one in stories} == {0, 1, 2}
    assert len({one.scene for one in stories}) == 7
    assert {bool(fate.steps) for one in stories for fate in one.fates} == {True, False}
    assert max(one.wait for one in stories) > 2 * 86_400
    ahead = [turned.ahead for one in stories for turned in one.turned]
    assert min(ahead) < -3600 < 3600 < max(ahead)


def test_a_failing_seed_is_printed_with_how_to_replay_it(monkeypatch, capsys):
    def failing(first, count):
        return Chunk(first, count, ((first + 7, ("a row is missing",)),), 60.0, 1)

    monkeypatch.setattr("tests.simulation.__main__.run_chunk", failing)
    monkeypatch.setattr("tests.simulation.__main__.ProcessPoolExecutor", _Inline)
    assert main(["--first=100", "--count=10"]) == 1
    told = capsys.readouterr().out
    assert "make simulate SEED=107" in told
    assert "a row is missing" in told
    assert "1 failed" in told


def test_a_long_run_that_was_ended_goes_on_where_it_was(monkeypatch, tmp_path):
    asked = []

    def noting(first, count):
        asked.append((first, count))
        return Chunk(first, count, (), 60.0, 0)

    monkeypatch.setattr("tests.simulation.__main__.run_chunk", noting)
    monkeypatch.setattr("tests.simulation.__main__.ProcessPoolExecutor", _Inline)
    progress = f"--progress={tmp_path / 'done'}"
    assert main(["--count=20", progress]) == 0
    assert main(["--count=34", progress]) == 0
    assert asked == [(0, 10), (10, 10), (20, 10), (30, 4)]


class _Inline:
    def __init__(self, *_):
        self.map = map

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None
