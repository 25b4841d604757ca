import inspect
import subprocess
import sys

import pytest

from bot.__main__ import ALL, main


def loaded_after(*words):
    """Name the top packages that a process has loaded when the command is done."""
    looked = (
        "import sys; from bot.__main__ import main\n"
        f"try: main({list(words)!r})\n"
        "except SystemExit: pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    command = [sys.executable, "-c", looked]
    ran = subprocess.run(  # noqa: S603  our own words
        command, capture_output=True, text=True, check=True
    )
    return set(ran.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("listed", ALL, ids=lambda listed: listed.name)
def test_each_listed_command_has_a_module_that_takes_arguments_and_runs(listed):
    command = listed.load()
    assert list(inspect.signature(command.add_arguments).parameters)
    assert len(inspect.signature(command.run).parameters) == 1
    assert listed.about


def test_no_word_is_listed_twice():
    assert len({listed.name for listed in ALL}) == len(ALL)
    assert len({listed.module for listed in ALL}) == len(ALL)


def test_the_help_names_every_command_with_what_it_does(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    for listed in ALL:
        assert f" {listed.name} {listed.about}" in told


def test_the_help_of_a_command_names_its_own_options(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["rehearse", "--help"])
    assert ended.value.code == 0
    assert "--transport" in capsys.readouterr().out


def test_a_word_that_is_no_command_is_told_with_those_that_are(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["surf"])
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert all(repr(listed.name) in told for listed in ALL)


@pytest.mark.wire
def test_a_command_loads_only_what_it_needs():
    helped = loaded_after("--help")
    assert not helped & {"pydantic", "asyncio", "handlers", "rehearsal"}
    linted = loaded_after("lint")
    assert "pydantic" in linted
    assert not linted & {"slack_bolt", "slack_sdk", "livekit", "handlers", "rehearsal"}
