"""Databases and other files of the app: read or unknown, in bounds, without a crash."""

import os
import tempfile
from pathlib import Path

from bot.artefacts.child import Bench, read
from bot.artefacts.comparing import COMPARERS
from bot.artefacts.readers import READERS
from bot.artefacts.shape import Asked
from bot.cohrtz.redaction import headline
from bot.core.evidence import Verdict
from tests.artefacts import canary_files
from tests.fakes.canaries import CANARIES
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, seen

BENCH = Bench(READERS, COMPARERS, Asked(room="blue", participant="user:alice"))
NOT_HERE = ("archive", "log")
"""They have targets of their own."""


def setup():
    folder = Path(tempfile.mkdtemp(prefix="triage-fuzz-"))
    seeds = []
    for name, make in canary_files.KINDS.items():
        if name not in NOT_HERE:
            make(folder / name)
            seeds.append((folder / name).read_bytes())
            (folder / name).unlink()
    folder.rmdir()
    return seeds


def case(seeds, rng):
    which = rng.randrange(len(seeds))
    content = mutations.octets(rng, [seeds[which]], most=12)
    path = Path(tempfile.gettempdir()) / f"triage-fuzz-{os.getpid()}.bin"
    path.write_bytes(content)
    try:
        found = read(path, BENCH)
    finally:
        path.unlink()
    must(found.failed is None, f"a reader failed: {found.failed}")
    must(found.headline.strip(), "no headline")
    seen(headline(found.headline))
    must(not (found.kind == "unrecognised" and found.verdict is Verdict.OK), "ok?")
    for canary in CANARIES:
        must(canary.text not in headline(found.headline), "a user's words come out")
    return str(found.kind)


TARGET = Target("databases", "databases and preferences", 200, setup, case)
