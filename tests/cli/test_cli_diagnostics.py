import os

import pytest

from bot.__main__ import main
from bot.clients.diagnostics import DiagnosticsDoor

MASTER = "a master of at least thirty-two characters"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
        monkeypatch.delenv(name)


def test_the_secret_that_it_prints_opens_the_door(monkeypatch, capsys):
    monkeypatch.setenv("TRIAGE_DIAGNOSTICS_SECRET", f"{MASTER},{MASTER}-old")
    assert main(["diagnostics", "secret", "my room"]) == 0
    printed = capsys.readouterr().out.strip()
    DiagnosticsDoor([MASTER.encode()]).admit("my room", f"Bearer {printed}")


def test_without_the_setting_it_says_what_to_set(capsys):
    assert main(["diagnostics", "secret", "my room"]) == 2
    said = capsys.readouterr()
    assert not said.out
    assert "TRIAGE_DIAGNOSTICS_SECRET is missing" in said.err


def test_a_name_that_no_room_can_have_is_bad_usage(monkeypatch, capsys):
    monkeypatch.setenv("TRIAGE_DIAGNOSTICS_SECRET", MASTER)
    assert main(["diagnostics", "secret", "x" * 257]) == 2
    assert "1 to 256" in capsys.readouterr().err
