"""Nothing that users wrote leaves a file, whichever kind it is and however torn."""

import json

import pytest

from bot.__main__ import main
from tests.artefacts.canary_files import KINDS
from tests.artefacts.reading import bundle
from tests.fakes.canaries import CANARIES, OTHER_ROOM

pytestmark = pytest.mark.wire


def must_be_silent(said):
    for canary in CANARIES:
        assert not [one for one in canary.secrets if one in said], (str(canary), said)


@pytest.mark.parametrize("kind", KINDS)
def test_what_users_wrote_is_not_in_what_is_told(tmp_path, kind, capsys, logs_put_back):
    """The file is read in a process of its own; what is told is told in this one."""
    path = tmp_path / f"cohrtz_{OTHER_ROOM.replace('-', '_')}.db"
    KINDS[kind](path)
    before = path.read_bytes()
    assert main(["bundle", str(path), "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["files"]
    must_be_silent(told.out)
    must_be_silent(told.err)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_all_of_them_together_are_as_silent_in_words(tmp_path):
    for name, make in KINDS.items():
        make(tmp_path / f"{name}.bin")
    told = bundle(tmp_path)
    assert told.returncode == 0
    must_be_silent(told.stdout + told.stderr)
    assert all(f"{name}.bin" in told.stdout for name in KINDS)
