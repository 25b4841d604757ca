"""The benchmark runs with tiny counts, the bot and the yardsticks for real."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from benchmarks.figures import FIGURES

ROOT = Path(__file__).parents[1]
NAMES = ("acks", "burst", "presses", "packets")
"""One of each kind: the others are measured by the same parts and take as long."""


@pytest.mark.e2e
async def test_figures_are_measured_and_every_command_kept(tmp_path):
    assert set(NAMES) < set(FIGURES)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "benchmarks/run.py", "--quick", "--folder", str(tmp_path)),
        *NAMES,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, trouble = await process.communicate()
    assert process.returncode in (0, 1), trouble.decode()
    table = told.decode()
    lines = table.splitlines()
    assert len(lines) > len(NAMES), trouble.decode()
    assert "NOT ALL STORED" not in table
    assert re.search(r"incidents stored after it +20 .* yes\n", table)
    assert list(tmp_path.iterdir()) == []
