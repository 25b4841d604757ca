"""`triage run` without Slack: it only ever does dry runs (see tests/e2e)."""

import pytest

from bot.__main__ import main
from bot.errors import UsageError
from handlers import run


def test_without_dry_run_it_does_nothing_and_says_where_things_are_run(capsys):
    assert main(["run", "kick", "--room", "lobby"]) == 2
    assert "does nothing without --dry-run" in capsys.readouterr().err


def test_a_page_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(UsageError, match="no page kikc"):
        run._chosen({"kick": None, "announce": None}, "kikc")
