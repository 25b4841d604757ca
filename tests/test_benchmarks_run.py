"""The whole benchmark runs with tiny counts, the bot and the yardsticks for real."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from benchmarks.figures import FIGURES

ROOT = Path(__file__).parents[1]


@pytest.mark.e2e
async def test_every_figure_is_measured_and_every_command_kept(tmp_path):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "benchmarks/run.py", "--quick", "--folder", str(tmp_path)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, trouble = await process.communicate()
    assert process.returncode in (0, 1), trouble.decode()
    table = told.decode()
    lines = table.splitlines()
    assert len(lines) > len(FIGURES), trouble.decode()
    assert "NOT ALL STORED" not in table
    assert re.search(r"incidents stored after it +20 .* yes\n", table)
    assert list(tmp_path.iterdir()) == []
