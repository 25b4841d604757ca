"""`triage policy FILE`."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "name", ["deploy/policy.example.toml", "rehearsal/policy.toml"]
)
def test_our_own_policies_are_sound(name, capsys):
    assert main(["policy", str(ROOT / name)]) == 0
    assert "may run what disturbs a room." in capsys.readouterr().out


def test_it_says_who_may_do_what(tmp_path, capsys):
    file = tmp_path / "policy.toml"
    file.write_text('[groups]\nleads = ["S1"]\n[may]\nroom = ["leads"]\n')
    file.write_text(f'{file.read_text()}approve = ["leads"]\n')
    assert main(["policy", str(file)]) == 0
    told = capsys.readouterr().out
    assert "Every full member may open incidents." in told
    assert "Leads may run what disturbs a room." in told
    assert "Nobody may run what cannot be undone." in told
    assert "Approvals for what disturbs a room: 1." in told


def test_each_mistake_is_told_with_file_and_line(tmp_path, capsys):
    file = tmp_path / "policy.toml"
    file.write_text("[may]\nopne = []\n[caps]\nparticipants = -1\n")
    assert main(["policy", str(file)]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"{file}:2: There is no deed 'opne'. Did you mean 'open'?"
    assert second.startswith(f"{file}:4: caps.participants is wrong")
    assert main(["policy", str(file), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["line"] for one in told] == [2, 4]


def test_a_file_that_is_not_there_is_told(tmp_path, capsys):
    assert main(["policy", str(tmp_path / "none.toml")]) == 2
    assert "cannot be read" in capsys.readouterr().err
