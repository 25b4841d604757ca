"""Nothing that users wrote leaves a file, whichever kind it is and however torn."""

import json

import pytest

from bot.__main__ import main
from tests.artefacts.canary_files import KINDS
from tests.fakes.canaries import CANARIES, OTHER_ROOM

pytestmark = pytest.mark.wire


def must_be_silent(said):
    for canary in CANARIES:
        assert not [one for one in canary.secrets if one in said], (str(canary), said)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", [["--json"], []], ids=["json", "text"])
def test_what_users_wrote_is_not_in_what_is_told(tmp_path, capfd, kind, form):
    path = tmp_path / f"cohrtz_{OTHER_ROOM.replace('-', '_')}.db"
    KINDS[kind](path)
    before = path.read_bytes()
    assert main(["bundle", str(path), *form]) == 0
    told = capfd.readouterr()
    must_be_silent(told.out)
    must_be_silent(told.err)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_all_of_them_together_and_in_one_zip_are_as_silent(tmp_path, capfd):
    for name, make in KINDS.items():
        make(tmp_path / f"{name}.bin")
    assert main(["bundle", str(tmp_path), "--json"]) == 0
    told = capfd.readouterr()
    must_be_silent(told.out + told.err)
    assert len(json.loads(told.out)["files"]) >= len(KINDS)
