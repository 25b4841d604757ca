"""`triage run` without Slack: it only ever does dry runs (see tests/e2e)."""

import json

import jsonschema
import pytest

from bot.__main__ import main
from bot.cli.schema import schema
from bot.errors import UsageError
from handlers import run

NOWHERE = {
    "TRIAGE_SLACK_BOT_TOKEN": "xoxb-1",
    "TRIAGE_SLACK_APP_TOKEN": "xapp-1",
    "TRIAGE_TOKEN_URL": "http://127.0.0.1:1/token",
    "TRIAGE_LIVEKIT_URL": "ws://127.0.0.1:1",
    "TRIAGE_LIVEKIT_API_KEY": "key",
    "TRIAGE_LIVEKIT_API_SECRET": "a secret of at least 32 characters",
}
"""Settings of a bot whose world does not answer."""
POLICY = """
[groups]
leads = ["S0LEADS"]
[may]
room = ["members"]
approve = ["leads"]
[approvals]
room = 2
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder with settings, and a policy that wants two approvals."""
    (tmp_path / "policy.toml").write_text(POLICY)
    for name, value in {**NOWHERE, "TRIAGE_POLICY": "policy.toml"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("bot.logs.set_up", lambda *_: None)  # for the process's life
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_dry_run_it_does_nothing_and_says_where_things_are_run(capsys):
    assert main(["run", "kick", "--room", "lobby"]) == 2
    assert "does nothing without --dry-run" in capsys.readouterr().err


def test_a_page_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(UsageError, match=r"no page kikc\. There are: kick, announce"):
        run._chosen({"kick": None, "announce": None}, "kikc")


def walked(capsys, *more):
    page = ["missing-group-key", "--room", "lobby", "--participant", "user:lena"]
    assert main(["run", "--dry-run", *page, *more]) == 0
    return capsys.readouterr().out


def test_its_document_keeps_to_its_schema_and_tells_what_each_act_demands(here, capsys):
    # The log would go to standard error, had it been set up.
    document = json.loads(walked(capsys, "--json").splitlines()[-1])
    jsonschema.validate(document, schema("run"))
    assert document["proposed"] == "token-invalid-or-expired"
    assert document["messages"][0]["part"] == "card"
    steps = document["steps"]
    assert [one["number"] for one in steps] == list(range(1, len(steps) + 1))
    demands = [one["demand"] for one in steps if one["kind"] == "action"]
    assert {
        "effect": "disturbs a room",
        "may_run": ["members"],
        "approvals": 2,
        "may_approve": ["leads"],
    } in demands
    assert {one["demand"] is None for one in steps if one["kind"] != "action"} == {True}
    assert [one.name for one in here.iterdir()] == ["policy.toml"]


def test_a_person_reads_the_same_in_words(here, capsys):
    told = walked(capsys)
    assert told.startswith("Dry run: what only looks is run")
    assert "--- step:1:1" in told
    assert "\nBy the policy it needs 2 approvals by leads, and whoever asks" in told
    assert "\nBy the policy nobody may run it; it needs no approval.\n" in told
    assert "(this one: it is not known how many)" in told
    assert "\nRun cannot be pressed now, so what would be touched" in told
    assert "> What was done\n" in told.replace("*", "")
