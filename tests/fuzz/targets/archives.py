"""Zips: unpacked within their budget and under names of ours, or refused in words."""

import io
import os
import tempfile
import zipfile
from pathlib import Path

from bot.artefacts.archive import Budget, Walk
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, seen

NAMES = ("app.log", "../../etc/passwd", "/abs/x", "a\\..\\b", "x/" * 20 + "y", "in.zip")


def _zip(inner=None):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in NAMES:
            archive.writestr(
                name, inner if inner and name == "in.zip" else b"line\n" * 9
            )
    return made.getvalue()


def setup():
    return [_zip(_zip()), _zip()]


def case(seeds, rng):
    with tempfile.TemporaryDirectory(prefix="triage-fuzz-") as folder:
        return _walked(Path(folder), seeds, rng)


def _walked(folder, seeds, rng):
    path, scratch = folder / f"{os.getpid()}.zip", folder / f"{os.getpid()}"
    path.write_bytes(mutations.octets(rng, seeds))
    scratch.mkdir()
    walk = Walk(scratch, Budget())
    members = list(walk.members(path))
    for one in members:
        inside = one.path.resolve().is_relative_to(scratch.resolve())
        must(inside or one.refused, f"{one.path} is outside")
        seen(one.refused, "why a file was refused")
    for file in scratch.rglob("*"):
        must(not file.is_symlink(), "a link was unpacked")
    must({one.name for one in folder.iterdir()} == {path.name, scratch.name}, "out")
    return "refused" if any(one.refused for one in members) else "unpacked"


TARGET = Target("archives", "zips and the names in them", 500, setup, case)
