"""`triage templates` tells what a checkout logs that the classifier does not know."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.cohrtz.dart_tree import table_as_dart


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name, source in table_as_dart().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return tmp_path


def test_a_checkout_without_drift_ends_with_0(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "lib/model.g.dart").write_text("Log.d('T', 'generated');")
    (checkout / "lib/link.dart").symlink_to("/etc/passwd")
    assert main(["templates", str(checkout), "--json"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert (read["drift"], read["lines"], read["new"]) == (False, 287, [])


def test_drift_is_told_and_ends_with_1(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = checkout / "lib/key_manager.dart"
    keys.write_text(keys.read_text().replace("Sharing GSK with", "Giving GSK to"))
    (checkout / "lib/group_manager.dart").unlink()
    (checkout / "lib/new.dart").write_text("Log.e('New', 'It broke', e);\nLog.d(x, y);")
    assert main(["templates", str(checkout)]) == 1
    said = capsys.readouterr().out
    assert "new      lib/new.dart:1  E      [New] It broke" in said
    assert "(group-manager.checking-saved-details-has-key)" in said
    assert "changed  lib/key_manager.dart" in said
    assert "unknown  lib/new.dart:2" in said
    assert said.endswith("1 new, 1 gone, 1 changed.\n")


def test_a_folder_that_is_no_checkout_is_bad_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["templates", str(tmp_path)]) == 2
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/a.dart").write_text("void main() {}")
    assert main(["templates", str(tmp_path)]) == 2
    assert "nothing here logs" in capsys.readouterr().err
