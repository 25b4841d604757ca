"""Reading files of a test as an incident's are, with the readers that it wants."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.artefacts.bundle import Bundle, read_bundle
from bot.artefacts.intake import Intake
from bot.artefacts.limits import LIMITS
from bot.artefacts.shape import Asked
from tests.fakes.hostile_child import COMPARERS

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
HOSTILE = "tests.fakes.hostile_child"
LYING = "tests.fakes.lying_child"


def intake(program=HOSTILE, limits=LIMITS):
    return Intake(
        lambda: NOON,
        lambda: "ref-1",
        limits=limits,
        program=program,
        comparers=COMPARERS,
    )


async def read(*paths, program=HOSTILE, limits=LIMITS, asked=None) -> Bundle:
    return await read_bundle(paths, asked or Asked(), intake(program, limits))


async def read_text(folder, text, **how):
    path = folder / "given.log"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    bundle = await read(path, **how)
    return bundle.artefacts[0]


def bundle(*arguments):
    """Run `triage bundle` as a process of its own, as in a terminal."""
    command = [sys.executable, "-m", "bot", "bundle", *map(str, arguments)]
    how = {"cwd": ROOT, "capture_output": True, "text": True}
    return subprocess.run(command, check=False, **how)  # noqa: S603  ourselves
