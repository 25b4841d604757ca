"""`triage logs` prints one document; its exit code says whether a fault was seen."""

import io
import json
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.cohrtz.log_samples import line

FAULT = line("packet-handler.merge-error", error="Duplicate node: x")
HEALTHY = "\n".join([line("handshake-handler.stored-public-key")] * 30)


def printed(capsys: pytest.CaptureFixture[str]):
    return json.loads(capsys.readouterr().out)


def test_a_log_with_a_fault_is_told_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "app.txt"
    path.write_text(FAULT)
    assert main(["logs", str(path), "--json"]) == 1
    read = printed(capsys)
    assert read["verdict"] == "bad"
    assert read["build"] == "unknown"
    assert read["signals"]["log.merge_duplicate_node"] == 1
    assert read["unknown_share"] == 0
    (one,) = read["templates"]
    assert (one["id"], one["count"]) == ("packet-handler.merge-error", 1)
    assert one["first"] == one["last"] == {"line": 1, "at": None}


def test_standard_input_is_read_with_a_dash(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(HEALTHY.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert main(["logs", "-", "--json"]) == 0
    assert printed(capsys)["verdict"] == "ok"


def test_the_text_is_for_a_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "app.txt"
    path.write_text(HEALTHY)
    assert main(["logs", str(path)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("OK: ")
    assert "Stored Public Key for {sender}" in said


def test_a_file_that_is_not_there_is_bad_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["logs", "/nowhere/app.txt"]) == 2
    assert "cannot be read" in capsys.readouterr().err
