"""Nothing that users wrote leaves a file, whichever kind it is and however torn."""

import json

import pytest

from tests.artefacts.canary_files import KINDS
from tests.artefacts.reading import bundle
from tests.fakes.canaries import CANARIES, OTHER_ROOM

pytestmark = pytest.mark.wire


def must_be_silent(said):
    for canary in CANARIES:
        assert not [one for one in canary.secrets if one in said], (str(canary), said)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", [["--json"], []], ids=["json", "text"])
def test_what_users_wrote_is_not_in_what_is_told(tmp_path, kind, form):
    path = tmp_path / f"cohrtz_{OTHER_ROOM.replace('-', '_')}.db"
    KINDS[kind](path)
    before = path.read_bytes()
    told = bundle(path, *form)
    assert told.returncode == 0
    must_be_silent(told.stdout)
    must_be_silent(told.stderr)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_all_of_them_together_are_as_silent(tmp_path):
    for name, make in KINDS.items():
        make(tmp_path / f"{name}.bin")
    told = bundle(tmp_path, "--json")
    assert told.returncode == 0
    must_be_silent(told.stdout + told.stderr)
    assert len(json.loads(told.stdout)["files"]) >= len(KINDS)
